//! # RGB shift
//!
//! ## What it does
//! Adds a constant of its own to each channel, clipped.
//!
//! ## Field condition
//! A colour cast: mixed light, a drifting sensor, a wrong black level.
//!
//! ## Parameter and severities
//! `red`, `green`, `blue`, shares of full scale, -1..=1: (0.02, -0.01, -0.02), (0.04, -0.02, -0.04), (0.08, -0.04,
//! -0.08), (0.12, -0.06, -0.12), (0.2, -0.1, -0.2).
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RGBShift` of albumentations 2.0.8 at fixed shifts (its limit, 20 levels, is 0.08).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "rgb_shift", summary: "adds a constant to each channel" },
    group: Group::Color,
    parameters: &[
        Parameter { name: "red", unit: "share of full scale", min: -1.0, max: 1.0 },
        Parameter { name: "green", unit: "share of full scale", min: -1.0, max: 1.0 },
        Parameter { name: "blue", unit: "share of full scale", min: -1.0, max: 1.0 },
    ],
    ladder: Some([
        &[0.02, -0.01, -0.02],
        &[0.04, -0.02, -0.04],
        &[0.08, -0.04, -0.08],
        &[0.12, -0.06, -0.12],
        &[0.2, -0.1, -0.2],
    ]),
    revision: 1,
    source: include_str!("rgb_shift.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Bytes shifted at once: a whole number of pixels and of vector registers.
const BLOCK: usize = 48 * 4;

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let shifts = [0, 1, 2].map(|c: usize| (values[c] * 255.0).round() as i16);
    let [up, down] = [1, -1].map(|sign| {
        let steps = shifts.map(|shift| (sign * shift).max(0) as u8);
        let block: [u8; BLOCK] = std::array::from_fn(|i| steps[i % 3]);
        block
    });
    let mut out = image.clone();
    for bytes in out.chunks_mut(BLOCK) {
        for ((byte, up), down) in bytes.iter_mut().zip(&up).zip(&down) {
            *byte = byte.saturating_add(*up).saturating_sub(*down);
        }
    }
    out
}
