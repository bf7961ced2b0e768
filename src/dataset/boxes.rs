//! Boxes that are odd in an image, the same for all formats: outside of it, of no size, written twice.

use std::collections::HashSet;

use super::findings::Findings;
use super::{OddBox, Oddity};
use crate::detection::{Annotation, BBox, ImageRecord};

/// How far a box may reach beyond its image and count as rounded, pixels.
const ROUNDING: f64 = 1.0;

/// Boxes that are evaluated as they are, as pycocotools does, but that somebody should know of.
pub fn tell_odd(images: &[ImageRecord], annotations: &[Vec<Annotation>], findings: &mut Findings) {
    for (image, list) in images.iter().zip(annotations) {
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        for annotation in list {
            let bbox = &annotation.bbox;
            if bbox.area() == 0.0 {
                tell(findings, Oddity::NoSize, "boxes of no size, which no detection can match", image, bbox);
            } else if bbox.clipped(width, height).area() == 0.0 {
                tell(
                    findings,
                    Oddity::Outside,
                    "boxes outside of their image, which no detection can match",
                    image,
                    bbox,
                );
            } else if reach(bbox, width, height) > ROUNDING {
                tell(findings, Oddity::Beyond, "boxes that reach beyond their image", image, bbox);
            }
        }
    }
    tell_repeated(images, annotations, findings);
}

/// The part of `bbox` inside of its image; `None`, with a warning, where nothing is left. What is cut off is told
/// where it is more than rounding.
pub fn inside(image: &ImageRecord, bbox: &BBox, findings: &mut Findings) -> Option<BBox> {
    let (width, height) = (f64::from(image.width), f64::from(image.height));
    if bbox.area() == 0.0 {
        tell(findings, Oddity::NoSize, "boxes of no size, left out", image, bbox);
        return None;
    }
    let clipped = bbox.clipped(width, height);
    if clipped.area() == 0.0 {
        tell(findings, Oddity::Outside, "boxes outside of their image, left out", image, bbox);
        return None;
    }
    if reach(bbox, width, height) > ROUNDING {
        tell(findings, Oddity::Beyond, "boxes that reach beyond their image, clipped", image, bbox);
    }
    Some(clipped)
}

/// Objects that are written twice: a detection can match but one of them.
pub fn tell_repeated(images: &[ImageRecord], annotations: &[Vec<Annotation>], findings: &mut Findings) {
    for (image, list) in images.iter().zip(annotations) {
        let mut is_new = new_objects(list.len());
        for annotation in list.iter().filter(|&annotation| !is_new(annotation)) {
            tell(findings, Oddity::Repeated, "objects written twice", image, &annotation.bbox);
        }
    }
}

/// Leaves one of each object that is written twice, as Ultralytics does with its labels.
pub fn drop_repeated(images: &[ImageRecord], annotations: &mut [Vec<Annotation>], findings: &mut Findings) {
    for (image, list) in images.iter().zip(annotations) {
        let mut is_new = new_objects(list.len());
        list.retain(|annotation| {
            let is_kept = is_new(annotation);
            if !is_kept {
                tell(
                    findings,
                    Oddity::Repeated,
                    "objects written twice, of which one is kept",
                    image,
                    &annotation.bbox,
                );
            }
            is_kept
        });
    }
}

/// Tells of each of `count` objects of an image whether it is the first of its category and box.
fn new_objects(count: usize) -> impl FnMut(&Annotation) -> bool {
    let mut seen = HashSet::with_capacity(count);
    move |annotation| {
        // Of equal numbers the bits are equal, once -0 is 0.
        let sides = <[f64; 4]>::from(annotation.bbox).map(|side| (side + 0.0).to_bits());
        seen.insert((annotation.category_id, sides))
    }
}

/// Tells of a box that cannot be meant.
fn tell(findings: &mut Findings, oddity: Oddity, sort: &'static str, image: &ImageRecord, bbox: &BBox) {
    findings.warning(sort, shown(image, bbox));
    findings.odd_box(OddBox { image: image.file_name.clone(), bbox: *bbox, oddity });
}

/// Whether a box reaches beyond its image by more than rounding.
pub fn is_beyond(image: &ImageRecord, bbox: &BBox) -> bool {
    reach(bbox, f64::from(image.width), f64::from(image.height)) > ROUNDING
}

/// How far a box reaches beyond its image, pixels; less than 0 where it does not.
fn reach(bbox: &BBox, width: f64, height: f64) -> f64 {
    (-bbox.x).max(-bbox.y).max(bbox.right() - width).max(bbox.bottom() - height)
}

/// `a.jpg [1, 2, 3, 4]`
fn shown(image: &ImageRecord, bbox: &BBox) -> String {
    let side = |value: f64| (value * 100.0).round() / 100.0;
    let BBox { x, y, width, height } = *bbox;
    format!("{} [{}, {}, {}, {}]", image.file_name, side(x), side(y), side(width), side(height))
}
