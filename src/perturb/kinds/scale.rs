//! # Scale
//!
//! ## What it does
//! Shrinks (or, above 1, enlarges) the content about the centre; size kept, what is left over filled with grey 114.
//!
//! ## Field condition
//! Objects nearer or farther than in training, another lens.
//!
//! ## Parameter and severities
//! `factor`, of lengths, 0.1..=4: 0.95, 0.9, 0.85, 0.8, 0.75.
//!
//! ## Boxes
//! Scaled with the picture; objects that leave it are gone.
//!
//! ## Reference
//! `Affine` of albumentations 2.0.8 (bilinear, constant border); 0.75 to 1.25 is the usual range of augmentations.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap_affine};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "scale", summary: "shrinks or enlarges the content about the centre" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "factor", unit: "factor of lengths", min: 0.1, max: 4.0 }],
    ladder: Some([&[0.95], &[0.9], &[0.85], &[0.8], &[0.75]]),
    revision: 1,
    source: include_str!("scale.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn about_centre(size: Size, factor: f64) -> Matrix {
    let shift = |side: u32| f64::from(side) / 2.0 * (1.0 - factor);
    Matrix { x: [factor, 0.0, shift(size.width)], y: [0.0, factor, shift(size.height)] }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    Warp::Affine(about_centre(size, values[0]))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    remap_affine(image, size, &about_centre(size, values[0]), Outside::Constant(FILL))
}
