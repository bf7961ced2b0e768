//! The metrics that a check may name: their names, definitions, and where a cell's figures hold them.

mod coco;

pub use coco::{Area, Metric};

/// Every metric. The first twelve are COCO's, in pycocotools' order.
pub static ALL: &[&Metric] = &[
    &coco::MAP,
    &coco::MAP50,
    &coco::MAP75,
    &coco::MAP_SMALL,
    &coco::MAP_MEDIUM,
    &coco::MAP_LARGE,
    &coco::MAR_1,
    &coco::MAR_10,
    &coco::MAR_100,
    &coco::MAR_SMALL,
    &coco::MAR_MEDIUM,
    &coco::MAR_LARGE,
];

/// The metric of checks and tables where the spec names none.
pub static DEFAULT: &Metric = &coco::MAP;
