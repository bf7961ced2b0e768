//! # Pixelation
//!
//! ## What it does
//! Shrinks to `scale` times the size by the mean over boxes and enlarges again by repeating pixels.
//!
//! ## Field condition
//! A low-resolution camera, digital zoom, a thumbnail blown up, faces or plates masked by mosaics.
//!
//! ## Parameter and severities
//! `scale`, 0.01..=1 (1 changes nothing): 0.6, 0.5, 0.4, 0.3, 0.25.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `pixelate` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019; Pillow's `BOX` and `NEAREST`).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{box_reduced, enlarged_nearest};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "pixelate", summary: "shrinks and enlarges to visible squares" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "scale", unit: "share of the side, 1 changes nothing", min: 0.01, max: 1.0 }],
    ladder: Some([&[0.6], &[0.5], &[0.4], &[0.3], &[0.25]]),
    revision: 1,
    source: include_str!("pixelate.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let shrunk = |side: u32| ((f64::from(side) * values[0]) as u32).clamp(1, side);
    let small = box_reduced(image, shrunk(image.width()), shrunk(image.height()));
    enlarged_nearest(&small, image.width(), image.height())
}
