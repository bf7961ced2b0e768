//! Scoring: the detections of cells to figures, and which images and categories lost most.

mod cell;
mod loss;
mod objects;
mod scorecard;
mod sliced;
mod values;

pub use cell::{CellData, CellTables, Content};
pub use loss::{CategoryLoss, ImageLoss, category_losses, image_losses};
pub use objects::Objects;
pub use scorecard::{CellScore, DataFigure, ImageScore, Scorecard, compared, score_cell};
pub use sliced::{Side, SlicedTables, over_common};
pub use values::{Values, common};
