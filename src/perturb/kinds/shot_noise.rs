//! # Shot noise
//!
//! ## What it does
//! Draws each channel value anew from a Poisson law of its mean, as if white were `photons` photons.
//!
//! ## Field condition
//! Few photons: night, short exposures, small pixels. Unlike electronic noise it grows with the light.
//!
//! ## Parameter and severities
//! `photons`, photons per channel value at white, 1..=10000 (fewer is stronger): 60, 25, 12, 5, 3.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `shot_noise` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{ByteNoise, kept_noise, truncate, weigh_poisson};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "shot_noise", summary: "draws each channel value from a Poisson law" },
    group: Group::Noise,
    parameters: &[Parameter {
        name: "photons",
        unit: "photons per channel value at white, fewer is stronger",
        min: 1.0,
        max: 10_000.0,
    }],
    ladder: Some([&[60.0], &[25.0], &[12.0], &[5.0], &[3.0]]),
    revision: 1,
    source: include_str!("shot_noise.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let photons = values[0];
    let make = || {
        let counts = 0..=photons.ceil() as u32;
        let bytes: Vec<u8> = counts.map(|count| truncate((f64::from(count) / photons * 255.0) as f32)).collect();
        ByteNoise::new(|byte, weights| weigh_poisson(f64::from(byte) / 255.0 * photons, &bytes, weights))
    };
    kept_noise(KIND.entry.name, values, make).apply(image, rng)
}
