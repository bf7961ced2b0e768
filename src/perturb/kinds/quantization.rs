//! # Quantisation
//!
//! ## What it does
//! Rounds each channel value to one of 2^`bits` levels that are equally far apart in linear light (the sRGB curve
//! undone), so that dark areas suffer most.
//!
//! ## Field condition
//! A converter of few bits behind the sensor, heavy digital gain, a raw stream cut to fewer bits.
//!
//! ## Parameter and severities
//! `bits`, 1..=8 (whole): 6, 5, 4, 3, 2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Transfer curve of sRGB (IEC 61966-2-1); the levels are ours.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::apply_lut;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "quantization", summary: "rounds to few levels of linear light" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "bits", unit: "per channel, whole", min: 1.0, max: 8.0 }],
    ladder: Some([&[6.0], &[5.0], &[4.0], &[3.0], &[2.0]]),
    revision: 1,
    source: include_str!("quantization.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let steps = f64::from((1_u32 << values[0].round() as u32) - 1);
    let rounded = |value: usize| encoded((linear(value as f64 / 255.0) * steps).round() / steps) * 255.0;
    let table = std::array::from_fn(|value| rounded(value).round() as u8);
    apply_lut(image, &[table; 3])
}

/// Light of an sRGB value.
fn linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The sRGB value of light.
fn encoded(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_and_its_inverse_agree() {
        for value in 0..=255 {
            let value = f64::from(value) / 255.0;
            assert!((encoded(linear(value)) - value).abs() < 1e-6);
        }
    }
}
