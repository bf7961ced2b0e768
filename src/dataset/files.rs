//! Files of a dataset: names as other systems write them, texts as other editors save them, pictures in a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::DatasetError;
use super::own_output::is_own_output;
use crate::file;

/// Extensions of pictures that can be decoded, in lower case.
const PICTURES: [&str; 7] = ["bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp"];

/// Extensions of pictures that cannot, in lower case. They are listed too, so that none is left out unsaid.
const OTHER_PICTURES: [&str; 9] = ["avif", "dng", "gif", "heic", "heif", "jp2", "jxl", "mpo", "pfm"];

/// The text of a file: UTF-8, a byte order mark taken off.
///
/// # Errors
/// It cannot be read, is longer than `most` bytes, or is of another encoding; `expected` says what the file should be.
pub fn read_text(path: &Path, expected: &'static str, most: u64) -> Result<String, DatasetError> {
    let bytes = file::read(path, most).map_err(|source| DatasetError::Io { path: path.to_path_buf(), source })?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).to_vec();
    String::from_utf8(text).map_err(|_| DatasetError::Syntax {
        path: path.to_path_buf(),
        expected,
        reason: "it is not UTF-8: save it as UTF-8".to_owned(),
        help: None,
    })
}

/// The lines of a text with whatever ends the lines of some system: LF, CRLF, a lone CR. They are numbered from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let of_others = |line: &str| line.strip_suffix('\r').unwrap_or(line).contains('\r');
    let is_old = text.lines().any(of_others);
    let ends: &[char] = if is_old { &['\n', '\r'] } else { &['\n'] };
    (1..).zip(text.split(ends).map(|line| line.trim_end_matches('\r')))
}

