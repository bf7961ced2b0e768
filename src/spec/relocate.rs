//! Paths of one file as another file writes them: each starts from its own folder.

use std::path::{Component, Path, PathBuf};

/// `path`, which starts from `folder`, as a file in `home` writes it.
pub fn relocated(path: &str, folder: &Path, home: &Path) -> String {
    if folder == home || Path::new(path).is_absolute() {
        return path.to_owned();
    }
    way(home, folder).join(path).display().to_string()
}

/// The way from `home` to `folder`; where it cannot be told by their names, the file system is asked.
fn way(home: &Path, folder: &Path) -> PathBuf {
    let whole = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
    };
    let by_name = way_by_name(home, folder);
    by_name.or_else(|| way_by_name(&whole(home), &whole(folder))).unwrap_or_else(|| whole(folder))
}

/// The way as far as names tell it: not out of a folder called `..`, nor between a relative and an absolute path.
fn way_by_name(home: &Path, folder: &Path) -> Option<PathBuf> {
    if home.is_absolute() != folder.is_absolute() {
        return None;
    }
    let named = |path: &Path| {
        let parts = path.components().filter(|part| *part != Component::CurDir);
        parts.map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>()
    };
    let (home, folder) = (named(home), named(folder));
    let common = home.iter().zip(&folder).take_while(|(one, other)| one == other).count();
    if home[common..].iter().any(|part| part == "..") {
        return None;
    }
    let up = home[common..].iter().map(|_| Path::new(".."));
    Some(up.chain(folder[common..].iter().map(Path::new)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_same_place_from_another_folder() {
        let from = |folder: &str, home: &str| relocated("a.json", Path::new(folder), Path::new(home));
        assert_eq!(from("specs", "specs"), "a.json");
        assert_eq!(from("specs/base", "specs"), "base/a.json");
        assert_eq!(from("shared", "specs/night"), "../../shared/a.json");
        assert_eq!(from("", "specs"), "../a.json", "what the command line names starts from the current folder");
        assert_eq!(from("specs/../shared", "specs"), "../shared/a.json");
        assert_eq!(from("/x/shared", "/x/specs"), "../shared/a.json");
        assert_eq!(relocated("/a.json", Path::new("b"), Path::new("c")), "/a.json");
    }
}
