//! # Snow
//!
//! ## What it does
//! Whitens the picture and lays falling, motion-blurred flakes over it: a layer of enlarged noise cut at a threshold,
//! added once as it is and once turned by half a turn.
//!
//! ## Field condition
//! Snowfall, sleet, blown snow in front of the camera.
//!
//! ## Parameter and severities
//! `density`, mean of the noise, -1..=2: 0.1, 0.2, 0.55, 0.55, 0.55. `spread`, its standard deviation, 0.01..=1: 0.3.
//! `flake_size`, by how much it is enlarged, 1..=20: 3, 2, 4, 4.5, 2.5. `threshold`, below which there is no flake,
//! 0..=1: 0.5, 0.5, 0.9, 0.85, 0.85. `streak_length`, pixels, 0..=60: 10, 12, 12, 12, 12 (twice as many steps).
//! `streak_sigma`, pixels, 0.1..=60: 4, 4, 8, 8, 12. `clearness`, share of the picture that is not whitened, 0..=1:
//! 0.8, 0.7, 0.7, 0.65, 0.55.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `snow` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Plane, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "snow", summary: "whitens the picture and lets flakes fall in front of it" },
    group: Group::Weather,
    parameters: &[
        Parameter { name: "density", unit: "mean of the noise the flakes are cut from", min: -1.0, max: 2.0 },
        Parameter { name: "spread", unit: "standard deviation of that noise", min: 0.01, max: 1.0 },
        Parameter { name: "flake_size", unit: "pixels", min: 1.0, max: 20.0 },
        Parameter { name: "threshold", unit: "of the noise, no flakes below", min: 0.0, max: 1.0 },
        Parameter { name: "streak_length", unit: "half the length of a streak, pixels", min: 0.0, max: 60.0 },
        Parameter { name: "streak_sigma", unit: "fading of a streak, pixels", min: 0.1, max: 60.0 },
        Parameter { name: "clearness", unit: "share of the picture not whitened", min: 0.0, max: 1.0 },
    ],
    ladder: Some([
        &[0.1, 0.3, 3.0, 0.5, 10.0, 4.0, 0.8],
        &[0.2, 0.3, 2.0, 0.5, 12.0, 4.0, 0.7],
        &[0.55, 0.3, 4.0, 0.9, 12.0, 8.0, 0.7],
        &[0.55, 0.3, 4.5, 0.85, 12.0, 8.0, 0.65],
        &[0.55, 0.3, 2.5, 0.85, 12.0, 12.0, 0.55],
    ]),
    revision: 1,
    source: include_str!("snow.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let flakes = flakes(width, height, values, &mut rng);
    let clear = values[6] as f32;
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(3 * width).enumerate() {
        let turned = flakes[(height - 1 - y) * width..][..width].iter().rev();
        let here = &flakes[y * width..][..width];
        for ((pixel, one), other) in row.chunks_exact_mut(3).zip(here).zip(turned) {
            whiten(pixel, clear, one + other);
        }
    }
    out
}

/// Moves `pixel` by 1 - `clear` towards a pale grey picture and adds `snow`.
fn whiten(pixel: &mut [u8], clear: f32, snow: f32) {
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
    let pale = 1.5 * (0.299 * red + 0.587 * green + 0.114 * blue) + 127.5;
    for (slot, value) in pixel.iter_mut().zip([red, green, blue]) {
        *slot = truncate(clear * value + (1.0 - clear) * value.max(pale) + snow);
    }
}

/// The layer of flakes, whole numbers of 0..=255.
fn flakes(width: usize, height: usize, values: &[f64], rng: &mut Rng) -> Vec<f32> {
    let [mean, sigma, zoom, threshold, length, fading] = [0, 1, 2, 3, 4, 5].map(|at| values[at]);
    let small = |side: usize| (side as f64 / zoom).ceil();
    let noise = Plane::normal(small(width) as usize, small(height) as usize, mean, sigma, rng);
    let large = |side: usize| (small(side) * zoom).round() as usize;
    let mut layer = noise.enlarged(large(width), large(height));
    let threshold = threshold as f32;
    for value in &mut layer.values {
        *value = if *value < threshold { 0.0 } else { value.clamp(0.0, 1.0) };
    }
    let fallen = layer.smeared(&fall(length, fading, rng.uniform_in(-135.0, -45.0)));
    let rows = fallen.values.chunks_exact(fallen.width).take(height);
    // Adding and taking away 2^23 rounds to a whole number, halves to even.
    rows.flat_map(|row| &row[..width]).map(|value| (value * 255.0 + 8_388_608.0) - 8_388_608.0).collect()
}

/// The weights and offsets of a streak that starts at its flake and falls along `degrees`.
fn fall(length: f64, sigma: f64, degrees: f64) -> Vec<(f32, (isize, isize))> {
    let steps = 2 * length as u32 + 1;
    let weights: Vec<f64> = (0..steps).map(|step| (-0.5 * (f64::from(step) / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let offset = |step: usize, part: f64| -((step as f64 * part - 0.5).ceil() as isize);
    let copy = |(step, weight): (usize, &f64)| ((weight / sum) as f32, (offset(step, cos), offset(step, sin)));
    weights.iter().enumerate().map(copy).collect()
}
