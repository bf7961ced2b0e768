//! Drawing on pictures: boxes with ground truth and detections, captions, sheets of tiles.

mod boxes;
mod sheet;
mod text;

pub(crate) use boxes::{Stroke, draw_box};
pub(crate) use sheet::{Tile, jpeg_of_quality};
pub use sheet::{jpeg, sheet};
