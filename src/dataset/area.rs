//! What labels give as the area of an object, held against its box. It decides which objects are small, medium and large,
//! and tools write into it what they like: 1.0 for all, 0, the area before the pictures were resized.
//!
//! An area is not believed
//!
//! - where it is 0 or less, or larger than the box around it: a mask cannot be;
//! - where most objects have the same, though their boxes differ;
//! - where every object would be thinner than half a pixel: areas in shares of the picture.
//!
//! Anything else between 0 and the area of the box may be true: of a mask that was left out, of a turned object. Where all are one
//! and the same share of their boxes, labels were most likely enlarged, with their pictures, and the areas were not: that is told,
//! and the areas stand, as nothing proves it. Ellipses (a share of pi / 4), and triangles and diamonds (a half), are left out of
//! that: tools write their areas and no mask.

use std::collections::HashMap;

use crate::detection::BBox;

/// An area as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Claimed {
    /// Square pixels; `None` where none is written.
    pub area: Option<f64>,
    /// The box that it belongs to.
    pub bbox: BBox,
    /// Whether a mask says what it is of.
    pub has_mask: bool,
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

/// Fewer areas than this may be one share of their boxes by chance.
const LEAST: usize = 5;

/// How far apart shares are by rounding, of a share; and pixels, as areas are often whole numbers.
const SAME_SHARE: f64 = 0.01;

/// Shares that the areas of shapes have: an ellipse, a triangle or diamond, the box itself.
const SHAPES: [f64; 3] = [std::f64::consts::FRAC_PI_4, 0.5, 1.0];

/// The share that all areas are of their boxes, where no shape has it and no mask tells of another.
pub fn common_share(claims: &[Claimed]) -> Option<f64> {
    let of_boxes: Option<Vec<(f64, f64)>> = claims
        .iter()
        .filter(|claimed| claimed.bbox.area() > 0.0 && claimed.area.is_some())
        .map(|claimed| Some((claimed.area?, claimed.bbox.area())).filter(|_| !claimed.has_mask))
        .collect();
    let of_boxes = of_boxes.filter(|all| all.len() >= LEAST)?;
    let (least, most) = of_boxes.iter().fold((f64::MAX, 0.0_f64), |(low, high), (_, of)| (low.min(*of), high.max(*of)));
    let largest = of_boxes.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
    // Of the largest box rounding is the least.
    let share = largest.0 / largest.1;
    let is_near = |shape: &f64| (share - shape).abs() <= 2.0 * SAME_SHARE * shape;
    let is_same = |(area, of): &(f64, f64)| (area - share * of).abs() <= SAME_SHARE * area + 1.0;
    let is_told = most > DIFFERENT * least && share > 0.0 && share < 1.0 && !SHAPES.iter().any(is_near);
    (is_told && of_boxes.iter().all(is_same)).then_some(share)
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
            has_mask: false,
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
    fn one_share_of_all_boxes_is_told_unless_a_shape_or_a_mask_has_it() {
        let share = |share: f64, has_mask: bool| {
            let of = |side: u32| {
                let (width, height) = (f64::from(side), f64::from(side) * 1.5);
                let bbox = BBox { x: 0.0, y: 0.0, width, height };
                Claimed { area: Some((share * bbox.area()).round()), bbox, has_mask }
            };
            common_share(&[20, 31, 45, 60, 75, 90].map(of)).map(|share| (share * 100.0).round())
        };
        // Labels enlarged twice, and by a half: a quarter and four ninths.
        assert_eq!((share(0.25, false), share(4.0 / 9.0, false)), (Some(25.0), Some(44.0)));
        for shape in [std::f64::consts::FRAC_PI_4, 0.5, 1.0] {
            assert_eq!(share(shape, false), None, "{shape}");
        }
        assert_eq!(share(0.25, true), None);
        let own = [[20.0, 300.0], [30.0, 800.0], [40.0, 1000.0], [50.0, 2400.0], [60.0, 1800.0]];
        let own = own.map(|[side, area]| Claimed {
            area: Some(area),
            bbox: BBox { x: 0.0, y: 0.0, width: side, height: side },
            has_mask: false,
        });
        assert_eq!(common_share(&own), None);
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
