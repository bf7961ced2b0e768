//! # Horizontal flip
//!
//! ## What it does
//! Mirrors left and right.
//!
//! ## Field condition
//! A camera on the other side, a mirrored stream; a model that learned a side by heart.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Mirrored with the picture.
//!
//! ## Reference
//! `HorizontalFlip` of albumentations 2.0.8.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::flip_horizontal;
use crate::perturb::{Action, Geometry, Group, Matrix, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "horizontal_flip", summary: "mirrors left and right" },
    group: Group::Geometric,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("horizontal_flip.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn warp(size: Size, _: &[f64], _: Rng) -> Warp {
    Warp::Affine(Matrix { x: [-1.0, 0.0, f64::from(size.width)], y: [0.0, 1.0, 0.0] })
}

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    flip_horizontal(image)
}
