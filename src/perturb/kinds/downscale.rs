//! # Downscaling
//!
//! ## What it does
//! Shrinks to `scale` times the size by the mean over boxes and enlarges again along straight lines: less detail, no
//! squares.
//!
//! ## Field condition
//! A stream of lower resolution than the model was trained on, a distant object, digital zoom.
//!
//! ## Parameter and severities
//! `scale`, 0.02..=1 (1 changes nothing): 0.75, 0.6, 0.5, 0.35, 0.25.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Downscale` of albumentations 2.0.8 (area down, linear up); its usual range is 0.25..0.9.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{box_reduced, enlarged_bilinear};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "downscale", summary: "loses detail by shrinking and enlarging" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "scale", unit: "share of the side, 1 changes nothing", min: 0.02, max: 1.0 }],
    ladder: Some([&[0.75], &[0.6], &[0.5], &[0.35], &[0.25]]),
    revision: 1,
    source: include_str!("downscale.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let shrunk = |side: u32| ((f64::from(side) * values[0]).round() as u32).clamp(1, side);
    let small = box_reduced(image, shrunk(image.width()), shrunk(image.height()));
    enlarged_bilinear(&small, image.width(), image.height())
}
