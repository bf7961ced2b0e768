//! Folders of pictures that a draft leaves out: which, and the lines that take them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use windtunnel::untrusted::Shown as _;

use super::written::{beside, section_name};

/// Folders that are shown of a list.
const SHOWN: usize = 4;

/// Which folders are left out, and how many pictures each has.
pub fn named(folders: &[(PathBuf, usize)]) -> String {
    let name = |folder: &Path| if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.shown() };
    let first = folders.iter().take(SHOWN).map(|(folder, pictures)| format!("{} ({pictures})", name(folder)));
    let first = first.collect::<Vec<_>>().join(", ");
    if folders.len() > SHOWN { format!("{first}, ... ({} folders)", folders.len()) } else { first }
}

/// Lines of the spec that take them: each as a dataset of its own beside that of `own`, whose name is `dataset`, or all as one.
/// With fewer than `min_images` nothing is judged.
pub fn lines(folders: &[(PathBuf, usize)], own: &Path, dataset: &str, min_images: usize) -> String {
    let mut lines = format!("# Left out, as this folder has most pictures: {}.\n", named(folders));
    if let Some(around) = around(folders, own) {
        let _infallible = writeln!(lines, "# All of them as one dataset: path = {}", beside(&around));
    }
    lines.push_str(
        "# Each as a dataset beside this one: remove the `#`. Then take the thresholds anew: windtunnel calibrate.\n",
    );
    let least = folders.iter().take(SHOWN).map(|(_, pictures)| *pictures).min().unwrap_or(min_images);
    if least < min_images {
        let _infallible = writeln!(lines, "# With fewer than `min_images` one is not judged: set that to {least}.");
    }
    let mut taken = vec![dataset.to_owned()];
    for (folder, _) in folders.iter().take(SHOWN) {
        let name = section_name(folder, &taken.iter().map(String::as_str).collect::<Vec<_>>());
        let path = beside(folder);
        let _infallible = writeln!(lines, "# [dataset.{name}]\n# format = \"images\"\n# path = {path}");
        taken.push(name);
    }
    lines
}

/// The folder that holds them all; none where that is the whole place, in which much else lies.
fn around(folders: &[(PathBuf, usize)], own: &Path) -> Option<PathBuf> {
    let holds = |around: &&Path| folders.iter().all(|(folder, _)| folder.starts_with(around));
    own.ancestors().find(holds).filter(|around| !around.as_os_str().is_empty()).map(Path::to_path_buf)
}
