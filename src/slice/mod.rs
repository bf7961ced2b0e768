//! Slices: parts of a dataset that have something in common (dark images, small objects, one category), in which a model
//! may fail more than elsewhere.
//!
//! `attribute` says what an attribute is, one file each tells of one; `pixels` is what they are measured on, `look` all that is measured there, `bins` makes
//! thirds of numbers, `cut` makes slices, `name` is how specs call them.

mod attribute;
mod bins;
mod cut;
mod look;
mod name;
mod pixels;

mod aspect;
mod brightness;
mod category;
mod colourfulness;
mod contrast;
mod crowding;
mod metadata;
mod position;
mod resolution;
mod sharpness;
mod size;

pub(crate) use attribute::MIN_OBJECTS;
pub use attribute::{Attribute, Classes, MIN_IMAGES, Property};
pub use cut::{Extent, Population, Slice, cut, names};
pub use look::Look;
pub(crate) use look::REVISION;
pub use name::SliceName;
pub use pixels::Pixels;

/// Every attribute.
pub static ALL: &[&Attribute] = &[
    &size::SIZE,
    &position::POSITION,
    &category::CATEGORY,
    &brightness::BRIGHTNESS,
    &contrast::CONTRAST,
    &sharpness::SHARPNESS,
    &colourfulness::COLOURFULNESS,
    &crowding::CROWDING,
    &aspect::ASPECT,
    &resolution::RESOLUTION,
    &metadata::METADATA,
];
