//! COCO evaluation of one cell: ground truth and detections to figures, by the `hotcoco` crate.

mod coco;
mod matching;

pub use coco::{CategoryFigures, CocoFigures, Summary, evaluate};
pub use matching::{Matches, match_image};
