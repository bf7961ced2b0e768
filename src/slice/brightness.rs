//! Brightness: how light an image is.

use super::pixels::{Pixels, moments};
use super::{Attribute, Property};

pub static BRIGHTNESS: Attribute = Attribute {
    name: "brightness",
    summary: "how light the clean image is: the mean luma of its pixels, 0 black to 1 white; thirds low, middle, high",
    unit: "luma",
    source: Property::Pixels(measure),
};

fn measure(pixels: &Pixels<'_>) -> f64 {
    moments(pixels.grey.iter().map(|&grey| i32::from(grey))).0 / 255.0
}
