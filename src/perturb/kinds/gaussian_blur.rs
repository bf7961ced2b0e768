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

use crate::entry::Entry;
use crate::perturb::pixels::{gaussian_blur, gaussian_kernel, gaussian_within, separable};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Standard deviations after which the kernel ends, as OpenCV has it for pictures of bytes: the 0.3 % beyond them
/// weigh less than the rounding.
const CUT: f64 = 3.0;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "gaussian_blur", summary: "convolves with a Gaussian" },
    group: Group::Blur,
    parameters: &[Parameter { name: "sigma", unit: "pixels", min: 0.1, max: 64.0 }],
    ladder: Some([&[1.0], &[2.0], &[3.0], &[4.0], &[6.0]]),
    revision: 3,
    source: include_str!("gaussian_blur.rs"),
    published: Some(&PUBLISHED),
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    gaussian_blur(image, &gaussian_within(values[0], (CUT * values[0]).ceil() as usize))
}

/// The form of imagecorruptions: in floating point, truncated to bytes.
pub static PUBLISHED: Perturbation = Perturbation {
    entry: Entry { name: "gaussian_blur (imagenet_c)", summary: "convolves with a Gaussian and cuts fractions off" },
    revision: 1,
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply_published),
    ..KIND
};

fn apply_published(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    separable(image, &gaussian_kernel(values[0]))
}
