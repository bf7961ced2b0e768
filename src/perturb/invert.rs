//! # Inversion
//!
//! ## What it does
//! Replaces each channel value by 255 minus itself.
//!
//! ## Field condition
//! Photographic negatives, inverted thermal palettes (black hot, white hot), inverted displays.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `InvertImg` of albumentations 2.0.8.

use image::RgbImage;

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Invert;

impl Named for Invert {
    fn entry(&self) -> Entry {
        Entry { name: "invert", summary: "makes a negative" }
    }
}

impl Perturbation for Invert {
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
        include_str!("invert.rs")
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        let negative = image.as_raw().iter().map(|value| 255 - value).collect();
        RgbImage::from_raw(image.width(), image.height(), negative).expect("as many values as before")
    }
}
