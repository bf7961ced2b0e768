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

use super::pixels::{ByteNoise, NormalLaw};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct GaussianNoise;

impl Named for GaussianNoise {
    fn entry(&self) -> Entry {
        Entry { name: "gaussian_noise", summary: "adds independent normal noise to each channel value" }
    }
}

impl Perturbation for GaussianNoise {
    fn group(&self) -> Group {
        Group::Noise
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "sigma", unit: "standard deviation, share of full scale", min: 0.001, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.08], &[0.12], &[0.18], &[0.26], &[0.38]])
    }

    fn revision(&self) -> u32 {
        2
    }

    fn source(&self) -> &'static str {
        include_str!("gaussian_noise.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let law = NormalLaw::new();
        let noise = ByteNoise::new(|byte, weights| law.weigh(f64::from(byte), values[0] * 255.0, weights));
        noise.apply(image, rng)
    }
}
