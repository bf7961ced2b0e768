//! # Vertical flip
//!
//! ## What it does
//! Mirrors top and bottom.
//!
//! ## Field condition
//! A camera mounted upside down with a mirror, views straight down, where no side is up.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Mirrored with the picture.
//!
//! ## Reference
//! `VerticalFlip` of albumentations 2.0.8.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Matrix, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "vertical_flip", summary: "mirrors top and bottom" },
    group: Group::Geometric,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("vertical_flip.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn warp(size: Size, _: &[f64], _: Rng) -> Warp {
    Warp::Affine(Matrix { x: [1.0, 0.0, 0.0], y: [0.0, -1.0, f64::from(size.height)] })
}

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    let mut raw = Vec::with_capacity(image.as_raw().len());
    for row in image.as_raw().chunks_exact(image.width() as usize * 3).rev() {
        raw.extend_from_slice(row);
    }
    RgbImage::from_raw(image.width(), image.height(), raw).expect("all rows are there")
}
