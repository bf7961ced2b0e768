//! # Gaussian blur
//!
//! ## What it does
//! Convolves with a Gaussian of standard deviation `sigma`, cut at three standard deviations, borders replicated, rounded
//! to the nearest byte. The published form (`compat = "imagenet_c"`) reaches to four standard deviations and cuts
//! fractions off, which darkens the picture by half a level.
//!
//! ## Field condition
//! Slight defocus, a soft lens, an upscaled stream.
//!
//! ## Parameter and severities
//! `sigma`, pixels, 0.1..=64: 1, 2, 3, 4, 6.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `gaussian_blur` of imagecorruptions 1.1.2 (Michaelis et al. 2019), which differs from ours by truncation and reach.

use image::RgbImage;

use super::pixels::{gaussian_blur, gaussian_kernel, gaussian_within, separable};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// Standard deviations after which the kernel ends, as OpenCV has it for pictures of bytes: the 0.3 % beyond them
/// weigh less than the rounding.
const CUT: f64 = 3.0;

/// See the module's documentation.
#[derive(Debug)]
pub struct GaussianBlur;

impl Named for GaussianBlur {
    fn entry(&self) -> Entry {
        Entry { name: "gaussian_blur", summary: "convolves with a Gaussian" }
    }
}

impl Perturbation for GaussianBlur {
    fn group(&self) -> Group {
        Group::Blur
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "sigma", unit: "pixels", min: 0.1, max: 64.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[1.0], &[2.0], &[3.0], &[4.0], &[6.0]])
    }

    fn revision(&self) -> u32 {
        3
    }

    fn source(&self) -> &'static str {
        include_str!("gaussian_blur.rs")
    }

    fn published(&self) -> Option<&'static dyn Perturbation> {
        Some(&Published)
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        gaussian_blur(image, &gaussian_within(values[0], (CUT * values[0]).ceil() as usize))
    }
}

/// The form of imagecorruptions: in floating point, truncated to bytes.
#[derive(Debug)]
pub struct Published;

impl Named for Published {
    fn entry(&self) -> Entry {
        Entry { name: "gaussian_blur (imagenet_c)", summary: "convolves with a Gaussian and cuts fractions off" }
    }
}

impl Perturbation for Published {
    fn group(&self) -> Group {
        GaussianBlur.group()
    }

    fn parameters(&self) -> &'static [Parameter] {
        GaussianBlur.parameters()
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        GaussianBlur.ladder()
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        GaussianBlur.source()
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        separable(image, &gaussian_kernel(values[0]))
    }
}
