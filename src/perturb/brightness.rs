//! # Brightness
//!
//! ## What it does
//! Adds `delta` to the value channel of HSV, clipped to 0..1: colours keep hue and saturation.
//!
//! ## Field condition
//! Over- and underexposure, day against evening, lamps switched on or off.
//!
//! ## Parameter and severities
//! `delta`, share of full scale, -1..=1 (negative darkens): 0.1, 0.2, 0.3, 0.4, 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `brightness` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use super::pixels::truncate;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Brightness;

impl Named for Brightness {
    fn entry(&self) -> Entry {
        Entry { name: "brightness", summary: "adds to the value channel of HSV" }
    }
}

impl Perturbation for Brightness {
    fn group(&self) -> Group {
        Group::Lighting
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "delta", unit: "share of full scale, negative darkens", min: -1.0, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.1], &[0.2], &[0.3], &[0.4], &[0.5]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("brightness.rs")
    }

    /// Value is the largest channel, and with hue and saturation kept all channels scale with it: one factor per
    /// value of the largest channel, and black becomes grey.
    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let shift = (values[0] * 255.0) as f32;
        let lifted = |value: usize| (value as f32 + shift).clamp(0.0, 255.0);
        let factors: [f32; 256] = std::array::from_fn(|value| lifted(value) / value.max(1) as f32);
        let black = truncate(lifted(0));
        let mut out = image.clone();
        for pixel in out.pixels_mut() {
            let value = pixel.0.into_iter().max().unwrap_or(0);
            let factor = factors[usize::from(value)];
            pixel.0 = if value == 0 { [black; 3] } else { pixel.0.map(|c| truncate(f32::from(c) * factor)) };
        }
        out
    }
}
