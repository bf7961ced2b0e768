//! # Horizontal flip
//!
//! ## What it does
//! Mirrors left and right.
//!
//! ## Field condition
//! A camera on the other side, a mirrored stream; a model that learned a side by heart.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Mirrored with the picture.
//!
//! ## Reference
//! `HorizontalFlip` of albumentations 2.0.8.

use image::RgbImage;

use super::pixels::flip_horizontal;
use super::{Group, Matrix, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct HorizontalFlip;

impl Named for HorizontalFlip {
    fn entry(&self) -> Entry {
        Entry { name: "horizontal_flip", summary: "mirrors left and right" }
    }
}

impl Perturbation for HorizontalFlip {
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
        include_str!("horizontal_flip.rs")
    }

    fn warp(&self, size: Size, _values: &[f64], _rng: Rng) -> Warp {
        Warp::Affine(Matrix { x: [-1.0, 0.0, f64::from(size.width)], y: [0.0, 1.0, 0.0] })
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        flip_horizontal(image)
    }
}
