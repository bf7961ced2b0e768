//! Texts of specs from their files: UTF-8, with or without a byte order mark; other encodings are told.

use std::io;
use std::path::{Path, PathBuf};

use crate::file;

/// Why a file has no text.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is UTF-16 or UTF-32, as some editors on Windows call "Unicode".
    #[error("{} is written in {encoding}: save it as UTF-8", path.display())]
    OtherEncoding {
        /// The file.
        path: PathBuf,
        /// Which.
        encoding: &'static str,
    },
    /// It is in an encoding that does not say what it is.
    #[error("{}:{line}: the byte 0x{byte:02X} is not UTF-8: save the file as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// 1-based, of the first byte that is wrong.
        line: usize,
        /// That byte.
        byte: u8,
    },
}

/// The longest spec that is read, bytes: tens of thousands of lines.
const MOST: u64 = file::MIB;

/// Byte order marks of other encodings; the longer ones first, as one begins like another.
const OTHERS: [(&[u8], &str); 4] = [
    (&[0xFF, 0xFE, 0, 0], "UTF-32"),
    (&[0, 0, 0xFE, 0xFF], "UTF-32"),
    (&[0xFF, 0xFE], "UTF-16"),
    (&[0xFE, 0xFF], "UTF-16"),
];

/// The text of the file at `path`, without its byte order mark.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let bytes = file::read(path, MOST).map_err(|source| TextError::Io { path: path.to_owned(), source })?;
    if let Some((_, encoding)) = OTHERS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(TextError::OtherEncoding { path: path.to_owned(), encoding });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = String::from_utf8_lossy(&bytes[..at]).matches('\n').count() + 1;
            Err(TextError::NotUtf8 { path: path.to_owned(), line, byte: bytes[at] })
        }
    }
}
