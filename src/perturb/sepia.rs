//! # Sepia
//!
//! ## What it does
//! Tints the picture brown, as old prints are.
//!
//! ## Field condition
//! Photo filters and scanned prints; a strong cast with the colours gone.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ToSepia` of albumentations 2.0.8 (its matrix).

use image::RgbImage;

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Sepia;

/// Thousandths of red, green and blue in the new red, green and blue.
const MATRIX: [[u32; 3]; 3] = [[393, 769, 189], [349, 686, 168], [272, 534, 131]];

impl Named for Sepia {
    fn entry(&self) -> Entry {
        Entry { name: "sepia", summary: "tints the picture brown" }
    }
}

impl Perturbation for Sepia {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        None
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("sepia.rs")
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        let mut out = image.clone();
        for pixel in out.pixels_mut() {
            let [r, g, b] = pixel.0.map(u32::from);
            pixel.0 = MATRIX.map(|[of_r, of_g, of_b]| {
                let sum = of_r * r + of_g * g + of_b * b;
                ((sum + 500) / 1000).min(255) as u8
            });
        }
        out
    }
}
