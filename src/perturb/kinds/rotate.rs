//! # Rotation
//!
//! ## What it does
//! Turns the picture about its centre, counter-clockwise for positive angles; size kept, corners filled with grey 114.
//!
//! ## Field condition
//! A tilted camera, a handheld phone, a part lying askew on the belt.
//!
//! ## Parameter and severities
//! `degrees`, -180..=180: 5, 10, 15, 30, 45.
//!
//! ## Boxes
//! The enclosing box of the turned inscribed ellipse.
//!
//! ## Reference
//! `Rotate` of albumentations 2.0.8 (bilinear, constant border); the angles are the usual range of augmentations.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap_affine};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "rotate", summary: "turns the picture about its centre" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "degrees", unit: "degrees, counter-clockwise", min: -180.0, max: 180.0 }],
    ladder: Some([&[5.0], &[10.0], &[15.0], &[30.0], &[45.0]]),
    revision: 2,
    source: include_str!("rotate.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn about_centre(size: Size, degrees: f64) -> Matrix {
    let (cx, cy) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
    Matrix::translation(cx, cy) * Matrix::rotation(degrees) * Matrix::translation(-cx, -cy)
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    Warp::Affine(about_centre(size, values[0]))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    remap_affine(image, size, &about_centre(size, values[0]), Outside::Constant(FILL))
}
