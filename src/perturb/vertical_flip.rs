//! # Vertical flip
//!
//! ## What it does
//! Mirrors top and bottom.
//!
//! ## Field condition
//! A camera mounted upside down with a mirror, views straight down, where no side is up.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Mirrored with the picture.
//!
//! ## Reference
//! `VerticalFlip` of albumentations 2.0.8.

use image::RgbImage;

use super::{Group, Matrix, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct VerticalFlip;

impl Named for VerticalFlip {
    fn entry(&self) -> Entry {
        Entry { name: "vertical_flip", summary: "mirrors top and bottom" }
    }
}

impl Perturbation for VerticalFlip {
    fn group(&self) -> Group {
        Group::Geometric
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        None
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("vertical_flip.rs")
    }

    fn warp(&self, size: Size, _values: &[f64], _rng: Rng) -> Warp {
        Warp::Affine(Matrix { x: [1.0, 0.0, 0.0], y: [0.0, -1.0, f64::from(size.height)] })
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        let mut raw = Vec::with_capacity(image.as_raw().len());
        for row in image.as_raw().chunks_exact(image.width() as usize * 3).rev() {
            raw.extend_from_slice(row);
        }
        RgbImage::from_raw(image.width(), image.height(), raw).expect("all rows are there")
    }
}
