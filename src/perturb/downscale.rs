//! # Downscaling
//!
//! ## What it does
//! Shrinks to `scale` times the size by the mean over boxes and enlarges again along straight lines: less detail, no
//! squares.
//!
//! ## Field condition
//! A stream of lower resolution than the model was trained on, a distant object, digital zoom.
//!
//! ## Parameter and severities
//! `scale`, 0.02..=1 (1 changes nothing): 0.75, 0.6, 0.5, 0.35, 0.25.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Downscale` of albumentations 2.0.8 (area down, linear up); its usual range is 0.25..0.9.

use image::RgbImage;

use super::pixels::{box_reduced, enlarged_bilinear};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Downscale;

impl Named for Downscale {
    fn entry(&self) -> Entry {
        Entry { name: "downscale", summary: "loses detail by shrinking and enlarging" }
    }
}

impl Perturbation for Downscale {
    fn group(&self) -> Group {
        Group::Sensor
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "scale", unit: "share of the side, 1 changes nothing", min: 0.02, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.75], &[0.6], &[0.5], &[0.35], &[0.25]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("downscale.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let shrunk = |side: u32| ((f64::from(side) * values[0]).round() as u32).clamp(1, side);
        let small = box_reduced(image, shrunk(image.width()), shrunk(image.height()));
        enlarged_bilinear(&small, image.width(), image.height())
    }
}
