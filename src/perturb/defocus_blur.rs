//! # Defocus blur
//!
//! ## What it does
//! Convolves with a disk of `radius` whose rim is softened by a Gaussian of `sigma` (3 x 3 pixels, 5 x 5 beyond a
//! radius of 8), borders mirrored.
//!
//! ## Field condition
//! A lens out of focus: wrong distance, autofocus hunting, a lens knocked loose.
//!
//! ## Parameter and severities
//! `radius`, pixels, 1..=48, and `sigma`, pixels, 0.05..=2: 3 and 0.1; then 4, 6, 8, 10 and 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `defocus_blur` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019). As there, a disk of radius 8 brightens by
//! 1.3 % and larger ones by about 1 %, since the rim is smoothed on a grid that ends at the disk.

use image::RgbImage;

use super::pixels::disk_blur;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct DefocusBlur;

impl Named for DefocusBlur {
    fn entry(&self) -> Entry {
        Entry { name: "defocus_blur", summary: "convolves with a soft-edged disk" }
    }
}

impl Perturbation for DefocusBlur {
    fn group(&self) -> Group {
        Group::Blur
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter { name: "radius", unit: "pixels", min: 1.0, max: 48.0 },
            Parameter { name: "sigma", unit: "softness of the rim, pixels", min: 0.05, max: 2.0 },
        ]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[3.0, 0.1], &[4.0, 0.5], &[6.0, 0.5], &[8.0, 0.5], &[10.0, 0.5]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("defocus_blur.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        disk_blur(image, values[0], values[1])
    }
}
