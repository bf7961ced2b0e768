//! Image records from picture files: their size the right way up, held against what the labels say.

use std::path::{Path, PathBuf};

use image::metadata::Orientation;

use super::converters::advice;
use super::exif::turned;
use super::findings::Findings;
use super::picture::{Header, picture_header};
use super::{Bounds, LabelsOf, PictureError, Terms, Unread};
use crate::detection::{BBox, Category, ImageRecord, Size};
use crate::task::Task;

/// Finds names of categories that no report can show as they are.
pub fn check_names(categories: &[Category], findings: &mut Findings) {
    for Category { name, .. } in categories {
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            findings.error("category names that are empty or have control characters", format!("{name:?}"));
        }
    }
}

/// A picture file that a dataset names.
pub struct NamedPicture {
    /// The image's id.
    pub id: u64,
    /// The name in the dataset.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Width and height that the labels give, pixels; a side that they do not give is not checked.
    pub written: (Option<u64>, Option<u64>),
}

/// A picture with its record, and how its labels are turned to be of it the right way up.
pub struct Pictured {
    /// The record.
    pub record: ImageRecord,
    stored: Size,
    /// `None` where the labels are of the picture the right way up.
    turn: Option<Orientation>,
}

impl Pictured {
    /// A box that the labels give in pixels, in the picture the right way up.
    pub fn upright(&self, bbox: &BBox) -> BBox {
        let size = (f64::from(self.stored.width), f64::from(self.stored.height));
        self.turn.map_or(*bbox, |turn| turned(bbox, size, turn))
    }

    /// A box that the labels give in shares of the picture, in pixels of the picture the right way up.
    pub fn scaled(&self, bbox: &BBox) -> BBox {
        let BBox { x, y, width: w, height: h } = self.turn.map_or(*bbox, |turn| turned(bbox, (1.0, 1.0), turn));
        let (width, height) = (f64::from(self.record.width), f64::from(self.record.height));
        BBox { x: x * width, y: y * height, width: w * width, height: h * height }
    }
}

/// The record of a picture; `None` where the file cannot be used, with the reason in `findings`.
pub fn record(named: NamedPicture, terms: Terms, findings: &mut Findings) -> Option<Pictured> {
    let NamedPicture { id, name, path, written } = named;
    if name.chars().any(char::is_control) {
        findings.error("image names with control characters", format!("{name:?}"));
    }
    let header = usable_header(&path, terms.bounds, findings)?;
    check_size(&name, written, &header, terms, findings);
    tell_turn(&name, written, &header, terms, findings);
    let Header { size: Size { width, height }, stored, orientation } = header;
    let turn = (terms.labels_of == Some(LabelsOf::Stored)).then_some(orientation);
    Some(Pictured { record: ImageRecord { id, file_name: name, path, width, height, framing: None }, stored, turn })
}

/// A size as the labels give it.
type Written = (Option<u64>, Option<u64>);

fn fits(written: Written, size: Size) -> bool {
    let fits = |written: Option<u64>, side: u32| written.is_none_or(|written| written == u64::from(side));
    fits(written.0, size.width) && fits(written.1, size.height)
}

/// Boxes would be off in a picture of another size than the labels are of.
fn check_size(name: &str, written: Written, header: &Header, terms: Terms, findings: &mut Findings) {
    let Header { size, stored, .. } = *header;
    let is_right = match terms.labels_of {
        None => fits(written, size),
        Some(LabelsOf::Stored) => fits(written, stored),
        // Some tools write the size of the file beside boxes of what they have shown.
        Some(LabelsOf::Upright) => fits(written, size) || fits(written, stored),
    };
    if is_right {
        return;
    }
    let expected = if terms.labels_of == Some(LabelsOf::Stored) { stored } else { size };
    let Size { width, height } = expected;
    let (w, h) = (written.0.unwrap_or(width.into()), written.1.unwrap_or(height.into()));
    let turned = if terms.labels_of.is_none() && fits(written, stored) {
        ": the labels are of the picture before its EXIF orientation (set `exif = \"stored\"`, or \"upright\" if only the \
         size is)"
    } else {
        ""
    };
    let way = if terms.labels_of == Some(LabelsOf::Stored) { "as stored" } else { "the right way up" };
    let example = format!("{name} is {width}x{height} {way}, not {w}x{h}{turned}");
    findings.error("image sizes that differ from the files'", example);
}

/// A turned picture whose labels may be of what is stored, as nothing tells.
fn tell_turn(name: &str, written: Written, header: &Header, terms: Terms, findings: &mut Findings) {
    // A class is of the picture whichever way up it is.
    if header.orientation == Orientation::NoTransforms || terms.task == Task::Classify {
        return;
    }
    let is_told = matches!(written, (Some(_), Some(_))) && fits(written, header.size) != fits(written, header.stored);
    match terms.labels_of {
        None if !is_told => findings.warning(
            "pictures that EXIF data turn, whose labels are taken to be of the picture the right way up (if they are not, \
             set `exif = \"stored\"`)",
            name,
        ),
        Some(LabelsOf::Stored) => findings.warning("pictures that EXIF data turn, labels turned with them", name),
        None | Some(LabelsOf::Upright) => {}
    }
}

fn usable_header(path: &Path, bounds: Bounds, findings: &mut Findings) -> Option<Header> {
    match picture_header(path, bounds.pixels) {
        Ok(header) => {
            findings.saw_picture();
            return Some(header);
        }
        Err(PictureError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.unread(Unread::Missing, path.display().to_string());
        }
        Err(error) => {
            let reason = advice(path).unwrap_or_else(|| error.to_string());
            findings.error("unusable image files", format!("{} ({reason})", path.display()));
        }
    }
    None
}
