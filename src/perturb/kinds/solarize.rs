//! # Solarisation
//!
//! ## What it does
//! Inverts the channel values from `threshold` on.
//!
//! ## Field condition
//! Overflowing sensor values and faulty tone curves, where the brightest parts turn dark.
//!
//! ## Parameter and severities
//! `threshold`, share of full scale, 0..=1 (less is stronger): 0.9, 0.8, 0.7, 0.6, 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Solarize` of albumentations 2.0.8 (threshold 0.5 by default).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "solarize", summary: "inverts the bright values" },
    group: Group::Color,
    parameters: &[Parameter { name: "threshold", unit: "share of full scale, less is stronger", min: 0.0, max: 1.0 }],
    ladder: Some([&[0.9], &[0.8], &[0.7], &[0.6], &[0.5]]),
    revision: 1,
    source: include_str!("solarize.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let threshold = (values[0] * 255.0).round() as u8;
    let mut out = image.clone();
    for byte in &mut *out {
        *byte = if *byte >= threshold { 255 - *byte } else { *byte };
    }
    out
}
