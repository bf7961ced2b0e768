//! # Shear
//!
//! ## What it does
//! Slants the picture: rows move sideways in proportion to their distance from the middle row, the upper half to the
//! right for positive angles; size kept, corners filled with grey 114.
//!
//! ## Field condition
//! Views from the side, scanners and line cameras whose feed runs askew.
//!
//! ## Parameter and severities
//! `degrees`, of upright lines, -45..=45: 2, 5, 10, 15, 23.
//!
//! ## Boxes
//! The enclosing box of the sheared inscribed ellipse.
//!
//! ## Reference
//! `Affine` of albumentations 2.0.8 (bilinear, constant border); the angles are the usual range of augmentations.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap_affine};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "shear", summary: "slants the picture sideways" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "degrees", unit: "degrees of upright lines", min: -45.0, max: 45.0 }],
    ladder: Some([&[2.0], &[5.0], &[10.0], &[15.0], &[23.0]]),
    revision: 1,
    source: include_str!("shear.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn about_middle(size: Size, degrees: f64) -> Matrix {
    let slope = degrees.to_radians().tan();
    Matrix { x: [1.0, -slope, slope * f64::from(size.height) / 2.0], y: [0.0, 1.0, 0.0] }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    Warp::Affine(about_middle(size, values[0]))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    remap_affine(image, size, &about_middle(size, values[0]), Outside::Constant(FILL))
}
