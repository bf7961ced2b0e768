//! Pictures by the last part of their names: labels move without the folders that they were written in, and keep paths of
//! other machines (`C:\data\x.png`, `..\..\media\upload\1\x.png`, `/data/local-files/?d=x.png`, `a%20b.png`).

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use icu_normalizer::ComposingNormalizerBorrowed;

use super::files::{files_below, is_picture};

/// What a picture may be called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Called {
    /// By its last name.
    Name(String),
    /// By that in small letters: other systems do not tell them apart.
    Small(String),
    /// By that without its extension.
    Stem(String),
}

/// The pictures in a folder and below, listed when one is first looked for.
pub struct LastNames<'a> {
    folder: &'a Path,
    /// By last name; `None` where several have it.
    found: OnceCell<HashMap<Called, Option<PathBuf>>>,
}

impl<'a> LastNames<'a> {
    /// The pictures below `folder`.
    pub fn of(folder: &'a Path) -> Self {
        Self { folder, found: OnceCell::new() }
    }

    /// The one picture whose last name is that of `name`, as it is written or with its escapes undone, in whatever form of
    /// Unicode (macOS writes letters and accents apart); else in whatever case, and else, where it has no extension of a picture, by
    /// what a picture is called without its own.
    pub fn find(&self, name: &str) -> Option<&PathBuf> {
        let last = last(name);
        let undone = unescaped(last);
        // Addresses of stored files go on with keys and dates.
        let plain = undone.split('?').next().unwrap_or_default();
        let names = [last, undone.as_str(), plain].map(|name| composed(name.trim()));
        let small = names.iter().map(|name| Called::Small(name.to_lowercase()));
        let is_bare = |name: &&String| !is_picture(Path::new(name.as_str()));
        let stems = names.iter().filter(is_bare).map(|name| Called::Stem(name.to_lowercase()));
        let mut ways = names.iter().cloned().map(Called::Name).chain(small).chain(stems);
        ways.find_map(|way| self.found().get(&way)?.as_ref())
    }

    fn found(&self) -> &HashMap<Called, Option<PathBuf>> {
        self.found.get_or_init(|| {
            let mut found: HashMap<Called, Option<PathBuf>> = HashMap::new();
            for path in files_below(self.folder, &is_picture).unwrap_or_default() {
                let name = |part: Option<&std::ffi::OsStr>| composed(&part.unwrap_or_default().to_string_lossy());
                let (name, stem) = (name(path.file_name()), name(path.file_stem()));
                for way in [Called::Small(name.to_lowercase()), Called::Stem(stem.to_lowercase()), Called::Name(name)] {
                    found.entry(way).and_modify(|one| *one = None).or_insert(Some(path.clone()));
                }
            }
            found
        })
    }
}

/// The last part of a path of any system, or of the query of an address.
fn last(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default().trim_start_matches("?d=")
}

/// A name in the one form of Unicode in which accents are parts of their letters.
pub fn composed(name: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(name).into_owned()
}

/// `a%20b.png` as `a b.png`; as it is where that is no text.
fn unescaped(name: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(name.len()), name.as_bytes());
    while let [first, after @ ..] = rest {
        let escape = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = escape.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_their_last_names_where_one_has_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/x.png", "a b.png", "cafe\u{301}.jpg", "b/twice.png", "c/twice.png"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = LastNames::of(folder.path());
        let found = |name: &str| names.find(name).map(|path| path.strip_prefix(folder.path()).unwrap().to_path_buf());
        for name in
            [r"..\..\label-studio\media\x.png", "/home/ann/x.png", r"C:\data\x.png", "/data/local-files/?d=x.png"]
        {
            assert_eq!(found(name), Some("b/x.png".into()), "{name}");
        }
        assert_eq!(found("up/a%20b.png"), Some("a b.png".into()));
        assert_eq!(found("caf\u{e9}.jpg"), Some("cafe\u{301}.jpg".into()));
        for name in ["X.PNG", "https://s3.example/b/x.png?X-Amz-Date=1", " x.png ", "data/x"] {
            assert_eq!(found(name), Some("b/x.png".into()), "{name}");
        }
        assert_eq!((found("x/twice.png"), found("twice"), found("x.jpg")), (None, None, None));
        assert_eq!(unescaped("100%.png"), "100%.png");
    }
}
