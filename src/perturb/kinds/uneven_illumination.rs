//! # Uneven illumination
//!
//! ## What it does
//! Multiplies by a smooth field: brighter towards one side, with soft patches, about 1 on average.
//!
//! ## Field condition
//! One-sided daylight, a lamp at the side of an inspection cell, light through leaves or blinds.
//!
//! ## Parameter and severities
//! `spread`, greatest change of brightness up or down as a share, 0.02..=1: 0.2, 0.35, 0.5, 0.65, 0.8.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Own; a gradient plus a plasma cloud. No published scale exists.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{plasma, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The share of the patches in the field; the rest is the gradient.
const PATCHES: f32 = 0.4;

/// The field is drawn for every so many pixels: it has no finer detail.
const COARSENESS: usize = 8;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "uneven_illumination", summary: "lights the scene from one side, with soft patches" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "spread", unit: "greatest change up or down, share", min: 0.02, max: 1.0 }],
    ladder: Some([&[0.2], &[0.35], &[0.5], &[0.65], &[0.8]]),
    revision: 1,
    source: include_str!("uneven_illumination.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (towards_x, towards_y) = rng.direction();
    let coarse = plasma(width.div_ceil(COARSENESS), height.div_ceil(COARSENESS), 2.0, &mut rng);
    let patches = coarse.enlarged(width, height);
    let spread = values[0] as f32;
    // From -1 to 1 between opposite corners.
    let reach = towards_x.abs() * width as f32 + towards_y.abs() * height as f32;
    let (step_x, step_y) = (2.0 * towards_x / reach, 2.0 * towards_y / reach);
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(3 * width).enumerate() {
        let from_middle = |at: usize, side: usize| at as f32 + 0.5 - 0.5 * side as f32;
        let start = step_y * from_middle(y, height);
        for (x, (pixel, patch)) in row.chunks_exact_mut(3).zip(patches.row(y)).enumerate() {
            let slope = start + step_x * from_middle(x, width);
            let field = (1.0 - PATCHES) * slope + PATCHES * (2.0 * patch - 1.0);
            for value in pixel {
                *value = truncate(f32::from(*value) * (1.0 + spread * field));
            }
        }
    }
    out
}
