//! # Gamma
//!
//! ## What it does
//! Raises each channel value, as a share of full scale, to the power `exponent`: above 1 darkens the middle tones,
//! below 1 lifts them; black and white stay.
//!
//! ## Field condition
//! Displays and decoders of another transfer curve: 2.2 is a display curve applied once too often.
//!
//! ## Parameter and severities
//! `exponent`, 0.1..=10 (1 changes nothing): 1.2, 1.4, 1.6, 1.8, 2.2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RandomGamma` of albumentations 2.0.8 at a fixed exponent.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::apply_lut;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "gamma", summary: "raises channel values to a power" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "exponent", unit: "1 changes nothing, above 1 darkens", min: 0.1, max: 10.0 }],
    ladder: Some([&[1.2], &[1.4], &[1.6], &[1.8], &[2.2]]),
    revision: 1,
    source: include_str!("gamma.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let table = std::array::from_fn(|value| ((value as f64 / 255.0).powf(values[0]) * 255.0 + 0.5) as u8);
    apply_lut(image, &[table; 3])
}
