//! # Aspect
//!
//! ## What it does
//! Squeezes the content about the centre to `ratio` times its width, or for ratios above 1 to 1 / `ratio` times its
//! height; size kept, the bands left over filled with grey 114.
//!
//! ## Field condition
//! Streams and exports resized without regard to the aspect, anamorphic or non-square pixels.
//!
//! ## Parameter and severities
//! `ratio`, width over height relative to before, 0.2..=5: 0.95, 0.9, 0.8, 0.7, 0.6.
//!
//! ## Boxes
//! Squeezed with the picture.
//!
//! ## Reference
//! `RandomScale` along one axis; the letterbox grey is that of YOLO-family pipelines.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap_affine};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "aspect", summary: "squeezes the content along one axis" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "ratio", unit: "width over height, relative", min: 0.2, max: 5.0 }],
    ladder: Some([&[0.95], &[0.9], &[0.8], &[0.7], &[0.6]]),
    revision: 1,
    source: include_str!("aspect.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn squeeze(size: Size, ratio: f64) -> Matrix {
    let (across, down) = (ratio.min(1.0), (1.0 / ratio).min(1.0));
    let shift = |side: u32, factor: f64| f64::from(side) / 2.0 * (1.0 - factor);
    Matrix { x: [across, 0.0, shift(size.width, across)], y: [0.0, down, shift(size.height, down)] }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    Warp::Affine(squeeze(size, values[0]))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    remap_affine(image, size, &squeeze(size, values[0]), Outside::Constant(FILL))
}
