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

use super::pixels::cover_flat;
use super::{Group, Parameter, Perturbation, Rng};
use crate::detection::BBox;
use crate::entry::{Entry, Named};

/// The grey of letterbox padding in YOLO-family training, which the models under test have seen as "nothing here".
const FILL: [u8; 3] = [114; 3];

/// See the module's documentation.
#[derive(Debug)]
pub struct ObjectOcclusion;

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

impl Named for ObjectOcclusion {
    fn entry(&self) -> Entry {
        Entry { name: "object_occlusion", summary: "covers a part of each object from one side" }
    }
}

impl Perturbation for ObjectOcclusion {
    fn group(&self) -> Group {
        Group::Occlusion
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "share", unit: "share of the box covered", min: 0.01, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.1], &[0.2], &[0.3], &[0.45], &[0.6]])
    }

    fn revision(&self) -> u32 {
        2
    }

    fn source(&self) -> &'static str {
        include_str!("object_occlusion.rs")
    }

    fn reads_objects(&self) -> bool {
        true
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let whole = BBox { x: 0.0, y: 0.0, width: f64::from(image.width()), height: f64::from(image.height()) };
        self.apply_to_objects(image, values, rng, &[whole])
    }

    fn apply_to_objects(&self, image: &RgbImage, values: &[f64], mut rng: Rng, objects: &[BBox]) -> RgbImage {
        let mut out = image.clone();
        for object in objects {
            cover_flat(&mut out, &covered_part(object, values[0], rng.below(4)), FILL);
        }
        out
    }
}
