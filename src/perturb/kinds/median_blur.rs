//! # Median blur
//!
//! ## What it does
//! Replaces each channel value by the median over a square of `size` pixels, borders replicated: edges stay, detail
//! goes.
//!
//! ## Field condition
//! Noise suppression in cameras and recorders that smears texture.
//!
//! ## Parameter and severities
//! `size`, pixels, odd, 3..=15 (even sizes count as the next odd one): 3, 5, 7, 9, 11.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `medianBlur` of OpenCV 5; `MedianBlur` of albumentations 2.0.8.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::median;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "median_blur", summary: "takes the median over a square" },
    group: Group::Blur,
    parameters: &[Parameter { name: "size", unit: "pixels, odd", min: 3.0, max: 15.0 }],
    ladder: Some([&[3.0], &[5.0], &[7.0], &[9.0], &[11.0]]),
    revision: 1,
    source: include_str!("median_blur.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    median(image, values[0] as usize / 2)
}
