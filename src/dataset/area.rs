//! What labels give as the area of an object, held against its box. It decides which objects are small, medium and large,
//! and tools write into it what they like: 1.0 for all, 0, the area before the pictures were resized.
//!
//! An area is not believed
//!
//! - where it is 0 or less, or larger than the box around it: a mask cannot be;
//! - where most objects have the same, though their boxes differ;
//! - where every object would be thinner than half a pixel: areas in shares of the picture.
//!
//! Anything else between 0 and the area of the box may be true: of a mask that was left out, of a turned object.

use std::collections::HashMap;

use crate::detection::BBox;

/// An area as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Claimed {
    /// Square pixels; `None` where none is written.
    pub area: Option<f64>,
    /// The box that it belongs to.
    pub bbox: BBox,
}

/// How many times as large as another a box is to be called different, where areas are the same: rounding makes less.
const DIFFERENT: f64 = 1.5;

/// Which areas (by position) cannot be true.
pub fn doubted(claims: &[Claimed]) -> Vec<bool> {
    let written: Vec<(usize, f64, &Claimed)> = claims
        .iter()
        .enumerate()
        .filter(|(_, claimed)| claimed.bbox.area() > 0.0)
        .filter_map(|(at, claimed)| Some((at, claimed.area?, claimed)))
        .collect();
    let mut doubted: Vec<bool> = claims.iter().map(|claimed| claimed.area.is_some_and(|area| area < 0.0)).collect();
    let common = common_value(&written);
    let is_thin = |area: f64, bbox: &BBox| area < bbox.width.max(bbox.height) / 2.0;
    let are_all_thin = written.iter().all(|(_, area, claimed)| is_thin(*area, &claimed.bbox));
    for &(at, area, Claimed { bbox, .. }) in &written {
        doubted[at] =
            area <= 0.0 || area > bbox.area() + rounding(bbox) || are_all_thin || common == Some(area.to_bits());
    }
    doubted
}

/// The area that more than half of the objects have, if their boxes differ.
fn common_value(written: &[(usize, f64, &Claimed)]) -> Option<u64> {
    let mut counts: HashMap<u64, (usize, f64, f64)> = HashMap::new();
    for (_, area, claimed) in written {
        let of_box = claimed.bbox.area();
        let (count, least, most) = counts.entry(area.to_bits()).or_insert((0, of_box, of_box));
        *count += 1;
        (*least, *most) = (least.min(of_box), most.max(of_box));
    }
    let is_common = |(count, least, most): &(usize, f64, f64)| 2 * count > written.len() && *most > DIFFERENT * least;
    counts.into_iter().find(|(_, counted)| is_common(counted)).map(|(area, _)| area) // no two are more than half
}

/// What the area of a box changes by where its last row and column of pixels are counted in, or its sides rounded.
fn rounding(bbox: &BBox) -> f64 {
    bbox.width + bbox.height + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted_of(claims: &[(f64, [f64; 2])]) -> Vec<bool> {
        let claimed = |&(area, [width, height]): &(f64, [f64; 2])| Claimed {
            area: Some(area),
            bbox: BBox { x: 0.0, y: 0.0, width, height },
        };
        doubted(&claims.iter().map(claimed).collect::<Vec<_>>())
    }

    #[test]
    fn areas_of_masks_and_of_boxes_are_believed() {
        // A thin mask in several parts, as COCO has, among others.
        assert_eq!(doubted_of(&[(700.0, [40.0, 30.0]), (12.0, [40.0, 30.0])]), [false; 2]);
        // The last pixel counted in, as converters from VOC do.
        assert_eq!(doubted_of(&[(41.0 * 31.0, [40.0, 30.0])]), [false]);
        // A thin object that is turned, among boxes.
        let boxes = [(1200.0, [40.0, 30.0]), (400.0, [20.0, 20.0]), (40.0, [20.0, 20.0])];
        assert_eq!(doubted_of(&boxes), [false; 3]);
        // Objects of one size.
        assert_eq!(doubted_of(&[(1200.0, [40.0, 30.0]), (1200.0, [40.5, 30.0])]), [false; 2]);
        assert_eq!(doubted_of(&[]), [false; 0]);
    }

    #[test]
    fn areas_that_cannot_be_are_not() {
        for area in [0.0, -5.0, 1e9, 1400.0] {
            assert_eq!(doubted_of(&[(area, [40.0, 30.0]), (500.0, [40.0, 30.0])]), [true, false], "{area}");
        }
        // The same for all.
        for area in [1.0, 200.0] {
            assert_eq!(doubted_of(&[(area, [40.0, 30.0]), (area, [20.0, 20.0])]), [true; 2], "{area}");
        }
        // Shares of the picture.
        assert_eq!(doubted_of(&[(0.3, [400.0, 300.0]), (0.1, [200.0, 200.0])]), [true; 2]);
        assert_eq!(doubted_of(&[(1.0, [50.0, 50.0])]), [true]);
        // Below 0 even where the box has no size.
        assert_eq!(doubted_of(&[(-1.0, [0.0, 30.0]), (0.0, [0.0, 30.0])]), [true, false]);
    }
}
