//! # ISO noise
//!
//! ## What it does
//! Adds fine normal noise common to the three channels (`luminance`) and, on cells of 2x2 pixels, noise that differs
//! between them (`color`), as the colour filter of a sensor spreads it.
//!
//! ## Field condition
//! A camera at high sensitivity: night, indoor light, telephoto.
//!
//! ## Parameter and severities
//! `luminance` and `color`, standard deviations as shares of full scale, 0..=1: (0.03, 0.01), (0.05, 0.02), (0.08,
//! 0.03), (0.12, 0.05), (0.17, 0.08).
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! After `ISONoise` of albumentations 2.0.8, which turns hues and draws Poisson numbers instead.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "iso_noise", summary: "adds fine luminance noise and coarser colour noise" },
    group: Group::Noise,
    parameters: &[
        Parameter { name: "luminance", unit: "standard deviation, share of full scale", min: 0.0, max: 1.0 },
        Parameter { name: "color", unit: "standard deviation, share of full scale", min: 0.0, max: 1.0 },
    ],
    ladder: Some([&[0.03, 0.01], &[0.05, 0.02], &[0.08, 0.03], &[0.12, 0.05], &[0.17, 0.08]]),
    revision: 1,
    source: include_str!("iso_noise.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// The side of a cell of colour noise: that of a Bayer cell.
const CELL: usize = 2;

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let [luminance, color] = [values[0], values[1]].map(|sigma| (sigma * 255.0) as f32);
    let width = image.width() as usize;
    let mut fine = vec![0.0; width];
    let mut coarse = vec![0.0; width.div_ceil(CELL) * 3];
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(width * 3).enumerate() {
        rng.fill_normal(&mut fine);
        if y % CELL == 0 {
            rng.fill_normal(&mut coarse);
            for noise in &mut coarse {
                *noise *= color;
            }
        }
        let cells = row.chunks_mut(CELL * 3).zip(fine.chunks(CELL)).zip(coarse.chunks_exact(3));
        for ((pixels, fine), coarse) in cells {
            for (pixel, fine) in pixels.chunks_exact_mut(3).zip(fine) {
                for (byte, coarse) in pixel.iter_mut().zip(coarse) {
                    *byte = (f32::from(*byte) + luminance * fine + coarse + 0.5) as u8;
                }
            }
        }
    }
    out
}
