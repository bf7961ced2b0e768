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

use super::pixels::{ByteNoise, NormalLaw};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct SpeckleNoise;

impl Named for SpeckleNoise {
    fn entry(&self) -> Entry {
        Entry { name: "speckle_noise", summary: "multiplies each channel value by a normal factor" }
    }
}

impl Perturbation for SpeckleNoise {
    fn group(&self) -> Group {
        Group::Noise
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "sigma", unit: "standard deviation, share of the value", min: 0.01, max: 2.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.15], &[0.2], &[0.35], &[0.45], &[0.6]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("speckle_noise.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let law = NormalLaw::new();
        let noise = ByteNoise::new(|byte, weights| law.weigh(f64::from(byte), f64::from(byte) * values[0], weights));
        noise.apply(image, rng)
    }
}
