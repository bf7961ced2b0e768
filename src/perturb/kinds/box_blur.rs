//! # Box blur
//!
//! ## What it does
//! The mean over a square of `size` pixels around each pixel, borders mirrored.
//!
//! ## Field condition
//! A cheap downscaling in the pipeline, a coarse sensor, blur of unknown cause.
//!
//! ## Parameter and severities
//! `size`, pixels, odd, 1..=101 (even sizes count as the next odd one; 1 changes nothing): 3, 5, 7, 11, 15.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `blur` of OpenCV 5 (border `BORDER_REFLECT_101`); `Blur` of albumentations 2.0.8.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::box_mean;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "box_blur", summary: "takes the mean over a square" },
    group: Group::Blur,
    parameters: &[Parameter { name: "size", unit: "pixels, odd", min: 1.0, max: 101.0 }],
    ladder: Some([&[3.0], &[5.0], &[7.0], &[11.0], &[15.0]]),
    revision: 2,
    source: include_str!("box_blur.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    box_mean(image, values[0] as usize / 2)
}
