//! # Contrast
//!
//! ## What it does
//! Moves each channel value towards (factor < 1) or away from (factor > 1) its channel's mean over the picture.
//!
//! ## Field condition
//! Haze, flat light, a dirty window, a washed-out display.
//!
//! ## Parameter and severities
//! `factor`, 0..=4 (1 changes nothing): 0.4, 0.3, 0.2, 0.1, 0.05.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `contrast` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{apply_lut, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "contrast", summary: "scales the distance of each channel value from its channel's mean" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "factor", unit: "1 changes nothing", min: 0.0, max: 4.0 }],
    ladder: Some([&[0.4], &[0.3], &[0.2], &[0.1], &[0.05]]),
    revision: 1,
    source: include_str!("contrast.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let factor = values[0];
    let mut sums = [0_u64; 3];
    for pixel in image.pixels() {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(value);
        }
    }
    let pixels = (u64::from(image.width()) * u64::from(image.height())).max(1) as f64;
    let tables = sums.map(|sum| {
        let mean = sum as f64 / pixels;
        std::array::from_fn(|value| truncate(((value as f64 - mean) * factor + mean) as f32))
    });
    apply_lut(image, &tables)
}
