//! # Salt and pepper noise
//!
//! ## What it does
//! Sets a share of the pixels to white or black, either with equal chance.
//!
//! ## Field condition
//! Dust on scans, faulty pixels in readout, errors in transmission of whole pixels.
//!
//! ## Parameter and severities
//! `share` of the pixels, 0.0001..=1: 0.005, 0.01, 0.03, 0.06, 0.12.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `SaltAndPepper` of albumentations 2.0.8 (share 0.01 to 0.06, half salt); `impulse_noise` does the same to single
//! channel values.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "salt_and_pepper", summary: "sets a share of the pixels to white or black" },
    group: Group::Noise,
    parameters: &[Parameter { name: "share", unit: "share of the pixels", min: 0.0001, max: 1.0 }],
    ladder: Some([&[0.005], &[0.01], &[0.03], &[0.06], &[0.12]]),
    revision: 1,
    source: include_str!("salt_and_pepper.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// The top bits of a random number choose the pixel, its lowest bit the colour.
fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let changed = (values[0] * f64::from(u32::MAX)) as u32;
    let mut out = image.clone();
    for pixel in out.chunks_exact_mut(3) {
        let bits = rng.next_u64();
        if (bits >> 32) as u32 <= changed {
            pixel.fill(if bits & 1 == 0 { 0 } else { 255 });
        }
    }
    out
}
