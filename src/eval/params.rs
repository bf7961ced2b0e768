//! What pycocotools calls `Params`, as far as a suite may set it.

use super::similarity::Similarity;

/// How objects and detections are matched, and the caps and borders of COCO's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// What IoU thresholds are held against: pycocotools' `iouType`.
    pub similarity: Similarity,
    /// Detections of a category that are looked at in an image, those of the highest scores: for AR1, for AR10, and for
    /// all other figures. At most [`MOST_DETECTIONS`], none less than the one before it.
    pub max_dets: [usize; 3],
    /// Areas, square pixels: between small and medium, and between medium and large; rising.
    pub area_ranges: [f64; 2],
}

/// The highest cap: ranks are kept in 16 bits.
pub const MOST_DETECTIONS: usize = u16::MAX as usize;

/// Beyond every object, as pycocotools has it.
const END: f64 = 1e10;

impl Params {
    /// COCO's own.
    pub fn of(similarity: Similarity) -> Self {
        match similarity {
            Similarity::Boxes => Self { similarity, max_dets: [1, 10, 100], area_ranges: [1024.0, 9216.0] },
        }
    }

    /// Areas of objects that count, in square pixels, both ends included: all, small, medium, large.
    pub fn areas(&self) -> [(f64, f64); 4] {
        let [small, large] = self.area_ranges;
        [(0.0, END), (0.0, small), (small, large), (large, END)]
    }

    /// Detections of a category that are looked at in an image for any figure.
    pub fn most_detections(&self) -> usize {
        self.max_dets[2]
    }
}
