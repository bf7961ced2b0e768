//! # Truncation at the border
//!
//! ## What it does
//! Cuts a band of `share` of the size off each of the four sides, without scaling: the picture gets smaller, objects at
//! its border are cut through.
//!
//! ## Field condition
//! Objects half in view: entering and leaving the scene, tiles of a larger picture, a misplaced region of interest.
//!
//! ## Parameter and severities
//! `share`, of width or height cut off each side, 0.005..=0.45: 0.05, 0.1, 0.15, 0.2, 0.25.
//!
//! ## Boxes
//! Move with the content; clipped at the new border, gone outside it.
//!
//! ## Reference
//! `CropAndPad` of albumentations 2.0.8 (`keep_size` off), by negative shares.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "border_truncation", summary: "cuts a band off each side" },
    group: Group::Occlusion,
    parameters: &[Parameter { name: "share", unit: "share cut off each side", min: 0.005, max: 0.45 }],
    ladder: Some([&[0.05], &[0.1], &[0.15], &[0.2], &[0.25]]),
    revision: 1,
    source: include_str!("border_truncation.rs"),
    published: None,
    geometry: Geometry { size, warp },
    action: Action::Picture(apply),
};

/// Whole pixels cut off on the left and at the top, at most so many that one pixel is left.
fn bands(size: Size, share: f64) -> [u32; 2] {
    [size.width, size.height].map(|side| ((f64::from(side) * share).round() as u32).min((side - 1) / 2))
}

fn size(size: Size, values: &[f64]) -> Size {
    let [left, top] = bands(size, values[0]);
    Size { width: size.width - 2 * left, height: size.height - 2 * top }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    let [left, top] = bands(size, values[0]);
    Warp::Affine(Matrix::translation(-f64::from(left), -f64::from(top)))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let (rest, [left, top]) = (self::size(size, values), bands(size, values[0]));
    image::imageops::crop_imm(image, left, top, rest.width, rest.height).to_image()
}
