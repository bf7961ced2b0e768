//! Paths that a spec names: resolved from the spec's folder, and looked for.

use std::path::{Component, Path, PathBuf};

use toml::Spanned;

use super::{Diagnostic, Source, TableReader};
use crate::entry::nearest;
use crate::file;

/// What a path must lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

impl PathKind {
    fn is_at(self, path: &Path) -> bool {
        match self {
            Self::File => file::is_file(path),
            Self::Folder => file::is_folder(path),
        }
    }
}

/// The path behind `written`, if there is a file or folder at it; `what` says what it should be, for the message.
pub fn existing_path(
    source: &Source,
    written: &Spanned<String>,
    kind: PathKind,
    what: &str,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<PathBuf> {
    let path = source.resolve(written);
    if kind.is_at(&path) {
        return Some(path);
    }
    if let Some(message) = source.unreached(written) {
        options.wrong(Diagnostic::new(written.span(), format!("{}: {message}", written.get_ref())));
        return None;
    }
    if kind == PathKind::File && path.is_dir() {
        let message = format!("{} is a folder, not the {what}", path.display());
        options.wrong(Diagnostic::new(written.span(), message).help(inside(&path)));
        return None;
    }
    if path.exists() {
        let message = format!("{} is a pipe or a device, not the {what}", path.display());
        options.wrong(Diagnostic::new(written.span(), message).help("write what comes out of it to a file first"));
        return None;
    }
    let help = match (from_above(&path, written.get_ref()), similar(&path, kind)) {
        (Some(found), _) => found_above(&found),
        (None, Some(name)) => format!("did you mean `{name}` in the same folder?"),
        (None, None) if source.part(&written.span()).is_file() => "paths start from the folder of the spec".to_owned(),
        (None, None) => "paths on the command line start from the current folder".to_owned(),
    };
    options.wrong(Diagnostic::new(written.span(), format!("no {what} at {}", path.display())).help(help));
    None
}

/// The same for a path that may be left out; `None` where it is wrong.
#[expect(
    clippy::option_option,
    reason = "one that is wrong ends the section as others do, one that is left out does not"
)]
pub fn optional_path(
    source: &Source,
    written: Option<Spanned<String>>,
    kind: PathKind,
    what: &str,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<Option<PathBuf>> {
    match written {
        Some(written) => existing_path(source, &written, kind, what, options).map(Some),
        None => Some(None),
    }
}

/// How far up from a spec's folder its paths are looked for.
const UP: usize = 8;

/// How `written`, which leads to nothing at `path`, has to be written where somebody started from a folder above: most often from
/// that of the repository, where the program is run.
pub fn from_above(path: &Path, written: &str) -> Option<String> {
    let is_plain = Path::new(written).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let path = std::path::absolute(path).ok().filter(|_| is_plain && !written.is_empty())?;
    let own =
        path.ancestors().nth(Path::new(written).components().filter(|part| *part != Component::CurDir).count())?;
    let plain = written.trim_start_matches("./");
    let above = (1..=UP).zip(own.ancestors().skip(1));
    above.filter(|(_, folder)| folder.join(plain).exists()).map(|(up, _)| format!("{}{plain}", "../".repeat(up))).next()
}

/// What to do where [`from_above`] has found something.
pub fn found_above(found: &str) -> String {
    format!("paths start from the folder of the spec: write `{found}`")
}

/// What to write instead of a folder: the first file in it that is no text for people, if it has any.
fn inside(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let is_text = |name: &str| Path::new(name).extension().is_none_or(|ending| ending == "md" || ending == "txt");
    match names.iter().find(|name| !name.starts_with('.') && !is_text(name)) {
        Some(name) => format!("name a file in it, such as `{name}`"),
        None => "name a file; the folder has none that could be it".to_owned(),
    }
}

/// The name of a file or folder beside `path` that is called nearly the same.
fn similar(path: &Path, kind: PathKind) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).ok()?.flatten().filter(|entry| match kind {
        PathKind::File => entry.path().is_file(),
        PathKind::Folder => entry.path().is_dir(),
    });
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str)).map(ToOwned::to_owned)
}
