//! COCO's grids: IoU and recall thresholds, area ranges, detection caps, and which of them each figure is made of.

use std::ops::Range;

/// Thresholds of [`iou_threshold`].
pub const IOUS: usize = 10;

/// Area ranges of [`super::Params::areas`].
pub const AREA_RANGES: usize = 4;

/// COCO's IoU grid 0.50:0.05:0.95, in numpy's arithmetic: 0.9 is the double below it.
pub fn iou_threshold(slot: usize) -> f64 {
    0.5 + slot as f64 * ((0.95 - 0.5) / 9.0)
}

/// COCO's recall grid 0.00:0.01:1.00, in numpy's arithmetic.
pub fn recall_thresholds() -> [f64; 101] {
    std::array::from_fn(|slot| slot as f64 * 0.01)
}

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Mean of the interpolated precision over the recall grid.
    Precision,
    /// Recall that all detections together reach.
    Recall,
}

/// Which slots of the grids a figure is the mean of, as in pycocotools' `summarize`.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Precision or recall.
    pub quantity: Quantity,
    /// First slot of the IoU grid, and the slot after the last.
    ious: (usize, usize),
    /// Slot of [`super::Params::areas`], or of other parts that the objects are evaluated in.
    pub area: usize,
    /// Slot of [`super::Params::max_dets`].
    pub cap: usize,
}

impl Definition {
    /// Slots of the IoU grid.
    pub fn ious(&self) -> Range<usize> {
        self.ious.0..self.ious.1
    }

    /// The same on the objects of a part.
    #[must_use]
    pub fn in_part(self, part: usize) -> Self {
        Self { area: part, ..self }
    }
}

const fn average_precision(ious: (usize, usize), area: usize) -> Definition {
    Definition { quantity: Quantity::Precision, ious, area, cap: ALL }
}

const fn average_recall(area: usize, cap: usize) -> Definition {
    Definition { quantity: Quantity::Recall, ious: (0, IOUS), area, cap }
}

/// The cap of all figures but AR1 and AR10.
const ALL: usize = 2;

/// In the order of [`super::Summary`].
pub const DEFINITIONS: [Definition; 12] = [
    average_precision((0, IOUS), 0),
    average_precision((0, 1), 0),
    average_precision((5, 6), 0),
    average_precision((0, IOUS), 1),
    average_precision((0, IOUS), 2),
    average_precision((0, IOUS), 3),
    average_recall(0, 0),
    average_recall(0, 1),
    average_recall(0, ALL),
    average_recall(1, ALL),
    average_recall(2, ALL),
    average_recall(3, ALL),
];
