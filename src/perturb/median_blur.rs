//! # Median blur
//!
//! ## What it does
//! Replaces each channel value by the median over a square of `size` pixels, borders replicated: edges stay, detail
//! goes.
//!
//! ## Field condition
//! Noise suppression in cameras and recorders that smears texture.
//!
//! ## Parameter and severities
//! `size`, pixels, odd, 3..=15 (even sizes count as the next odd one): 3, 5, 7, 9, 11.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `medianBlur` of OpenCV 5; `MedianBlur` of albumentations 2.0.8.

use image::RgbImage;

use super::pixels::median;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct MedianBlur;

impl Named for MedianBlur {
    fn entry(&self) -> Entry {
        Entry { name: "median_blur", summary: "takes the median over a square" }
    }
}

impl Perturbation for MedianBlur {
    fn group(&self) -> Group {
        Group::Blur
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "size", unit: "pixels, odd", min: 3.0, max: 15.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[3.0], &[5.0], &[7.0], &[9.0], &[11.0]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("median_blur.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        median(image, values[0] as usize / 2)
    }
}
