//! # Gaussian noise
//!
//! ## What it does
//! Adds to each channel value an independent normal number of standard deviation `sigma`, where white is 1.
//!
//! ## Field condition
//! Electronic noise of a sensor at high gain: dusk, indoor light, short exposures.
//!
//! ## Parameter and severities
//! `sigma`, share of full scale, 0.001..=1: 0.08, 0.12, 0.18, 0.26, 0.38.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `gaussian_noise` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{ByteNoise, NormalLaw, kept_noise};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "gaussian_noise", summary: "adds independent normal noise to each channel value" },
    group: Group::Noise,
    parameters: &[Parameter { name: "sigma", unit: "standard deviation, share of full scale", min: 0.001, max: 1.0 }],
    ladder: Some([&[0.08], &[0.12], &[0.18], &[0.26], &[0.38]]),
    revision: 2,
    source: include_str!("gaussian_noise.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let make = || {
        let law = NormalLaw::new();
        ByteNoise::new(|byte, weights| law.weigh(f64::from(byte), values[0] * 255.0, weights))
    };
    kept_noise(KIND.entry.name, values, make).apply(image, rng)
}
