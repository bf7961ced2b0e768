//! Files that others wrote: only regular ones are opened, and none is read that is longer than was agreed.
//!
//! A named pipe would wait for a writer for ever, and `/dev/zero` never ends. Whatever is opened or looked for through these
//! doors can be followed: [`crate::followed`].

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use crate::followed;

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
    let found = fs::metadata(path);
    followed::saw(path, found.as_ref().ok());
    let kind = found?.file_type();
    if kind.is_file() {
        File::open(path)
    } else if kind.is_dir() {
        Err(Error::new(ErrorKind::IsADirectory, "it is a folder, not a file"))
    } else {
        let message = "it is a pipe or a device, not a file: write what comes out of it to a file first";
        Err(Error::new(ErrorKind::InvalidInput, message))
    }
}

/// Whether there is a regular file at `path`, or a link to one.
pub fn is_file(path: &Path) -> bool {
    let found = fs::metadata(path).ok();
    followed::saw(path, found.as_ref());
    found.is_some_and(|found| found.is_file())
}

/// Whether there is anything at `path`.
pub fn is_there(path: &Path) -> bool {
    let found = fs::metadata(path).ok();
    followed::saw(path, found.as_ref());
    found.is_some()
}

/// Whether there is a folder at `path`, or a link to one.
pub fn is_folder(path: &Path) -> bool {
    let found = fs::metadata(path).ok();
    followed::saw(path, found.as_ref());
    found.is_some_and(|found| found.is_dir())
}

/// The names in a folder, sorted, but for hidden ones; the empty path is the folder that relative paths start from.
///
/// # Errors
/// It cannot be listed.
pub fn names_in(folder: &Path) -> Result<Vec<OsString>> {
    let names = followed::names_in(folder);
    match &names {
        Ok(names) => followed::listed(folder, names),
        Err(_) => followed::saw(folder, fs::metadata(folder).ok().as_ref()),
    }
    names
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
    use crate::followed::Change;

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

    #[test]
    fn what_is_opened_is_followed_from_the_start_on_as_it_was_first_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (early, path, absent) =
            (folder.path().join("early"), folder.path().join("a"), folder.path().join("absent"));
        fs::write(&early, "").unwrap();
        fs::write(&path, "a").unwrap();
        followed::start();
        read(&path, 10).unwrap();
        fs::write(&path, "longer").unwrap();
        read(&path, 10).unwrap();
        assert!(!is_file(&absent));
        let seen = followed::so_far().changes(&followed::so_far().again());
        // Other tests open files of their own meanwhile.
        assert!(seen.contains(&Change::Changed(path)) && !seen.contains(&Change::New(absent.clone())), "{seen:?}");
        fs::write(&absent, "").unwrap();
        fs::write(&early, "longer").unwrap();
        let seen = followed::so_far().changes(&followed::so_far().again());
        assert!(seen.contains(&Change::New(absent)) && !seen.contains(&Change::Changed(early)), "{seen:?}");
    }
}
