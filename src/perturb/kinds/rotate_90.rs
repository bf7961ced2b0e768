//! # Quarter turns
//!
//! ## What it does
//! Turns the picture by whole quarters, counter-clockwise; width and height change places for odd ones. No pixel is
//! lost or blended.
//!
//! ## Field condition
//! A camera or phone mounted sideways or upside down, a stream whose orientation flag is ignored.
//!
//! ## Parameter and severities
//! `quarters`, quarter turns, 1..=3 (rounded): 1, 1, 3, 3, 2: on one side, on the other, upside down.
//!
//! ## Boxes
//! Turned with the picture.
//!
//! ## Reference
//! `RandomRotate90` of albumentations 2.0.8.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Turn, half_turn, quarter_turn};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "rotate_90", summary: "turns the picture by whole quarters" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "quarters", unit: "quarter turns, counter-clockwise", min: 1.0, max: 3.0 }],
    ladder: Some([&[1.0], &[1.0], &[3.0], &[3.0], &[2.0]]),
    revision: 1,
    source: include_str!("rotate_90.rs"),
    published: None,
    geometry: Geometry { size, warp },
    action: Action::Picture(apply),
};

fn quarters(values: &[f64]) -> u8 {
    values[0].round() as u8
}

fn size(size: Size, values: &[f64]) -> Size {
    if quarters(values) == 2 { size } else { Size { width: size.height, height: size.width } }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    Warp::Affine(match quarters(values) {
        1 => Matrix { x: [0.0, 1.0, 0.0], y: [-1.0, 0.0, width] },
        2 => Matrix { x: [-1.0, 0.0, width], y: [0.0, -1.0, height] },
        _ => Matrix { x: [0.0, -1.0, height], y: [1.0, 0.0, 0.0] },
    })
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    match quarters(values) {
        1 => quarter_turn(image, Turn::Left),
        2 => half_turn(image),
        _ => quarter_turn(image, Turn::Right),
    }
}
