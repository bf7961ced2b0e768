//! Which folders are classes and which are splits: both are folders in a folder. A split is called by a word for one and holds
//! folders of pictures; a class holds pictures (`train` may be one, beside `bus`).

use std::path::Path;

use crate::dataset::files::{files_below, files_in, is_picture};
use crate::dataset::split;

/// The names of the folders in `base` that are called as splits are, sorted.
pub fn splits(base: &Path) -> Vec<String> {
    split::folders(base).into_iter().filter(|name| split::is_word(name)).collect()
}

/// Whether `folder` holds folders of pictures, and no pictures itself.
pub fn is_split(folder: &Path) -> bool {
    let has_pictures = files_in(folder, is_picture).is_ok_and(|files| !files.is_empty());
    !has_pictures && !class_folders(folder).is_empty()
}

/// The names of the folders in `folder` that hold pictures, sorted.
pub fn class_folders(folder: &Path) -> Vec<String> {
    let mut names = split::folders(folder);
    names.retain(|name| files_below(&folder.join(name), &is_picture).is_ok_and(|files| !files.is_empty()));
    names
}
