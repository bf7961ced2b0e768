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

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Solarize;

impl Named for Solarize {
    fn entry(&self) -> Entry {
        Entry { name: "solarize", summary: "inverts the bright values" }
    }
}

impl Perturbation for Solarize {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "threshold", unit: "share of full scale, less is stronger", min: 0.0, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.9], &[0.8], &[0.7], &[0.6], &[0.5]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("solarize.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let threshold = (values[0] * 255.0).round() as u8;
        let mut out = image.clone();
        for byte in &mut *out {
            *byte = if *byte >= threshold { 255 - *byte } else { *byte };
        }
        out
    }
}
