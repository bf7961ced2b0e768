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

use super::pixels::{Outside, remap_affine};
use super::{Group, Matrix, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
#[derive(Debug)]
pub struct Rotate;

fn about_centre(size: Size, degrees: f64) -> Matrix {
    let (cx, cy) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
    Matrix::translation(cx, cy) * Matrix::rotation(degrees) * Matrix::translation(-cx, -cy)
}

impl Named for Rotate {
    fn entry(&self) -> Entry {
        Entry { name: "rotate", summary: "turns the picture about its centre" }
    }
}

impl Perturbation for Rotate {
    fn group(&self) -> Group {
        Group::Geometric
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "degrees", unit: "degrees, counter-clockwise", min: -180.0, max: 180.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[5.0], &[10.0], &[15.0], &[30.0], &[45.0]])
    }

    fn revision(&self) -> u32 {
        2
    }

    fn source(&self) -> &'static str {
        include_str!("rotate.rs")
    }

    fn warp(&self, size: Size, values: &[f64], _rng: Rng) -> Warp {
        Warp::Affine(about_centre(size, values[0]))
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let size = Size { width: image.width(), height: image.height() };
        remap_affine(image, size, &about_centre(size, values[0]), Outside::Constant(FILL))
    }
}
