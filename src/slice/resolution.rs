//! Resolution: how many pixels an image has.

use super::{Attribute, Property};

pub static RESOLUTION: Attribute = Attribute {
    name: "resolution",
    summary: "how many pixels the image has; thirds low, middle, high",
    unit: "megapixels",
    source: Property::Image(|image, _| f64::from(image.width) * f64::from(image.height) / 1e6),
};
