//! Scoring: the detections of cells to figures, and which images and categories lost most.

mod cell;
mod data;
mod image;
mod loss;
mod objects;
mod scorecard;
mod sliced;
mod values;

pub use cell::CellTables;
pub use data::{CellData, Content, Objects};
pub use image::ImageScore;
pub use loss::{CategoryLoss, ImageLoss, category_losses, image_losses};
pub use scorecard::{CellScore, DataFigure, Scorecard, compared, score_cell};
pub use sliced::{Side, SlicedTables, over_common};
pub use values::{Values, common};
