//! # Defocus blur
//!
//! ## What it does
//! Convolves with a disk of `radius` whose rim is softened by a Gaussian of `sigma` (3 x 3 pixels, 5 x 5 beyond a
//! radius of 8), borders mirrored.
//!
//! ## Field condition
//! A lens out of focus: wrong distance, autofocus hunting, a lens knocked loose.
//!
//! ## Parameter and severities
//! `radius`, pixels, 1..=48, and `sigma`, pixels, 0.05..=2: 3 and 0.1, 4 and 0.5, 6 and 0.5, 8 and 0.5, 10 and 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `defocus_blur` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019). As there, a disk of radius 8 brightens by
//! 1.3 % and larger ones by about 1 %, since the rim is smoothed on a grid that ends at the disk.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::disk_blur;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "defocus_blur", summary: "convolves with a soft-edged disk" },
    group: Group::Blur,
    parameters: &[
        Parameter { name: "radius", unit: "pixels", min: 1.0, max: 48.0 },
        Parameter { name: "sigma", unit: "softness of the rim, pixels", min: 0.05, max: 2.0 },
    ],
    ladder: Some([&[3.0, 0.1], &[4.0, 0.5], &[6.0, 0.5], &[8.0, 0.5], &[10.0, 0.5]]),
    revision: 1,
    source: include_str!("defocus_blur.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    disk_blur(image, values[0], values[1])
}
