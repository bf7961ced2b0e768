//! Contrast: how much the light of an image varies (root mean square; Peli, "Contrast in complex images", 1990).

use super::pixels::{Pixels, moments};
use super::{Attribute, Property};

pub static CONTRAST: Attribute = Attribute {
    name: "contrast",
    summary: "how much the light of the clean image varies: the standard deviation of its luma (RMS contrast), 0 to 0.5; \
              thirds low, middle, high",
    unit: "luma",
    source: Property::Pixels(measure),
};

fn measure(pixels: &Pixels<'_>) -> f64 {
    moments(pixels.grey.iter().map(|&grey| i32::from(grey))).1.sqrt() / 255.0
}
