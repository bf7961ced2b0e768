//! What is shown with a failed case.

use crate::position::CellAt;
use crate::record::{ConfusionRecord, ErrorSplit, GalleryRecord, Listing, SidesRecord};
use crate::score::{CategoryLoss, ImageLoss};

/// The folder of a run's pictures, beside its record.
pub const PICTURES: &str = "failures";

/// What is shown with a case; empty for all but failed ones.
#[derive(Default)]
pub struct Exhibit {
    /// The categories that lost most.
    pub categories: Vec<CategoryLoss>,
    /// The wrong answers that became more, where they are classes.
    pub confusions: Vec<ConfusionRecord>,
    /// Which images those are; `None` for those that lost most.
    pub listing: Option<Listing>,
    /// The images that lost most.
    pub images: Vec<ImageLoss>,
    /// Which errors cost how much, before and after.
    pub errors: Option<ErrorSplit>,
    /// What all of that compares, where before is not the clean images.
    pub sides: Option<SidesRecord>,
    /// The cell that the images are of.
    pub cell: Option<CellAt>,
    /// The path of the sheet, relative to the record.
    pub path: Option<String>,
    /// The same images one by one, with the first case that names the path.
    pub gallery: Option<GalleryRecord>,
    /// The sheet and the images that no case before had.
    pub pictures: Vec<Picture>,
}

/// A picture of a failed case.
pub struct Picture {
    /// The path, relative to the record.
    pub path: String,
    /// A JPEG file.
    pub bytes: Vec<u8>,
}
