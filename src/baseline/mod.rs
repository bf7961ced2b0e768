//! The baseline: accepted figures, in a file that is reviewed like code. A regression is a figure worse than its entry.

mod draws;
mod entry;
mod file;
mod identity;
mod images;

pub use draws::{decode, encode};
pub use entry::{AcceptedFigure, Identity, Unlike, key};
pub use file::{Baseline, BaselineError, Details, details_path};
pub use identity::Origin;
pub use images::ImageF1s;
