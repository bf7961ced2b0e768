//! Scoring: the detections of cells to figures, and which images and categories lost most.

mod cell;
mod classes;
mod data;
mod exchange;
mod image;
mod loss;
mod objects;
mod pairs;
mod scorecard;
mod side;
mod sliced;
mod sliced_objects;
mod speed;
mod values;

pub use cell::CellTables;
pub use classes::{ClassAnswers, ReliabilityBin};
pub use data::{CellData, Classes, Content, Objects, PerImageScores};
pub use exchange::{Exchanged, exchanged, exchanges};
pub use image::ImageScore;
pub use loss::{CategoryLoss, ImageLoss, Standing, category_losses, image_losses, standing_losses};
pub use pairs::{PairTable, Said};
pub use scorecard::{CellScore, DataFigure, Scorecard, compared, score_cell};
pub use side::Side;
pub use sliced::{SlicedFigure, SlicedTables, over_common};
pub use speed::CallTimes;
pub use values::{Values, common};
