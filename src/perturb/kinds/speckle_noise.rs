//! # Speckle noise
//!
//! ## What it does
//! Multiplies each channel value by an independent normal factor of mean 1 and standard deviation `sigma`.
//!
//! ## Field condition
//! Coherent light and waves: laser, radar, ultrasound; gains that differ from pixel to pixel.
//!
//! ## Parameter and severities
//! `sigma`, share of the value, 0.01..=2: 0.15, 0.2, 0.35, 0.45, 0.6.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `speckle_noise` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{ByteNoise, NormalLaw, kept_noise};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "speckle_noise", summary: "multiplies each channel value by a normal factor" },
    group: Group::Noise,
    parameters: &[Parameter { name: "sigma", unit: "standard deviation, share of the value", min: 0.01, max: 2.0 }],
    ladder: Some([&[0.15], &[0.2], &[0.35], &[0.45], &[0.6]]),
    revision: 1,
    source: include_str!("speckle_noise.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let make = || {
        let law = NormalLaw::new();
        ByteNoise::new(|byte, weights| law.weigh(f64::from(byte), f64::from(byte) * values[0], weights))
    };
    kept_noise(KIND.entry.name, values, make).apply(image, rng)
}
