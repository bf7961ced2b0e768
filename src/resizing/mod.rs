//! Resizing and cropping pictures as the libraries do that networks were trained with: the same bytes.
//!
//! `filter` is the choice of a filter and the door to the two libraries: `opencv`, and `pillow`, whose filters widen
//! when they shrink a picture. `crop` is where torchvision's `Resize` and `CenterCrop` leave a picture. Datasets and
//! networks both stand on it: a view of a dataset and the input of a classifier are made by the same arithmetic.

mod crop;
mod filter;
mod opencv;
mod pillow;
mod window;

pub use crop::{Crop, short_side};
pub use filter::{Filter, resize};
