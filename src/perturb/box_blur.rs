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

use super::pixels::box_mean;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct BoxBlur;

impl Named for BoxBlur {
    fn entry(&self) -> Entry {
        Entry { name: "box_blur", summary: "takes the mean over a square" }
    }
}

impl Perturbation for BoxBlur {
    fn group(&self) -> Group {
        Group::Blur
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "size", unit: "pixels, odd", min: 1.0, max: 101.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[3.0], &[5.0], &[7.0], &[11.0], &[15.0]])
    }

    fn revision(&self) -> u32 {
        2
    }

    fn source(&self) -> &'static str {
        include_str!("box_blur.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        box_mean(image, values[0] as usize / 2)
    }
}
