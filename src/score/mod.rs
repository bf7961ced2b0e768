//! Scoring: the detections of cells to figures, and which images and categories lost most.

mod loss;
mod scorecard;

pub use loss::{CategoryLoss, ImageLoss, category_losses, image_losses};
pub use scorecard::{CellScore, Scorecard, compared, score_cell};
