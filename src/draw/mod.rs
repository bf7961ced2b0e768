//! Drawing on pictures: boxes with ground truth and detections, captions, sheets of tiles.

mod boxes;
mod sheet;
mod text;

pub use boxes::{Stroke, draw_box};
pub use sheet::{Tile, jpeg, jpeg_of_quality, sheet};
