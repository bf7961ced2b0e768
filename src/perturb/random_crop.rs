//! # Random crop
//!
//! ## What it does
//! Cuts a window out at a random place, smaller than the picture by `share` on each side, and enlarges it to the size
//! of the picture.
//!
//! ## Field condition
//! Another focal length or distance: objects are larger, some are cut by the border.
//!
//! ## Parameter and severities
//! `share`, of width and height cut away, 0.01..=0.9: 0.06, 0.12, 0.18, 0.24, 0.29.
//!
//! ## Boxes
//! Enlarged with the picture; objects outside the window are gone.
//!
//! ## Reference
//! `RandomResizedCrop` of albumentations 2.0.8; 0 to 29 % is the range of Roboflow's crop augmentation.

use image::RgbImage;

use super::pixels::{Outside, remap_affine};
use super::{Group, Matrix, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct RandomCrop;

fn enlargement(size: Size, share: f64, mut rng: Rng) -> Matrix {
    let mut start = |side: u32| rng.uniform_in(0.0, share) * f64::from(side);
    let (left, top) = (start(size.width), start(size.height));
    let factor = 1.0 / (1.0 - share);
    Matrix { x: [factor, 0.0, -left * factor], y: [0.0, factor, -top * factor] }
}

impl Named for RandomCrop {
    fn entry(&self) -> Entry {
        Entry { name: "random_crop", summary: "enlarges a random window to the size of the picture" }
    }
}

impl Perturbation for RandomCrop {
    fn group(&self) -> Group {
        Group::Geometric
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "share", unit: "share of width and height cut away", min: 0.01, max: 0.9 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.06], &[0.12], &[0.18], &[0.24], &[0.29]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("random_crop.rs")
    }

    fn warp(&self, size: Size, values: &[f64], rng: Rng) -> Warp {
        Warp::Affine(enlargement(size, values[0], rng))
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let size = Size { width: image.width(), height: image.height() };
        remap_affine(image, size, &enlargement(size, values[0], rng), Outside::Reflect)
    }
}
