//! # Coarse dropout
//!
//! ## What it does
//! Blackens square holes at random places; holes may overlap and reach over the border.
//!
//! ## Field condition
//! Leaves, drops and dirt before the lens, dead regions of a sensor, objects that pass in front.
//!
//! ## Parameter and severities
//! `holes`, count, 1..=100 (rounded), and `side`, share of the shorter side, 0.01..=0.5: (2, 0.1), (4, 0.1), (8, 0.1),
//! (12, 0.12), (20, 0.12).
//!
//! ## Boxes
//! Stay: what is covered is still there.
//!
//! ## Reference
//! `CoarseDropout` of albumentations 2.0.8; Cutout (arXiv 1708.04552).

use image::RgbImage;

use crate::detection::BBox;
use crate::entry::Entry;
use crate::perturb::pixels::cover_flat;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "coarse_dropout", summary: "blackens square holes at random places" },
    group: Group::Occlusion,
    parameters: &[
        Parameter { name: "holes", unit: "count", min: 1.0, max: 100.0 },
        Parameter { name: "side", unit: "share of the shorter side", min: 0.01, max: 0.5 },
    ],
    ladder: Some([&[2.0, 0.1], &[4.0, 0.1], &[8.0, 0.1], &[12.0, 0.12], &[20.0, 0.12]]),
    revision: 1,
    source: include_str!("coarse_dropout.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let side = (values[1] * width.min(height)).max(1.0);
    let mut out = image.clone();
    for _ in 0..values[0].round() as u32 {
        // The centre is in the picture.
        let (x, y) = (rng.uniform_in(0.0, width), rng.uniform_in(0.0, height));
        cover_flat(&mut out, &BBox { x: x - side / 2.0, y: y - side / 2.0, width: side, height: side }, [0; 3]);
    }
    out
}
