//! # Translation
//!
//! ## What it does
//! Moves the content by whole pixels, right and down for positive values; size kept, what is left over filled with grey
//! 114.
//!
//! ## Field condition
//! A camera that was knocked, crops of a detector that are off, a jumping part feed.
//!
//! ## Parameter and severities
//! `right`, share of the width, and `down`, share of the height, -1..=1: (0.02, 0.02), (0.04, 0.04), (0.0625, 0.0625),
//! (0.1, 0.1), (0.15, 0.15).
//!
//! ## Boxes
//! Move with the content; objects that leave the picture are gone.
//!
//! ## Reference
//! `ShiftScaleRotate` of albumentations 2.0.8, whose default range is 0.0625 to either side.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: Rgb<u8> = Rgb([114; 3]);

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "translate", summary: "moves the content by whole pixels" },
    group: Group::Geometric,
    parameters: &[
        Parameter { name: "right", unit: "share of the width", min: -1.0, max: 1.0 },
        Parameter { name: "down", unit: "share of the height", min: -1.0, max: 1.0 },
    ],
    ladder: Some([&[0.02, 0.02], &[0.04, 0.04], &[0.0625, 0.0625], &[0.1, 0.1], &[0.15, 0.15]]),
    revision: 1,
    source: include_str!("translate.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

/// Whole pixels; at least one, so that even a tiny picture moves.
fn shift(size: Size, values: &[f64]) -> [i64; 2] {
    let pixels = |share: f64, side: u32| {
        let exact = share * f64::from(side);
        (if share == 0.0 { 0.0 } else { exact.abs().round().max(1.0).copysign(share) }) as i64
    };
    [pixels(values[0], size.width), pixels(values[1], size.height)]
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    let [right, down] = shift(size, values);
    Warp::Affine(Matrix::translation(right as f64, down as f64))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let [right, down] = shift(size, values);
    let mut out = RgbImage::from_pixel(size.width, size.height, FILL);
    image::imageops::replace(&mut out, image, right, down);
    out
}
