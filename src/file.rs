//! Files that others wrote: only regular ones are opened, and none is read that is longer than was agreed.
//!
//! A named pipe would wait for a writer for ever, and `/dev/zero` never ends.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Bytes of a mebibyte.
pub const MIB: u64 = 1 << 20;

/// The longest text that people write, such as a spec, bytes.
pub const MOST_OF_A_TEXT: u64 = 16 * MIB;

/// The longest file of figures, such as a record, bytes.
pub const MOST_OF_A_REPORT: u64 = 1024 * MIB;

/// Opens a regular file, or what a link to one leads to.
///
/// # Errors
/// It cannot be opened, or is something else; the message says what.
#[expect(clippy::disallowed_methods, reason = "the door that others are sent to")]
pub fn open(path: &Path) -> Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() {
        File::open(path)
    } else if kind.is_dir() {
        Err(Error::new(ErrorKind::IsADirectory, "it is a folder, not a file"))
    } else {
        let message = "it is a pipe or a device, not a file: write what comes out of it to a file first";
        Err(Error::new(ErrorKind::InvalidInput, message))
    }
}

/// The bytes of a regular file of at most `most` bytes.
///
/// # Errors
/// It cannot be read, is something else, or is longer, also if it grows while it is read.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    let too_long = |length: u64| {
        let message = format!("it is of {} MiB, and at most {} MiB are read", length.div_ceil(MIB), most / MIB);
        Error::new(ErrorKind::FileTooLarge, message)
    };
    if length > most {
        return Err(too_long(length));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(most + 1).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    if length > most { Err(too_long(length)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_agreed_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read(&path, 10).unwrap(), [7; 10]);
        assert_eq!(read(&path, 9).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 10).unwrap_err().to_string(), "it is a folder, not a file");
    }

    #[test]
    #[cfg(unix)]
    fn what_never_ends_is_not_opened() {
        let error = read(Path::new("/dev/zero"), 10).unwrap_err();
        assert!(error.to_string().starts_with("it is a pipe or a device"), "{error}");
    }
}
