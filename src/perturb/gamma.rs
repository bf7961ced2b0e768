//! # Gamma
//!
//! ## What it does
//! Raises each channel value, as a share of full scale, to the power `exponent`: above 1 darkens the middle tones,
//! below 1 lifts them; black and white stay.
//!
//! ## Field condition
//! Displays and decoders of another transfer curve: 2.2 is a display curve applied once too often.
//!
//! ## Parameter and severities
//! `exponent`, 0.1..=10 (1 changes nothing): 1.2, 1.4, 1.6, 1.8, 2.2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RandomGamma` of albumentations 2.0.8 at a fixed exponent.

use image::RgbImage;

use super::pixels::apply_lut;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Gamma;

impl Named for Gamma {
    fn entry(&self) -> Entry {
        Entry { name: "gamma", summary: "raises channel values to a power" }
    }
}

impl Perturbation for Gamma {
    fn group(&self) -> Group {
        Group::Lighting
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "exponent", unit: "1 changes nothing, above 1 darkens", min: 0.1, max: 10.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[1.2], &[1.4], &[1.6], &[1.8], &[2.2]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("gamma.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let table = std::array::from_fn(|value| ((value as f64 / 255.0).powf(values[0]) * 255.0 + 0.5) as u8);
        apply_lut(image, &[table; 3])
    }
}
