//! # Posterisation
//!
//! ## What it does
//! Keeps the `bits` highest bits of each channel value.
//!
//! ## Field condition
//! Cheap displays and grabbers, strong quantisation, palettes: smooth areas fall into bands.
//!
//! ## Parameter and severities
//! `bits`, 1..=8 (whole numbers, 8 changes nothing): 5, 4, 3, 2, 1.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Posterize` of albumentations 2.0.8 (4 bits by default).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "posterize", summary: "keeps the highest bits of each value" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "bits", unit: "bits per channel value", min: 1.0, max: 8.0 }],
    ladder: Some([&[5.0], &[4.0], &[3.0], &[2.0], &[1.0]]),
    revision: 1,
    source: include_str!("posterize.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let lost = 8 - values[0].round().clamp(1.0, 8.0) as u32;
    let mask = (0xff_u16 << lost) as u8;
    let mut out = image.clone();
    for byte in &mut *out {
        *byte &= mask;
    }
    out
}
