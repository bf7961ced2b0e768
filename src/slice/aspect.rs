//! Aspect: which way an image is longer.

use std::cmp::Ordering;

use super::{Attribute, Property};

pub static ASPECT: Attribute = Attribute {
    name: "aspect",
    summary: "which way the image is longer: portrait, square, landscape",
    unit: "",
    source: Property::Words(&["portrait", "square", "landscape"], |image| match image.width.cmp(&image.height) {
        Ordering::Less => 0,
        Ordering::Equal => 1,
        Ordering::Greater => 2,
    }),
};
