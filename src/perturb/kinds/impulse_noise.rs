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

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "impulse_noise", summary: "sets a share of the channel values to 0 or 255" },
    group: Group::Noise,
    parameters: &[Parameter { name: "share", unit: "share of the channel values", min: 0.001, max: 1.0 }],
    ladder: Some([&[0.03], &[0.06], &[0.09], &[0.17], &[0.27]]),
    revision: 1,
    source: include_str!("impulse_noise.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Random bits per channel value: three fit into 64.
const BITS: u32 = 21;

/// One random number serves the three channels of a pixel, 21 bits each.
fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
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
