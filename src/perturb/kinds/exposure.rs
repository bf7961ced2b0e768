//! # Exposure
//!
//! ## What it does
//! Multiplies the linear light of the picture by 2^`stops`, clipped at white.
//!
//! ## Field condition
//! A shutter too long or too short, automatic exposure that lags behind the light.
//!
//! ## Parameter and severities
//! `stops`, -8..=8 (negative darkens): 0.4, 0.8, 1.2, 1.6, 2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! sRGB transfer curve (IEC 61966-2-1); ±2 stops is the usual range of augmentations.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{apply_lut, gain_table};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "exposure", summary: "multiplies the light" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "stops", unit: "powers of two of light, negative darkens", min: -8.0, max: 8.0 }],
    ladder: Some([&[0.4], &[0.8], &[1.2], &[1.6], &[2.0]]),
    revision: 1,
    source: include_str!("exposure.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    apply_lut(image, &[gain_table(values[0].exp2()); 3])
}
