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

use super::pixels::{ByteNoise, truncate, weigh_poisson};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct ShotNoise;

impl Named for ShotNoise {
    fn entry(&self) -> Entry {
        Entry { name: "shot_noise", summary: "draws each channel value from a Poisson law" }
    }
}

impl Perturbation for ShotNoise {
    fn group(&self) -> Group {
        Group::Noise
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "photons",
            unit: "photons per channel value at white, fewer is stronger",
            min: 1.0,
            max: 10_000.0,
        }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[60.0], &[25.0], &[12.0], &[5.0], &[3.0]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("shot_noise.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let photons = values[0];
        let counts = 0..=photons.ceil() as u32;
        let bytes: Vec<u8> = counts.map(|count| truncate((f64::from(count) / photons * 255.0) as f32)).collect();
        let noise = ByteNoise::new(|byte, weights| weigh_poisson(f64::from(byte) / 255.0 * photons, &bytes, weights));
        noise.apply(image, rng)
    }
}
