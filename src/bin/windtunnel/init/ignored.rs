//! `.gitignore` of the folder that the program is run in: what runs write there is nobody's source.

use std::io;
use std::path::Path;

use windtunnel::file;
use windtunnel::untrusted::Shown as _;

use crate::files;

/// Where runs write their reports, as git is told of it.
const OUTPUT: &str = "/target/windtunnel/";

/// The lines that are added.
const LINES: &str =
    "# What windtunnel's runs write; `windtunnel.baseline.json` belongs into the repository.\n/target/windtunnel/\n";

/// Adds what runs write to `.gitignore` in `folder`, unless it is there already, in a file above or in one that cannot be read as
/// text; nothing that stands in it is changed. Whether anything was written.
pub fn ignore_output(folder: &Path) -> anyhow::Result<bool> {
    let file = folder.join(".gitignore");
    let text = match text_of(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.symlink_metadata().is_err() => String::new(),
        Err(_) => {
            tell!("note: {} cannot be read: `{OUTPUT}` belongs into it", file.shown());
            return Ok(false);
        }
    };
    if is_ignored(&text) || is_ignored_above(folder) {
        return Ok(false);
    }
    let gap = match text.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    files::write(&file, format!("{text}{gap}{LINES}").as_bytes())?;
    Ok(true)
}

fn text_of(file: &Path) -> io::Result<String> {
    let bytes = file::read(file, file::MOST_OF_A_TEXT)?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Whether a `.gitignore` has the folder, or one around it.
fn is_ignored(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| is_of_output(line.trim_start_matches('/')) || line == "*")
}

fn is_of_output(line: &str) -> bool {
    let line = line.trim_start_matches("**/").trim_end_matches("/**").trim_end_matches("/*").trim_end_matches('/');
    ["target", "target/windtunnel", "windtunnel"].contains(&line)
}

/// Whether a file of the same repository above `folder` has it: there, only what is anchored nowhere counts.
fn is_ignored_above(folder: &Path) -> bool {
    let Ok(folder) = std::path::absolute(folder) else { return false };
    let is_root = |folder: &Path| folder.join(".git").exists();
    for here in folder.ancestors() {
        if is_root(here) {
            return false;
        }
        let Some(parent) = here.parent() else { return false };
        let text = text_of(&parent.join(".gitignore")).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        if lines.any(|line| !line.starts_with('/') && is_of_output(line)) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        // The repository ends here: what lies above is not ours.
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        if let Some(before) = before {
            files::write(&folder.path().join(".gitignore"), before.as_bytes()).unwrap();
        }
        ignore_output(folder.path()).unwrap();
        std::fs::read_to_string(folder.path().join(".gitignore")).unwrap()
    }

    #[test]
    fn lines_are_added_once_and_nothing_is_lost() {
        assert_eq!(after(None), LINES);
        assert_eq!(after(Some("*.pt")), format!("*.pt\n\n{LINES}"));
        for covering in
            ["/target\n", "target/\n", "/target/windtunnel/\n", "**/target/**\n", "a\n/target/*\n", "*\n", LINES]
        {
            assert_eq!(after(Some(covering)), covering);
        }
        assert_eq!(after(Some("targets/\n")), format!("targets/\n\n{LINES}"));
    }

    #[test]
    fn a_file_above_counts_as_far_as_the_repository_goes() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("vision/.cache")).unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        files::write(&root.path().join(".gitignore"), b"target/\n").unwrap();
        assert!(!ignore_output(&root.path().join("vision")).unwrap());
        files::write(&root.path().join(".gitignore"), b"/target/\n").unwrap();
        assert!(ignore_output(&root.path().join("vision")).unwrap(), "that is the repository's own");
    }
}
