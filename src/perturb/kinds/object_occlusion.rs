//! # Object occlusion
//!
//! ## What it does
//! Covers a part of each labelled object with grey 114, from a random side: left, right, top or bottom. Where no
//! objects are given, the whole picture is the object.
//!
//! ## Field condition
//! Objects behind others, behind poles, shelves and walls: half a pedestrian, the lower half of a car.
//!
//! ## Parameter and severities
//! `share`, of the box covered, 0.01..=1: 0.1, 0.2, 0.3, 0.45, 0.6.
//!
//! ## Boxes
//! Stay (amodal): the whole object is still asked for.
//!
//! ## Reference
//! Occlusion as a cause of error: Hoiem et al.: Diagnosing error in object detectors (2012).

use image::RgbImage;

use crate::detection::BBox;
use crate::entry::Entry;
use crate::perturb::pixels::cover_flat;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: [u8; 3] = [114; 3];

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "object_occlusion", summary: "covers a part of each object from one side" },
    group: Group::Occlusion,
    parameters: &[Parameter { name: "share", unit: "share of the box covered", min: 0.01, max: 1.0 }],
    ladder: Some([&[0.1], &[0.2], &[0.3], &[0.45], &[0.6]]),
    revision: 2,
    source: include_str!("object_occlusion.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Objects(apply),
};

/// `share` of `object` from one of four sides.
fn covered_part(object: &BBox, share: f64, side: u32) -> BBox {
    let (right, bottom) = (object.x + object.width, object.y + object.height);
    let (across, down) = (object.width * share, object.height * share);
    match side {
        0 => BBox { width: across, ..*object },
        1 => BBox { x: right - across, width: across, ..*object },
        2 => BBox { height: down, ..*object },
        _ => BBox { y: bottom - down, height: down, ..*object },
    }
}

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng, objects: &[BBox]) -> RgbImage {
    let mut out = image.clone();
    for object in objects {
        cover_flat(&mut out, &covered_part(object, values[0], rng.below(4)), FILL);
    }
    out
}
