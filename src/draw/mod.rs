//! Drawing on pictures: marks of ground truth and detections, captions, sheets of tiles.

mod mark;
mod sheet;
mod text;

pub(crate) use mark::{Mark, Stroke};
pub(crate) use sheet::{Tile, jpeg_of_quality};
pub use sheet::{jpeg, sheet};
