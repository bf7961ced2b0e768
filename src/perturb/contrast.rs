//! # Contrast
//!
//! ## What it does
//! Moves each channel value towards (factor < 1) or away from (factor > 1) its channel's mean over the picture.
//!
//! ## Field condition
//! Haze, flat light, a dirty window, a washed-out display.
//!
//! ## Parameter and severities
//! `factor`, 0..=4 (1 changes nothing): 0.4, 0.3, 0.2, 0.1, 0.05.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `contrast` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use super::pixels::{apply_lut, truncate};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Contrast;

impl Named for Contrast {
    fn entry(&self) -> Entry {
        Entry { name: "contrast", summary: "scales the distance of each channel value from its channel's mean" }
    }
}

impl Perturbation for Contrast {
    fn group(&self) -> Group {
        Group::Lighting
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "factor", unit: "1 changes nothing", min: 0.0, max: 4.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.4], &[0.3], &[0.2], &[0.1], &[0.05]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("contrast.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let factor = values[0];
        let mut sums = [0_u64; 3];
        for pixel in image.pixels() {
            for (sum, value) in sums.iter_mut().zip(pixel.0) {
                *sum += u64::from(value);
            }
        }
        let pixels = (u64::from(image.width()) * u64::from(image.height())).max(1) as f64;
        let tables = sums.map(|sum| {
            let mean = sum as f64 / pixels;
            std::array::from_fn(|value| truncate(((value as f64 - mean) * factor + mean) as f32))
        });
        apply_lut(image, &tables)
    }
}
