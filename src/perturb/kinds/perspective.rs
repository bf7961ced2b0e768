//! # Perspective
//!
//! ## What it does
//! Shows the picture as a turned and tilted camera sees it: each corner of the view moves inward by a random part of
//! `distance` of the width and of the height, and what it then holds fills the picture.
//!
//! ## Field condition
//! A camera mounted at another angle, a vehicle that pitches and rolls, a document or a shelf seen askew.
//!
//! ## Parameter and severities
//! `distance`, greatest share of a side, 0.001..=0.4: 0.03, 0.05, 0.075, 0.1, 0.15.
//!
//! ## Boxes
//! The enclosing box of the projected inscribed ellipse; objects outside the view are gone.
//!
//! ## Reference
//! `Perspective` of albumentations 2.0.8 (`scale` 0.05 to 0.1, there the standard deviation; `fit_output` off).

use std::sync::Arc;

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Homography, Outside, remap};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "perspective", summary: "shows the picture as a turned camera sees it" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "distance", unit: "greatest share of a side", min: 0.001, max: 0.4 }],
    ladder: Some([&[0.03], &[0.05], &[0.075], &[0.1], &[0.15]]),
    revision: 1,
    source: include_str!("perspective.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

/// Where a point of the new picture comes from.
fn origin(size: Size, distance: f64, mut rng: Rng) -> Homography {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let mut inward = |side: f64| rng.uniform_in(0.0, distance) * side;
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].map(|(x, y)| {
        let (dx, dy) = (inward(width), inward(height));
        (if x > 0.0 { x - dx } else { dx }, if y > 0.0 { y - dy } else { dy })
    });
    Homography::onto(width, height, corners)
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    let destination = origin(size, values[0], rng).inverse();
    Warp::Points(Arc::new(move |x, y| destination.apply(x, y)))
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let origin = origin(size, values[0], rng);
    remap(image, size, Outside::Reflect, |y, positions| {
        for (x, position) in (0_u32..).zip(positions) {
            let (sx, sy) = origin.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
            *position = [(sx - 0.5) as f32, (sy - 0.5) as f32];
        }
    })
}
