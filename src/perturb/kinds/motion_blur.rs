//! # Motion blur
//!
//! ## What it does
//! Averages along a line at a random angle of -45..45 degrees: 2 `radius` + 1 taps a pixel apart, weighted by one side
//! of a Gaussian of `sigma`, borders replicated. The line is laid so that its centre of mass is on the pixel.
//!
//! ## Field condition
//! Camera shake, a moving vehicle, a belt too fast for the shutter.
//!
//! ## Parameter and severities
//! `radius`, pixels, 1..=100 (whole), and `sigma`, pixels, 0.1..=200: 10 and 3, 15 and 5, 15 and 8, 15 and 12, 20 and
//! 15.
//!
//! ## Boxes
//! Stay: the blur is centred. The published form (`compat = "imagenet_c"`) begins at the pixel and so moves content by
//! 2 to 11 pixels, with labels left behind.
//!
//! ## Reference
//! `motion_blur` of imagecorruptions 1.1.2 (Michaelis et al. 2019), which differs from ours by the centring only.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Tap, correlate_taps};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "motion_blur", summary: "averages along a line at a random angle" },
    group: Group::Blur,
    parameters: &[
        Parameter { name: "radius", unit: "pixels, whole", min: 1.0, max: 100.0 },
        Parameter { name: "sigma", unit: "pixels", min: 0.1, max: 200.0 },
    ],
    ladder: Some([&[10.0, 3.0], &[15.0, 5.0], &[15.0, 8.0], &[15.0, 12.0], &[20.0, 15.0]]),
    revision: 1,
    source: include_str!("motion_blur.rs"),
    published: Some(&PUBLISHED),
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let weights = weights(values);
    let centre = (0..).zip(&weights).map(|(i, weight)| f64::from(i) * weight).sum();
    correlate_taps(image, &line(&weights, angle(rng), centre))
}

/// The form of imagecorruptions: the line begins at the pixel.
pub static PUBLISHED: Perturbation = Perturbation {
    entry: Entry {
        name: "motion_blur (imagenet_c)",
        summary: "averages along a line to one side, which moves content",
    },
    revision: 1,
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply_published),
    ..KIND
};

fn apply_published(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    correlate_taps(image, &line(&weights(values), angle(rng), 0.0))
}

fn angle(mut rng: Rng) -> f64 {
    rng.uniform_in(-45.0, 45.0).to_radians()
}

/// One side of a Gaussian, normalised.
fn weights(values: &[f64]) -> Vec<f64> {
    let (taps, sigma) = (2 * values[0].round() as u32 + 1, values[1]);
    let weights: Vec<f64> = (0..taps).map(|i| (-0.5 * (f64::from(i) / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Taps along `angle`, rounded to whole pixels as the reference does; `centre` is the tap that lies on the pixel.
fn line(weights: &[f64], angle: f64, centre: f64) -> Vec<Tap> {
    let (sin, cos) = angle.sin_cos();
    let mut taps: Vec<Tap> = Vec::new();
    for (index, weight) in (0..).zip(weights) {
        let along = f64::from(index) - centre;
        let (dx, dy) = ((along * cos - 0.5).ceil() as i32, (along * sin - 0.5).ceil() as i32);
        match taps.last_mut().filter(|tap| (tap.dx, tap.dy) == (dx, dy)) {
            Some(tap) => tap.weight += weight,
            None => taps.push(Tap { dx, dy, weight: *weight }),
        }
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_taps_balance_on_the_pixel_by_default_and_not_as_published() {
        for (values, published) in [([10.0, 3.0], 2.0), ([20.0, 15.0], 11.0)] {
            let weights = weights(&values);
            let centre: f64 = (0..).zip(&weights).map(|(i, weight)| f64::from(i) * weight).sum();
            let mean =
                |centre| line(&weights, 0.0, centre).iter().map(|tap| f64::from(tap.dx) * tap.weight).sum::<f64>();
            assert!(mean(centre).abs() < 0.5);
            assert!((mean(0.0) - published).abs() < 0.5);
        }
    }
}
