//! Datasets: one reader per format behind [`Format`], listed in [`ALL`], all giving the same [`Dataset`].

mod aside;
mod bounds;
mod boxes;
mod files;
mod findings;
mod format;
mod jpeg;
mod metadata;
mod picture;
mod place;
mod records;
mod sample;
mod split;

mod coco;
mod voc;
mod yolo;

pub use aside::{Aside, OddBox, Oddity};
pub use bounds::{Bounds, MAX_FILE_MIB, most_bytes};
pub use format::{Dataset, DatasetError, Format, Reader, section_keys};
pub use picture::{PictureError, decode_picture, decode_sized, header_size, picture_size};
pub use sample::{Opened, open, sampled};

/// Every format.
pub static ALL: &[&dyn Format] = &[&coco::Coco, &yolo::Yolo, &voc::Voc];