/// `name` with `/` for `\`, and without what names no folder: `.\a\..\b.jpg` is `b.jpg`. A name that leaves its
/// folder begins with `..`.
pub fn clean_name(name: &str) -> String {
    let slashed = name.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in slashed.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if slashed.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// `path` without `.`, and with `..` taken back where there is something to take back. Links are not followed.
pub fn clean_path(path: &Path) -> PathBuf {
    let mut clean = PathBuf::with_capacity(path.as_os_str().len());
    for part in path.components() {
        match (part, clean.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(clean.pop()),
            _ => clean.push(part),
        }
    }
    clean
}

/// The path behind `name`, which a file of the dataset writes, seen from `folder`: as written, or with `/` for `\`
/// where only that exists.
pub fn locate(folder: &Path, name: &str) -> PathBuf {
    let written = clean_path(&folder.join(name));
    if !name.contains('\\') || written.exists() { written } else { clean_path(&folder.join(clean_name(name))) }
}

/// Whether a cleaned `path` lies outside of the cleaned `folder`.
pub fn is_outside(path: &Path, folder: &Path) -> bool {
    folder != Path::new("") && !path.starts_with(folder) || path.starts_with("..") && !folder.starts_with("..")
}

/// `path` as seen from `folder`, parts joined by `/`; the whole path where it lies elsewhere.
pub fn name_in(folder: &Path, path: &Path) -> String {
    clean_name(&path.strip_prefix(folder).unwrap_or(path).to_string_lossy())
}

/// The file name without its extension: `BloodImage_00007`.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether `path` is called `*.extension`, in any case.
pub fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Whether a file is called like a picture.
pub fn is_picture(path: &Path) -> bool {
    PICTURES.iter().chain(&OTHER_PICTURES).any(|extension| has_extension(path, extension))
}

/// The files of `folder`, sorted, that are `wanted`; hidden ones, as archives from other systems leave them, are not.
///
/// # Errors
/// The folder cannot be listed.
pub fn files_in(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, DatasetError> {
    let mut files = entries(folder)?;
    files.retain(|path| wanted(path) && path.is_file());
    Ok(files)
}

/// As [`files_in`], with the files of folders in the folder, but not of those that windtunnel wrote. Links are followed,
/// but not back to a folder around them.
///
/// # Errors
/// A folder cannot be listed.
pub fn files_below(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, DatasetError> {
    let mut walk = FolderWalk { top: folder, wanted, around: Vec::new(), folders: 0, links: 0, files: Vec::new() };
    walk.enter(folder)?;
    walk.files.sort();
    Ok(walk.files)
}

/// The hidden files of `folder` and the folders in it, sorted: what systems and archives leave.
///
/// # Errors
/// A folder cannot be listed.
pub fn hidden_below(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let mut folders = BTreeSet::from([folder.to_path_buf()]);
    folders.extend(files_below(folder, &|_| true)?.iter().filter_map(|path| path.parent().map(Path::to_path_buf)));
    let mut hidden = Vec::new();
    for folder in folders {
        let names = std::fs::read_dir(&folder).map_err(|source| DatasetError::Io { path: folder.clone(), source })?;
        let paths = names.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
        hidden.extend(paths.map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    hidden.sort();
    Ok(hidden)
}

/// Folders entered in one walk: more than any dataset has.
const MOST_FOLDERS: usize = 500_000;

/// Links to folders followed in one walk. Those that lead into each other multiply.
const MOST_LINKS: usize = 10_000;

/// A walk through a folder and those below.
struct FolderWalk<'a> {
    top: &'a Path,
    wanted: &'a dyn Fn(&Path) -> bool,
    /// The folders that the walk is in, without links.
    around: Vec<PathBuf>,
    /// How many were entered so far.
    folders: usize,
    /// How many of them are behind links.
    links: usize,
    files: Vec<PathBuf>,
}

impl FolderWalk<'_> {
    fn enter(&mut self, folder: &Path) -> Result<(), DatasetError> {
        let fail = |path: &Path, source| DatasetError::Io { path: path.to_path_buf(), source };
        self.folders += 1;
        self.links += usize::from(folder.is_symlink());
        if self.folders > MOST_FOLDERS || self.links > MOST_LINKS {
            let what = format!("there are {} folders and {} links to folders below it", self.folders, self.links);
            let message = format!("{what}, and it goes on: do the links multiply?");
            return Err(fail(self.top, io::Error::other(message)));
        }
        let listed = if folder == Path::new("") { Path::new(".") } else { folder };
        self.around.push(listed.canonicalize().map_err(|source| fail(folder, source))?);
        for path in entries(folder)? {
            if path.is_dir() {
                let has_pictures = || files_in(&path, is_picture).is_ok_and(|pictures| !pictures.is_empty());
                if !self.leads_back(&path) && !is_own_output(&path, has_pictures) {
                    self.enter(&path)?;
                }
            } else if (self.wanted)(&path) && path.is_file() {
                self.files.push(path);
            }
        }
        self.around.pop();
        Ok(())
    }

    /// Whether a folder is a link to one that the walk is in, or to one that holds it.
    fn leads_back(&self, folder: &Path) -> bool {
        folder.is_symlink()
            && folder.canonicalize().is_ok_and(|target| self.around.iter().any(|around| around.starts_with(&target)))
    }
}

/// What is in `folder`, sorted; the empty path is the folder that relative paths start from.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let fail = |source| DatasetError::Io { path: folder.to_path_buf(), source };
    let names = file::names_in(folder).map_err(fail)?;
    Ok(names.iter().map(|name| folder.join(name)).collect())
}

/// The pictures of `folder` by stem.
///
/// # Errors
/// The folder cannot be listed.
pub fn pictures_by_stem(folder: &Path) -> Result<BTreeMap<String, Vec<PathBuf>>, DatasetError> {
    let mut pictures: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files_in(folder, is_picture)? {
        pictures.entry(stem(&path)).or_default().push(path);
    }
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_systems_are_cleaned() {
        assert_eq!(clean_name(r".\images\a.jpg"), "images/a.jpg");
        assert_eq!(clean_name("a//b/./../c.jpg"), "a/c.jpg");
        assert_eq!(clean_name("../../a.jpg"), "../../a.jpg");
        assert_eq!(clean_name("/data/../a.jpg"), "/a.jpg");
    }

    #[test]
    fn what_runs_wrote_is_nobodys_dataset() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for name in ["a.jpg", "more/b.jpg", "out/site/samples/c.jpg", "target/windtunnel/site/preview/d.png"] {
            write(name, "");
        }
        write("out/site/record.json", "{\n  \"version\": 4,\n  \"tool\": {\n    \"name\": \"windtunnel\"");
        // Somebody else's.
        write("more/record.json", "{\"version\": 4}");
        write("other/target/windtunnel/e.jpg", "");
        let found = files_below(folder.path(), &is_picture).unwrap();
        let names: Vec<String> = found.iter().map(|path| name_in(folder.path(), path)).collect();
        assert_eq!(names, ["a.jpg", "more/b.jpg", "other/target/windtunnel/e.jpg"]);
        let own = files_below(&folder.path().join("out/site"), &is_picture).unwrap();
        assert_eq!(own.len(), 1, "where it is asked for by name");
    }

    #[test]
    fn a_path_outside_of_a_folder_is_known() {
        assert!(!is_outside(Path::new("set/images/a.jpg"), Path::new("set")));
        assert!(is_outside(Path::new("other/a.jpg"), Path::new("set")));
        assert!(is_outside(Path::new("../a.jpg"), Path::new("")));
        assert!(!is_outside(Path::new("../set/a.jpg"), Path::new("../set")));
        assert_eq!(clean_path(Path::new("specs/../set/./a.jpg")), Path::new("set/a.jpg"));
        assert_eq!(clean_path(Path::new("../set/../a.jpg")), Path::new("../a.jpg"));
    }

    #[test]
    fn a_text_may_have_a_byte_order_mark_but_no_other_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, b"\xef\xbb\xbfhello\r\n").unwrap();
        assert_eq!(read_text(&path, "text", 100).unwrap(), "hello\r\n");
        std::fs::write(&path, b"\xff\xfeh\0i\0").unwrap();
        assert!(
            read_text(&path, "a list", 100)
                .unwrap_err()
                .to_string()
                .ends_with("is not a list: it is not UTF-8: save it as UTF-8")
        );
    }

    #[test]
    fn lines_end_as_on_any_system() {
        let read = |text: &'static str| lines(text).filter(|(_, line)| !line.is_empty()).collect::<Vec<_>>();
        for text in ["a\nb\n", "a\r\nb", "a\rb\r"] {
            assert_eq!(read(text), [(1, "a"), (2, "b")], "{text:?}");
        }
    }

    #[test]
    fn folders_are_listed_sorted_without_what_other_systems_leave_in_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["b/c.PNG", "a.jpg", "._a.jpg", "README.roboflow.txt", "z.gif"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = files_below(folder.path(), &is_picture).unwrap();
        let names: Vec<String> = found.iter().map(|path| name_in(folder.path(), path)).collect();
        assert_eq!(names, ["a.jpg", "b/c.PNG", "z.gif"]);
    }
}
