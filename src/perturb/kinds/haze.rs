//! # Haze
//!
//! ## What it does
//! Mixes the picture with the colour of the air, more towards the horizon: the share of light that arrives falls
//! exponentially with the distance of flat ground seen in that row.
//!
//! ## Field condition
//! Mist, smog, dust, smoke of even thickness; humid summer air.
//!
//! ## Parameter and severities
//! `visibility`, metres, at which 2 % of the contrast are left, 20..=20000: 1000, 500, 300, 200, 150.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Koschmieder's law, extinction = 3.912 / visibility, as used by the Foggy Cityscapes (Sakaridis et al. 2018), here
//! with a ground plane instead of measured depth.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::truncate;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// ln 50: at the visibility 2 % of the contrast are left.
const KOSCHMIEDER: f64 = 3.912;

/// The horizon's height as a share of the picture's, from the top.
const HORIZON: f64 = 0.35;

/// Metres to the ground at the bottom of the picture, and to the farthest things that matter.
const NEAREST: f64 = 8.0;
const FARTHEST: f64 = 100.0;

/// The colour of the air: nearly white, a little blue.
const AIR: [f32; 3] = [224.0, 228.0, 233.0];

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "haze", summary: "fades the picture into the air with distance" },
    group: Group::Weather,
    parameters: &[Parameter { name: "visibility", unit: "metres", min: 20.0, max: 20000.0 }],
    ladder: Some([&[1000.0], &[500.0], &[300.0], &[200.0], &[150.0]]),
    revision: 1,
    source: include_str!("haze.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(3 * width).enumerate() {
        let below = ((y as f64 + 0.5) / height as f64 - HORIZON).max(0.0) / (1.0 - HORIZON);
        let distance = 1.0 / (1.0 / FARTHEST + below / NEAREST);
        let clear = (-KOSCHMIEDER * distance / values[0]).exp() as f32;
        let air = AIR.map(|air| air * (1.0 - clear));
        for pixel in row.chunks_exact_mut(3) {
            for (value, air) in pixel.iter_mut().zip(air) {
                *value = truncate(f32::from(*value) * clear + air);
            }
        }
    }
    out
}
