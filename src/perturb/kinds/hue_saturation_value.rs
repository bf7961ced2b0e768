//! # Hue, saturation, value
//!
//! ## What it does
//! Turns the hue by `hue` and adds `saturation` and `value` in HSV, clipped. Grey stays grey.
//!
//! ## Field condition
//! Coloured light, colour modes of cameras, aged or miscalibrated sensors.
//!
//! ## Parameter and severities
//! `hue`, degrees, -180..=180; `saturation` and `value`, shares of full scale, -1..=1: (8, 0.04, 0.03), (16, 0.08,
//! 0.06), (24, 0.12, 0.08), (36, 0.18, 0.12), (50, 0.25, 0.16).
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `HueSaturationValue` of albumentations 2.0.8, whose limits (40°, 0.12, 0.08) lie between severities 3 and 4.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{HsvShift, map_pixels};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "hue_saturation_value", summary: "shifts hue, saturation and value" },
    group: Group::Color,
    parameters: &[
        Parameter { name: "hue", unit: "degrees", min: -180.0, max: 180.0 },
        Parameter { name: "saturation", unit: "share of full saturation", min: -1.0, max: 1.0 },
        Parameter { name: "value", unit: "share of full scale", min: -1.0, max: 1.0 },
    ],
    ladder: Some([
        &[8.0, 0.04, 0.03],
        &[16.0, 0.08, 0.06],
        &[24.0, 0.12, 0.08],
        &[36.0, 0.18, 0.12],
        &[50.0, 0.25, 0.16],
    ]),
    revision: 1,
    source: include_str!("hue_saturation_value.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    map_pixels(image, HsvShift::new(values[0], values[1], values[2]))
}
