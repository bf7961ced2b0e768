//! # Posterisation
//!
//! ## What it does
//! Keeps the `bits` highest bits of each channel value.
//!
//! ## Field condition
//! Cheap displays and grabbers, strong quantisation, palettes: smooth areas fall into bands.
//!
//! ## Parameter and severities
//! `bits`, 1..=8 (whole numbers, 8 changes nothing): 5, 4, 3, 2, 1.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Posterize` of albumentations 2.0.8 (4 bits by default).

use image::RgbImage;

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Posterize;

impl Named for Posterize {
    fn entry(&self) -> Entry {
        Entry { name: "posterize", summary: "keeps the highest bits of each value" }
    }
}

impl Perturbation for Posterize {
    fn group(&self) -> Group {
        Group::Sensor
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "bits", unit: "bits per channel value", min: 1.0, max: 8.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[5.0], &[4.0], &[3.0], &[2.0], &[1.0]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("posterize.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let lost = 8 - values[0].round().clamp(1.0, 8.0) as u32;
        let mask = (0xff_u16 << lost) as u8;
        let mut out = image.clone();
        for byte in &mut *out {
            *byte &= mask;
        }
        out
    }
}
