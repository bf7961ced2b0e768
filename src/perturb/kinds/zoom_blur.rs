//! # Zoom blur
//!
//! ## What it does
//! The mean of the picture and of its magnifications by 1, 1 + `step`, ... up to `zoom` about the centre, bilinear.
//!
//! ## Field condition
//! Driving or flying towards the scene during the exposure, a zoom lens in motion.
//!
//! ## Parameter and severities
//! `zoom`, factor, 1.01..=2, and `step`, 0.005..=0.5: 1.11 and 0.01, 1.15 and 0.01, 1.2 and 0.02, 1.24 and 0.02, 1.3
//! and 0.03.
//!
//! ## Boxes
//! Magnified by the mean factor about the centre. The published form (`compat = "imagenet_c"`) leaves labels behind,
//! by up to 31 pixels on a picture of 640 x 480.
//!
//! ## Reference
//! `zoom_blur` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019), which differs from ours by crops in whole
//! pixels and by its labels.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Sampling, mean_of_copies};
use crate::perturb::{Action, Geometry, Group, Matrix, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "zoom_blur", summary: "averages magnifications about the centre" },
    group: Group::Blur,
    parameters: &[
        Parameter { name: "zoom", unit: "greatest factor", min: 1.01, max: 2.0 },
        Parameter { name: "step", unit: "factor from one copy to the next", min: 0.005, max: 0.5 },
    ],
    ladder: Some([&[1.11, 0.01], &[1.15, 0.01], &[1.2, 0.02], &[1.24, 0.02], &[1.3, 0.03]]),
    revision: 1,
    source: include_str!("zoom_blur.rs"),
    published: Some(&PUBLISHED),
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    let mean = mean_factor(values);
    let row = |side: u32| (1.0 - mean) * f64::from(side) / 2.0;
    Warp::Affine(Matrix { x: [mean, 0.0, row(size.width)], y: [0.0, mean, row(size.height)] })
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    zoomed(image, values, centred)
}

/// The form of imagecorruptions: crops in whole pixels, and labels that stay.
pub static PUBLISHED: Perturbation = Perturbation {
    entry: Entry { name: "zoom_blur (imagenet_c)", summary: "averages magnifications, labels left behind" },
    revision: 1,
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply_published),
    ..KIND
};

fn apply_published(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    zoomed(image, values, cropped)
}

/// The magnifications with their weights; the first, by 1, counts twice: once as itself, once as the picture.
fn factors(values: &[f64]) -> impl Iterator<Item = (f64, u32)> {
    let (zoom, step) = (values[0], values[1]);
    // The thousandth keeps the last factor in where the division comes out just below a whole number.
    let last = ((zoom - 1.0) / step + 1e-3) as u32;
    (0..=last).map(move |i| (1.0 + f64::from(i) * step, if i == 0 { 2 } else { 1 }))
}

fn mean_factor(values: &[f64]) -> f64 {
    let (sum, count) = factors(values)
        .fold((0.0, 0), |(sum, count), (factor, weight)| (sum + factor * f64::from(weight), count + weight));
    sum / f64::from(count)
}

fn zoomed(image: &RgbImage, values: &[f64], sampling: fn(u32, f64) -> Sampling) -> RgbImage {
    let copy = |(factor, weight)| (sampling(image.width(), factor), sampling(image.height(), factor), weight);
    mean_of_copies(image, &factors(values).map(copy).collect::<Vec<_>>())
}

/// Magnifies a side about its centre.
fn centred(side: u32, factor: f64) -> Sampling {
    let first = f64::from(side) / 2.0 - 0.5;
    Sampling { start: first - first / factor, step: 1.0 / factor }
}

/// Magnifies as the reference: a centre crop of whole pixels, its corners laid on those of an enlargement of whole
/// pixels, of which the first are taken.
fn cropped(side: u32, factor: f64) -> Sampling {
    let crop = (f64::from(side) / factor).ceil();
    let start = ((f64::from(side) - crop) / 2.0).floor();
    let enlarged = (crop * factor).round();
    Sampling { start, step: (crop - 1.0) / (enlarged - 1.0).max(1.0) }
}
