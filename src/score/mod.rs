//! Scoring: the detections of cells to figures, and which images and categories lost most.

mod cell;
mod classes;
mod data;
mod image;
mod loss;
mod objects;
mod scorecard;
mod sliced;
mod sliced_objects;
mod values;

pub use cell::CellTables;
pub use data::{CellData, Classes, Content, Objects, PerImageScores};
pub use image::ImageScore;
pub use loss::{CategoryLoss, ImageLoss, category_losses, image_losses};
pub use scorecard::{CellScore, DataFigure, Scorecard, compared, score_cell};
pub use sliced::{Side, SlicedFigure, SlicedTables, over_common};
pub use values::{Values, common};
