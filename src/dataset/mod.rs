//! Datasets: one reader per format behind [`Format`], listed in [`ALL`], all giving the same [`Dataset`].

mod format;
mod jpeg;
mod picture;

mod coco;

pub use format::{Dataset, DatasetError, Format, Reader};
pub use picture::{PictureError, decode_picture, picture_size};

/// Every format.
pub static ALL: &[&dyn Format] = &[&coco::Coco];
