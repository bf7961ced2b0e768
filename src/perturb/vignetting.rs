//! # Vignetting
//!
//! ## What it does
//! Darkens towards the corners by the fourth power of the cosine of the angle of view, as a simple lens does.
//!
//! ## Field condition
//! Wide-angle and cheap lenses, borescopes, wide apertures, a hood that is too long.
//!
//! ## Parameter and severities
//! `loss`, share of the light lost in the corners, 0.02..=0.99: 0.2, 0.4, 0.6, 0.75, 0.9.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! The cosine-fourth law of illumination; no published scale exists.

use image::RgbImage;

use super::pixels::truncate;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Vignetting;

impl Named for Vignetting {
    fn entry(&self) -> Entry {
        Entry { name: "vignetting", summary: "darkens the picture towards its corners" }
    }
}

impl Perturbation for Vignetting {
    fn group(&self) -> Group {
        Group::Lighting
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "loss", unit: "share of the light lost in the corners", min: 0.02, max: 0.99 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.2], &[0.4], &[0.6], &[0.75], &[0.9]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("vignetting.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let (width, height) = (image.width() as f32, image.height() as f32);
        // cos^4 = 1 / (1 + tan^2)^2, and tan^2 grows with the square of the distance from the middle.
        let corner = (1.0 / (1.0 - values[0])).sqrt() as f32 - 1.0;
        let scale = corner * 4.0 / (width * width + height * height);
        let mut out = image.clone();
        for (y, row) in out.chunks_exact_mut(3 * image.width() as usize).enumerate() {
            let dy = y as f32 + 0.5 - 0.5 * height;
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let dx = x as f32 + 0.5 - 0.5 * width;
                let slope = 1.0 + scale * (dx * dx + dy * dy);
                let gain = 1.0 / (slope * slope);
                for value in pixel {
                    *value = truncate(f32::from(*value) * gain);
                }
            }
        }
        out
    }
}
