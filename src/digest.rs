//! Content digests: BLAKE3 hashes that name files, models and datasets in records and, later, in cache keys.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::file;

/// A BLAKE3 hash of some content, 64 lower-case hexadecimal digits when shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; blake3::OUT_LEN]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest of a file's content.
    ///
    /// # Errors
    /// The file cannot be opened or read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        Self::of_stream(file::open(path)?, |_| {})
    }

    /// The digest of all that `from` gives; `seen` is shown every piece of it, in order.
    ///
    /// # Errors
    /// It cannot be read to its end.
    pub fn of_stream(mut from: impl Read, mut seen: impl FnMut(&[u8])) -> io::Result<Self> {
        /// Enough for the hash to work on many blocks at once.
        const PIECE: usize = 1 << 18;
        let mut hasher = blake3::Hasher::new();
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece) {
                Ok(0) => return Ok(Self(*hasher.finalize().as_bytes())),
                Ok(length) => {
                    hasher.update(&piece[..length]);
                    seen(&piece[..length]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest of a sequence of labelled parts. Lengths are hashed too, so that no two different sequences share
    /// a digest by concatenation.
    pub fn of_parts(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Self(Self::hash_of_parts(parts))
    }

    /// The same as [`Self::of_parts`], as bytes.
    pub fn hash_of_parts(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> [u8; blake3::OUT_LEN] {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            let part = part.as_ref();
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// The first 12 digits, enough to recognise a file by in a report.
    pub fn short(&self) -> String {
        format!("{self:.12}")
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Upper-case digits would be the same digest under another name.
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let hash = blake3::Hash::from_hex(&text).ok().filter(|_| is_lower);
        hash.map(|hash| Self(*hash.as_bytes())).ok_or("a digest is 64 lower-case hexadecimal digits")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let ab_c = Digest::of_parts([b"ab".as_slice(), b"c"]);
        let a_bc = Digest::of_parts([b"a".as_slice(), b"bc"]);
        assert_ne!(ab_c, a_bc);
    }

    #[test]
    fn the_empty_input_has_blake3s_published_digest() {
        assert_eq!(Digest::of_bytes(b"").short(), "af1349b9f5f9");
    }
}
