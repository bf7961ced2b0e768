//! # Inversion
//!
//! ## What it does
//! Replaces each channel value by 255 minus itself.
//!
//! ## Field condition
//! Photographic negatives, inverted thermal palettes (black hot, white hot), inverted displays.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `InvertImg` of albumentations 2.0.8.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "invert", summary: "makes a negative" },
    group: Group::Color,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("invert.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    let negative = image.as_raw().iter().map(|value| 255 - value).collect();
    RgbImage::from_raw(image.width(), image.height(), negative).expect("as many values as before")
}
