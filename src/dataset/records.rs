//! Image records from picture files: their size the right way up, held against what the labels say.

use std::path::{Path, PathBuf};

use super::findings::Findings;
use super::{Bounds, PictureError, picture_size};
use crate::detection::{Category, ImageRecord};

/// The sort of finding of pictures that are not there.
pub const MISSING: &str = "missing image files";

/// Finds names of categories that no report can show as they are.
pub fn check_names(categories: &[Category], findings: &mut Findings) {
    for Category { name, .. } in categories {
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            findings.error("category names that are empty or have control characters", format!("{name:?}"));
        }
    }
}

/// A picture file that a dataset names.
pub struct Named {
    /// The image's id.
    pub id: u64,
    /// The name in the dataset.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Width and height that the labels give, pixels; a side that they do not give is not checked.
    pub written: (Option<u64>, Option<u64>),
}

/// The record of a picture; `None` where the file cannot be used, with the reason in `findings`.
pub fn record(named: Named, bounds: Bounds, findings: &mut Findings) -> Option<ImageRecord> {
    let Named { id, name, path, written } = named;
    if name.chars().any(char::is_control) {
        findings.error("image names with control characters", format!("{name:?}"));
    }
    let (width, height) = usable_size(&path, bounds, findings)?;
    let wrong = |written: Option<u64>, side: u32| written.is_some_and(|written| written != u64::from(side));
    if wrong(written.0, width) || wrong(written.1, height) {
        // Boxes would be off otherwise.
        let (w, h) = (written.0.unwrap_or(width.into()), written.1.unwrap_or(height.into()));
        let turned = if (w, h) == (height.into(), width.into()) {
            ": the labels are of the picture before its EXIF orientation"
        } else {
            ""
        };
        let example = format!("{name} is {width}x{height} the right way up, not {w}x{h}{turned}");
        findings.error("image sizes that differ from the files'", example);
    }
    Some(ImageRecord { id, file_name: name, path, width, height })
}

fn usable_size(path: &Path, bounds: Bounds, findings: &mut Findings) -> Option<(u32, u32)> {
    match picture_size(path, bounds.pixels) {
        Ok(size) => return Some(size),
        Err(PictureError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.error(MISSING, path.display().to_string());
        }
        Err(error) => findings.error("unusable image files", format!("{} ({error})", path.display())),
    }
    None
}
