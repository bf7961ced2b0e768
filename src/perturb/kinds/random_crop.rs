//! # Random crop
//!
//! ## What it does
//! Cuts a window out at a random place, smaller than the picture by `share` on each side, and enlarges it to the size
//! of the picture.
//!
//! ## Field condition
//! Another focal length or distance: objects are larger, some are cut by the border.
//!
//! ## Parameter and severities
//! `share`, of width and height cut away, 0.01..=0.9: 0.06, 0.12, 0.18, 0.24, 0.29.
//!
//! ## Boxes
//! Enlarged with the picture; objects outside the window are gone.
//!
//! ## Reference
//! `RandomResizedCrop` of albumentations 2.0.8; 0 to 29 % is the range of Roboflow's crop augmentation.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap_affine};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "random_crop", summary: "enlarges a random window to the size of the picture" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "share", unit: "share of width and height cut away", min: 0.01, max: 0.9 }],
    ladder: Some([&[0.06], &[0.12], &[0.18], &[0.24], &[0.29]]),
    revision: 1,
    source: include_str!("random_crop.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn enlargement(size: Size, share: f64, mut rng: Rng) -> Matrix {
    let mut start = |side: u32| rng.uniform_in(0.0, share) * f64::from(side);
    let (left, top) = (start(size.width), start(size.height));
    let factor = 1.0 / (1.0 - share);
    Matrix { x: [factor, 0.0, -left * factor], y: [0.0, factor, -top * factor] }
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    Warp::Affine(enlargement(size, values[0], rng))
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    remap_affine(image, size, &enlargement(size, values[0], rng), Outside::Reflect)
}
