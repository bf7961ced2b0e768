//! Where a picture lies that labels name: in the folder that names start from, or behind a link in it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::{is_outside, locate, name_in};
use super::findings::Findings;
use super::{Bounds, Unread};
use crate::detection::ImageRecord;

/// The path of the picture that labels call `name`, seen from `folder`; `None` where it lies outside and is not to be read,
/// which is an error in `findings`. Whoever sends labels could otherwise have any picture of this machine in a report.
pub fn place(folder: &Path, name: &str, bounds: Bounds, findings: &mut Findings) -> Option<PathBuf> {
    let path = locate(folder, name);
    is_allowed(&path, folder, name, bounds, findings).then_some(path)
}

/// Whether the picture at `path`, which labels call `name`, may be read as one of `folder`.
pub fn is_allowed(path: &Path, folder: &Path, name: &str, bounds: Bounds, findings: &mut Findings) -> bool {
    // What is not there at all is told as missing, whatever its name.
    if !is_outside(path, folder) || !path.exists() || leads_back(path, folder) {
        return true;
    }
    if bounds.allows_outside {
        findings.warning("image files outside of their folder, or with an absolute path", name);
    } else {
        findings.unread(Unread::Outside, name);
    }
    bounds.allows_outside
}

/// Whether a path that looks as if it lay elsewhere lies in `folder`: an absolute one, or one over another folder.
fn leads_back(path: &Path, folder: &Path) -> bool {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let real = path.canonicalize().ok().zip(folder.canonicalize().ok());
    real.is_some_and(|(path, folder)| path.starts_with(folder))
}

/// Tells which of `images` lie behind links in `folder`: those are followed, as large sets are made of them.
pub fn tell_links(folder: &Path, images: &[ImageRecord], findings: &mut Findings) {
    let mut folders: HashMap<PathBuf, bool> = HashMap::new();
    for image in images {
        let inside = image.path.parent().filter(|parent| parent.starts_with(folder)).unwrap_or(folder);
        if image.path.is_symlink() || is_linked(inside, folder, &mut folders) {
            findings.warning("pictures behind symbolic links, which were followed", name_in(folder, &image.path));
        }
    }
}

/// Whether `inside` or a folder between it and `folder` is a link; `known` keeps what was found.
fn is_linked(inside: &Path, folder: &Path, known: &mut HashMap<PathBuf, bool>) -> bool {
    if inside == folder {
        return false;
    }
    if let Some(&linked) = known.get(inside) {
        return linked;
    }
    let linked = inside.is_symlink() || inside.parent().is_some_and(|around| is_linked(around, folder, known));
    known.insert(inside.to_path_buf(), linked);
    linked
}
