//! # Pixelation
//!
//! ## What it does
//! Shrinks to `scale` times the size by the mean over boxes and enlarges again by repeating pixels.
//!
//! ## Field condition
//! A low-resolution camera, digital zoom, a thumbnail blown up, faces or plates masked by mosaics.
//!
//! ## Parameter and severities
//! `scale`, 0.01..=1 (1 changes nothing): 0.6, 0.5, 0.4, 0.3, 0.25.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `pixelate` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019; Pillow's `BOX` and `NEAREST`).

use image::RgbImage;

use super::pixels::{box_reduced, enlarged_nearest};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Pixelate;

impl Named for Pixelate {
    fn entry(&self) -> Entry {
        Entry { name: "pixelate", summary: "shrinks and enlarges to visible squares" }
    }
}

impl Perturbation for Pixelate {
    fn group(&self) -> Group {
        Group::Sensor
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "scale", unit: "share of the side, 1 changes nothing", min: 0.01, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.6], &[0.5], &[0.4], &[0.3], &[0.25]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("pixelate.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let shrunk = |side: u32| ((f64::from(side) * values[0]) as u32).clamp(1, side);
        let small = box_reduced(image, shrunk(image.width()), shrunk(image.height()));
        enlarged_nearest(&small, image.width(), image.height())
    }
}
