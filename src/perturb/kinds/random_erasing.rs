//! # Random erasing
//!
//! ## What it does
//! Replaces in each labelled object a rectangle by noise: `area` of the object, 0.3 to 3.3 times as wide for its height
//! as the object is, at a random place in it. Where no objects are given, the whole picture is the object.
//!
//! ## Field condition
//! Objects partly hidden by things that the model has never seen.
//!
//! ## Parameter and severities
//! `area`, share of the object, 0.01..=1: 0.05, 0.1, 0.2, 0.3, 0.4.
//!
//! ## Boxes
//! Stay: what is covered is still there.
//!
//! ## Reference
//! Zhong et al.: Random erasing data augmentation (AAAI 2020), object-aware form; `Erasing` of albumentations 2.0.8.

use image::RgbImage;

use crate::detection::BBox;
use crate::entry::Entry;
use crate::perturb::pixels::cover_noise;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The least aspect of a rectangle, as in the paper; the greatest is one over it.
const LEAST_ASPECT: f64 = 0.3;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "random_erasing", summary: "replaces a rectangle in each object by noise" },
    group: Group::Occlusion,
    parameters: &[Parameter { name: "area", unit: "share of the object", min: 0.01, max: 1.0 }],
    ladder: Some([&[0.05], &[0.1], &[0.2], &[0.3], &[0.4]]),
    revision: 2,
    source: include_str!("random_erasing.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Objects(apply),
};

/// A random rectangle in `object` of `share` of its area; its sides are drawn relative to the object's.
fn part(object: &BBox, share: f64, rng: &mut Rng) -> BBox {
    // Wide or high, and how much, so that an aspect and its inverse are equally likely.
    let aspect = rng.uniform_in(LEAST_ASPECT, 1.0);
    let is_wide = rng.below(2) == 1;
    // A side longer than the object's would stick out: then the other one is longer.
    let long = (share / aspect).sqrt().min(1.0);
    let (across, down) = if is_wide { (long, share / long) } else { (share / long, long) };
    let (width, height) = (across * object.width, down * object.height);
    let x = object.x + rng.uniform_in(0.0, object.width - width);
    let y = object.y + rng.uniform_in(0.0, object.height - height);
    BBox { x, y, width, height }
}

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng, objects: &[BBox]) -> RgbImage {
    let mut out = image.clone();
    for object in objects {
        let part = part(object, values[0], &mut rng);
        cover_noise(&mut out, &part, &mut rng);
    }
    out
}
