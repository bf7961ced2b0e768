//! # Greyscale
//!
//! ## What it does
//! Replaces each pixel by its luma (BT.601).
//!
//! ## Field condition
//! Night mode, infrared and monochrome cameras, pictures from scans and copies.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ToGray` of albumentations 2.0.8 (weighted average).

use image::RgbImage;

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Grayscale;

/// The weights of BT.601 (0.299, 0.587, 0.114) in 16-bit fixed point; they sum to one.
const WEIGHTS: [u32; 3] = [19_595, 38_470, 7_471];

impl Named for Grayscale {
    fn entry(&self) -> Entry {
        Entry { name: "grayscale", summary: "takes the colour away" }
    }
}

impl Perturbation for Grayscale {
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
        include_str!("grayscale.rs")
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        let mut out = image.clone();
        for pixel in out.pixels_mut() {
            let [r, g, b] = pixel.0.map(u32::from);
            pixel.0 = [((r * WEIGHTS[0] + g * WEIGHTS[1] + b * WEIGHTS[2] + (1 << 15)) >> 16) as u8; 3];
        }
        out
    }
}
