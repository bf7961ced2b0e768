//! # Elastic transform
//!
//! ## What it does
//! Moves each place by a smooth random displacement: white noise of up to 0.5 % of the height, smoothed by a Gaussian
//! of 1 % of the size, times `alpha`. Mirrored at the border.
//!
//! ## Field condition
//! Things that bend: cloth, paper, foil, biological tissue; wavy glass.
//!
//! ## Parameter and severities
//! `alpha`, factor, 0.1..=60: 12.5, 16.25, 21.25, 25, 30.
//!
//! ## Boxes
//! Move with the content: the displacement is undone point by point.
//!
//! ## Reference
//! `elastic_transform` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019), where labels stay.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Field, kept_spread, smooth_field};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// The Gaussian's standard deviation, as a share of the picture's size.
const SIGMA: f64 = 0.01;

/// The noise's greatest displacement, as a share of the picture's height.
const NOISE: f64 = 0.005;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "elastic_transform", summary: "moves places by a smooth random displacement" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "alpha", unit: "factor of the smoothed noise", min: 0.1, max: 60.0 }],
    ladder: Some([&[12.5], &[16.25], &[21.25], &[25.0], &[30.0]]),
    revision: 1,
    source: include_str!("elastic_transform.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

/// The reference smooths uniform noise on every pixel; a field of the same spread and smoothness is the same to the eye.
fn field(size: Size, alpha: f64, mut rng: Rng) -> Field {
    let sigma = [size.width, size.height].map(|side| f64::from(side) * SIGMA);
    let noise = NOISE * f64::from(size.height) / 3.0_f64.sqrt();
    smooth_field(size, sigma, alpha * noise * kept_spread(sigma), &mut rng)
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    field(size, values[0], rng).warp()
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    field(size, values[0], rng).apply(image)
}
