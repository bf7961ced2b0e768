//! COCO's twelve figures, and those per category, with pycocotools' numbers to double precision.

use serde::{Deserialize, Serialize};

use super::per_image::PerImage;
use super::table::MatchTable;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// COCO's figures over all categories, each 0..=1, or `None` where there is no ground truth to measure on.
pub type Summary = [Option<f64>; 12];

/// COCO's figures of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CocoFigures {
    /// In pycocotools' order: AP, AP50, AP75, AP small, medium, large, AR1, AR10, AR100, AR small, medium, large.
    pub summary: Summary,
    /// In the order of the dataset's categories.
    pub per_category: Vec<CategoryFigures>,
}

/// COCO's figures of one category, in the order of [`CocoFigures::summary`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryFigures {
    /// The dataset's id.
    pub category_id: u64,
    /// See [`Summary`].
    pub figures: Summary,
}

/// Evaluates the detections of one cell. `annotations` and `detections` are per image, in the order of `images`;
/// detections of a higher score come first, equal scores in the order given.
///
/// # Errors
/// See [`MatchTable::build`].
pub fn evaluate(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<CocoFigures, String> {
    MatchTable::build(images, categories, annotations, detections).map(|table| table.figures())
}
