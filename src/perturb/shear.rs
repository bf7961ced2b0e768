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

use super::pixels::{Outside, remap_affine};
use super::{Group, Matrix, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
#[derive(Debug)]
pub struct Shear;

fn about_middle(size: Size, degrees: f64) -> Matrix {
    let slope = degrees.to_radians().tan();
    Matrix { x: [1.0, -slope, slope * f64::from(size.height) / 2.0], y: [0.0, 1.0, 0.0] }
}

impl Named for Shear {
    fn entry(&self) -> Entry {
        Entry { name: "shear", summary: "slants the picture sideways" }
    }
}

impl Perturbation for Shear {
    fn group(&self) -> Group {
        Group::Geometric
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "degrees", unit: "degrees of upright lines", min: -45.0, max: 45.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[2.0], &[5.0], &[10.0], &[15.0], &[23.0]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("shear.rs")
    }

    fn warp(&self, size: Size, values: &[f64], _rng: Rng) -> Warp {
        Warp::Affine(about_middle(size, values[0]))
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let size = Size { width: image.width(), height: image.height() };
        remap_affine(image, size, &about_middle(size, values[0]), Outside::Constant(FILL))
    }
}
