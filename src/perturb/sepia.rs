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

use super::pixels::{PixelChange, map_pixels};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Sepia;

/// Shares of the old red, green and blue in the new red, green and blue.
const MATRIX: [[f32; 3]; 3] = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];

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
        map_pixels(image, Tint)
    }
}

struct Tint;

impl PixelChange for Tint {
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let mixed = |[of_r, of_g, of_b]: [f32; 3]| of_r * r + of_g * g + of_b * b;
        (mixed(MATRIX[0]), mixed(MATRIX[1]), mixed(MATRIX[2]))
    }
}
