//! # Impulse noise
//!
//! ## What it does
//! Sets a share of the channel values, each by itself, to 0 or 255, either with equal chance.
//!
//! ## Field condition
//! Bit errors in transmission or memory, faulty converters.
//!
//! ## Parameter and severities
//! `share` of the channel values, 0.001..=1: 0.03, 0.06, 0.09, 0.17, 0.27.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `impulse_noise` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019). The original ignores its seed; ours does
//! not.

use image::RgbImage;

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct ImpulseNoise;

/// Random bits per channel value: three fit into 64.
const BITS: u32 = 21;

impl Named for ImpulseNoise {
    fn entry(&self) -> Entry {
        Entry { name: "impulse_noise", summary: "sets a share of the channel values to 0 or 255" }
    }
}

impl Perturbation for ImpulseNoise {
    fn group(&self) -> Group {
        Group::Noise
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "share", unit: "share of the channel values", min: 0.001, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.03], &[0.06], &[0.09], &[0.17], &[0.27]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("impulse_noise.rs")
    }

    /// One random number serves the three channels of a pixel, 21 bits each.
    fn apply(&self, image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
        let changed = (values[0] * f64::from(1 << BITS)) as u32;
        let mut out = image.clone();
        for pixel in out.chunks_exact_mut(3) {
            let bits = rng.next_u64();
            for (byte, shift) in pixel.iter_mut().zip([0, BITS, 2 * BITS]) {
                let at = (bits >> shift) as u32 & ((1 << BITS) - 1);
                *byte = if at < changed { if at & 1 == 0 { 0 } else { 255 } } else { *byte };
            }
        }
        out
    }
}
