//! `crops = 1.2`, an option of the formats of objects: each object becomes a picture of its own whose class is that of the
//! object, for those who classify what a detector finds.
//!
//! What is cut is a square about the middle of the box, its side the longer one of the box times the number, in whole
//! pixels: `side = round(crops * max(width, height))`, `left = round(x + width / 2 - side / 2)` and `top` alike, halves to
//! the even number. These are the pixels that Pillow's `crop` gives for Python's `round`, which is how such pictures are cut
//! for training. What lies outside of the picture is black.

use super::findings::Findings;
use super::picture::MAX_SIDE;
use super::{Aside, Dataset, DatasetError, ImageIds, Numbering};
use crate::detection::{Annotation, BBox, ImageRecord};
use crate::digest::Digest;
use crate::framing::{Framing, SquareCut};
use crate::spec::{Key, ValueShape};

/// The key of the number.
pub const CROPS: Key = Key::new(
    "crops",
    ValueShape::number(0.5, 10.0),
    "with `task = \"classify\"`: each object becomes a picture, its category the class: a square, its side the longer one of the box \
     times this (1.2: a little of what is around it), black where it leaves the picture; crowds, and objects that do not count, \
     are left out",
);

/// The objects of `data` as images of their classes, with `around` times their longer side; none larger than `most_pixels`.
///
/// # Errors
/// There is no object, or a cut is too large.
pub fn cropped(data: Dataset, around: f64, most_pixels: u64) -> Result<Dataset, DatasetError> {
    let mut cropped = Cropped::default();
    let mut findings = Findings::default();
    let mut is_any_too_large = false;
    for (at, (image, objects)) in data.images.iter().zip(&data.annotations).enumerate() {
        for (number, object) in (1..).zip(objects) {
            let name = format!("{}#{number}", image.file_name);
            let Some(cut) = usable_cut(image, object, &name, around, &mut findings) else { continue };
            if cut.side > MAX_SIDE || u64::from(cut.side).pow(2) > most_pixels {
                let example = format!("{name} is of {side}x{side} pixels", side = cut.side);
                is_any_too_large = true;
                findings.error("cuts of more pixels than `max_pixels`", example);
                continue;
            }
            cropped.push(at, image, name, cut, object.category_id);
        }
    }
    if cropped.images.is_empty() && !is_any_too_large {
        findings.refuse("it has no object that counts, so that `crops` makes no picture");
    }
    let place = data.images.first().map(|image| image.path.clone()).unwrap_or_default();
    let mut warnings = data.warnings;
    warnings.extend(findings.into_warnings(&place)?);
    let originals = cropped.of.iter().zip(&cropped.images).filter_map(|(&of, image)| {
        let original = data.aside.originals.get(&data.images[of].file_name)?;
        Some((image.file_name.clone(), original.clone()))
    });
    let aside = Aside { originals: originals.collect(), ..Aside::default() };
    let of_images = |values: &Vec<Option<String>>| cropped.of.iter().map(|&of| values[of].clone()).collect::<Vec<_>>();
    Ok(Dataset {
        metadata: data.metadata.iter().map(|(key, values)| (key.clone(), of_images(values))).collect(),
        images: cropped.images,
        categories: data.categories,
        annotations: cropped.annotations,
        is_labelled: data.is_labelled,
        digest: Digest::of_parts([data.digest.to_string(), format!("crops = {around}")]),
        sampled_from: None,
        numbering: Numbering { ids: ImageIds::Places, ..Numbering::default() },
        warnings,
        aside,
    })
}

/// The images so far.
#[derive(Default)]
struct Cropped {
    images: Vec<ImageRecord>,
    annotations: Vec<Vec<Annotation>>,
    /// Of each, the position of the image that it is a part of.
    of: Vec<usize>,
}

impl Cropped {
    fn push(&mut self, of: usize, image: &ImageRecord, file_name: String, cut: SquareCut, category_id: u64) {
        let framing = Framing { whole: image.size(), cut: Some(cut), view: None };
        let size = framing.size();
        self.of.push(of);
        self.annotations.push(vec![Annotation::of_image(category_id, size)]);
        self.images.push(ImageRecord {
            id: self.images.len() as u64 + 1,
            file_name,
            path: image.path.clone(),
            width: size.width,
            height: size.height,
            framing: Some(framing),
        });
    }
}

/// The cut around an object that counts and is to be seen.
fn usable_cut(
    image: &ImageRecord,
    object: &Annotation,
    name: &str,
    around: f64,
    findings: &mut Findings,
) -> Option<SquareCut> {
    let (width, height) = (f64::from(image.width), f64::from(image.height));
    if object.iscrowd {
        findings.warning("crowds and objects that do not count, of which `crops` makes no picture", name);
    } else if object.bbox.clipped(width, height).area() == 0.0 {
        findings.warning("objects of no size or outside of their image, of which `crops` makes no picture", name);
    } else {
        return Some(cut(&object.bbox, around));
    }
    None
}

/// The square around a box that meets its picture.
fn cut(bbox: &BBox, around: f64) -> SquareCut {
    let side = (around * bbox.width.max(bbox.height)).round_ties_even().max(1.0);
    // Of a box beyond all bounds the numbers stay at theirs, and its side is refused.
    let from = |start: f64, length: f64| (start + length / 2.0 - side / 2.0).round_ties_even() as i32;
    SquareCut { x: from(bbox.x, bbox.width), y: from(bbox.y, bbox.height), side: side as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_number_as_in_python() {
        let cut = |bbox: [f64; 4], around: f64| {
            let SquareCut { x, y, side } = cut(&BBox::from(bbox), around);
            (x, y, side)
        };
        // round(1.2 * 5), round(10 + 5 / 2 - 6 / 2), round(10 + 4 / 2 - 6 / 2)
        assert_eq!(cut([10.0, 10.0, 5.0, 4.0], 1.2), (10, 9, 6));
        assert_eq!(cut([11.0, 10.0, 5.0, 4.0], 1.2), (10, 9, 6));
        // round(1.5 * 7), and a square that begins outside
        assert_eq!(cut([0.0, 2.0, 1.0, 7.0], 1.5), (-4, 0, 10));
        assert_eq!(cut([3.0, 3.0, 0.2, 0.1], 1.0), (3, 3, 1), "a pixel at least");
    }
}
