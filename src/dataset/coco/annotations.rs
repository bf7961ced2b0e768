//! The annotations of a file, held against its images and categories.

use std::collections::{HashMap, HashSet};

use super::file::{File, RawAnnotation};
use crate::dataset::area::{Claimed, common_share, doubted};
use crate::dataset::findings::Findings;
use crate::dataset::turn::around;
use crate::detection::{Annotation, BBox, Shape};
use crate::json::{Flag, Id};

/// An annotation whose box can be used, before its area is settled.
struct DraftedAnnotation<'a> {
    raw: &'a RawAnnotation,
    /// Position of its image.
    image: usize,
    /// As it is written.
    written: BBox,
}

/// The objects of every image.
pub fn read_annotations(file: &File, findings: &mut Findings) -> Vec<Vec<Annotation>> {
    let drafted = drafted(file, findings);
    let claimed = |DraftedAnnotation { raw, written, .. }: &DraftedAnnotation<'_>| Claimed {
        area: raw.area,
        bbox: *written,
        has_mask: raw.has_mask,
    };
    let claims: Vec<Claimed> = drafted.iter().map(claimed).collect();
    if let Some(share) = common_share(&claims) {
        findings.note(format!(
            "every `area` is {share:.2} of its box ({}): where labels were enlarged and areas were not, objects count as smaller than \
             they are; without `area` that of the box is taken",
            claims.len()
        ));
    }
    let mut counts = vec![0; file.images.len()];
    for drafted in &drafted {
        counts[drafted.image] += 1;
    }
    let mut per_image: Vec<Vec<Annotation>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (DraftedAnnotation { raw, image, written }, is_doubted) in drafted.iter().zip(doubted(&claims)) {
        if is_doubted {
            let area = raw.area.unwrap_or_default();
            let example = format!("annotation {} has {area} for a box of {}", raw.id, written.area());
            findings.warning("`area`s that cannot be true, those of the boxes taken", example);
        }
        let area = raw.area.filter(|_| !is_doubted).unwrap_or_else(|| written.area());
        let bbox = upright(raw, written, findings);
        per_image[*image].push(Annotation {
            category_id: raw.category_id.0,
            bbox,
            shape: Shape::Box,
            area,
            iscrowd: raw.iscrowd.0,
            is_whole: false,
        });
    }
    per_image
}

/// The ids so far; numbers by themselves, as of millions it costs to look each up where it lies.
struct SeenAnnotations<'a> {
    numbers: HashSet<u64>,
    texts: HashSet<&'a str>,
}

impl<'a> SeenAnnotations<'a> {
    /// None yet, of about so many.
    fn of(count: usize) -> Self {
        Self { numbers: HashSet::with_capacity(count), texts: HashSet::new() }
    }

    /// Whether it is the first of its kind.
    fn insert(&mut self, id: &'a Id) -> bool {
        match id {
            Id::Number(number) => self.numbers.insert(*number),
            Id::Text(text) => self.texts.insert(text),
        }
    }
}

/// What can be used of the annotations; what is wrong with the others is in `findings`.
fn drafted<'a>(file: &'a File, findings: &mut Findings) -> Vec<DraftedAnnotation<'a>> {
    let index: HashMap<&Id, usize> = file.images.iter().enumerate().map(|(index, image)| (&image.id, index)).collect();
    let categories: HashSet<u64> = file.categories.iter().map(|category| category.id.0).collect();
    let mut ids = SeenAnnotations::of(file.annotations().len());
    let mut drafted = Vec::with_capacity(file.annotations().len());
    for raw in file.annotations() {
        let named = |what: &str| format!("annotation {} {what}", raw.id);
        if !ids.insert(&raw.id) {
            findings.error("duplicated annotation ids", raw.id.to_string());
        }
        if !categories.contains(&raw.category_id.0) {
            findings.error("unknown categories", named(&format!("has category_id {}", raw.category_id.0)));
        }
        let Some(sides) = raw.bbox else {
            findings.error("annotations without a `bbox`", raw.id.to_string());
            continue;
        };
        let Some(corners) = sides.four() else {
            let turned =
                if sides.count() == 5 { ", as turned boxes have: write the upright box around it" } else { "" };
            let example = named(&format!("has {} numbers{turned}", sides.count()));
            findings.error("a `bbox` that is not [x, y, width, height]", example);
            continue;
        };
        let written = BBox::from(corners);
        if !(written.area().is_finite() && written.is_finite() && written.width >= 0.0 && written.height >= 0.0) {
            findings.error("impossible boxes", named(&format!("has bbox {corners:?}")));
        }
        if raw.ignore == Some(Flag(true)) && !raw.iscrowd.0 {
            findings.warning(
                "annotations with `ignore`, which pycocotools does not read: they count, unlike those with `iscrowd`",
                raw.id.to_string(),
            );
        }
        match index.get(&raw.image_id) {
            Some(&image) => drafted.push(DraftedAnnotation { raw, image, written }),
            None => findings.error("unknown images", named(&format!("has image_id {}", raw.image_id))),
        }
    }
    drafted
}

/// The box of an object, upright: that around it where it is written before it was turned.
fn upright(raw: &RawAnnotation, written: &BBox, findings: &mut Findings) -> BBox {
    if let Some(degrees) = raw.turn.rotation {
        let example = format!("annotation {} by {degrees} degrees", raw.id);
        // Around a mask tools write the box that is seen.
        if raw.has_mask {
            findings.warning("boxes with `rotation` and a mask, taken as they are", example);
        } else {
            findings.warning("boxes turned by `rotation`, the upright boxes around them taken", example);
            return around(written, degrees);
        }
    } else if let Some(angle) = raw.turn.angle {
        let example = format!("annotation {} by {angle}", raw.id);
        findings.warning("annotations with an angle, whose boxes are taken as upright", example);
    }
    *written
}

/// Shares of the image, as YOLO writes them, would be taken for boxes of a pixel.
pub fn refuse_shares(annotations: &[Vec<Annotation>], findings: &mut Findings) {
    let is_share = |a: &Annotation| <[f64; 4]>::from(a.bbox).iter().all(|value| (0.0..=1.0).contains(value));
    let mut all = annotations.iter().flatten().peekable();
    if all.peek().is_some() && all.all(is_share) {
        findings.refuse("every bbox lies within 0..1; pixels are expected");
    }
}
