//! # Exposure
//!
//! ## What it does
//! Multiplies the linear light of the picture by 2^`stops`, clipped at white.
//!
//! ## Field condition
//! A shutter too long or too short, automatic exposure that lags behind the light.
//!
//! ## Parameter and severities
//! `stops`, -8..=8 (negative darkens): 0.4, 0.8, 1.2, 1.6, 2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! sRGB transfer curve (IEC 61966-2-1); ±2 stops is the usual range of augmentations.

use image::RgbImage;

use super::pixels::{apply_lut, gain_table};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Exposure;

impl Named for Exposure {
    fn entry(&self) -> Entry {
        Entry { name: "exposure", summary: "multiplies the light" }
    }
}

impl Perturbation for Exposure {
    fn group(&self) -> Group {
        Group::Lighting
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "stops", unit: "powers of two of light, negative darkens", min: -8.0, max: 8.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.4], &[0.8], &[1.2], &[1.6], &[2.0]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("exposure.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        apply_lut(image, &[gain_table(values[0].exp2()); 3])
    }
}
