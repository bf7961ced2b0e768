//! Parts of the objects: what is evaluated by itself while all else is ignored, as COCO does with its area ranges.

use super::Params;
use super::grid::AREA_RANGES;
use crate::detection::BBox;

/// Most parts that one table can hold.
pub const MAX_PARTS: usize = AREA_RANGES;

/// Which objects and detections belong to which part; some may belong to several, or to none.
pub trait Parts {
    /// How many parts there are, at most 4.
    fn count(&self) -> usize;

    /// Whether a part has what lies in `bbox` of an image (a position in the dataset's) and covers `area` square pixels.
    fn has(&self, part: usize, image: usize, bbox: &BBox, area: f64) -> bool;
}

/// COCO's: all, small, medium, large.
pub struct AreaRanges([(f64, f64); AREA_RANGES]);

impl AreaRanges {
    /// With the borders of `params`.
    pub fn of(params: &Params) -> Self {
        Self(params.areas())
    }
}

impl Parts for AreaRanges {
    fn count(&self) -> usize {
        AREA_RANGES
    }

    fn has(&self, part: usize, _image: usize, _bbox: &BBox, area: f64) -> bool {
        (self.0[part].0..=self.0[part].1).contains(&area)
    }
}
