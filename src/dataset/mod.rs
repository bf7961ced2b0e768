//! Datasets: one reader per format behind [`Format`], listed in [`ALL`], all giving the same [`Dataset`].

mod area;
mod aside;
mod bounds;
mod boxes;
mod class_list;
mod classes;
mod converters;
mod crops;
mod error;
mod exif;
mod exported;
mod files;
mod findings;
mod fit;
mod format;
mod image_file;
mod images;
mod jpeg;
mod keep;
mod kept;
mod keys;
mod last_names;
mod listed;
mod metadata;
mod numbering;
mod own_output;
mod picture;
mod place;
mod records;
mod sample;
mod split;
mod swapped;
mod terms;
mod turn;
mod view;

mod coco;
mod csv;
mod folder;
mod list;
mod voc;
mod yolo;

pub use aside::{Aside, OddBox, Oddity};
pub use bounds::Bounds;
pub(crate) use bounds::{MAX_FILE_MIB, most_bytes};
pub use error::{DatasetError, Seen, Unread};
pub use exif::LabelsOf;
pub use format::{Dataset, Format, Reader};
pub(crate) use image_file::ImageFile;
pub use keys::section_keys;
pub(crate) use last_names::composed;
pub use numbering::{ImageIds, Numbering};
pub(crate) use picture::decode_sized;
pub use picture::{PictureError, decode_picture, header_size};
pub(crate) use sample::Opened;
pub use sample::{open, sampled};
pub use terms::Terms;

/// Every format.
pub static ALL: &[&dyn Format] =
    &[&coco::Coco, &yolo::Yolo, &voc::Voc, &folder::Folder, &csv::Csv, &list::PictureList, &images::Images];
