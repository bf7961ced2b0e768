//! Pascal VOC's average precision at IoU 0.5.

use super::kind::{Better, Metric, ObjectFigure, Origin, Points};

const fn metric(name: &'static str, points: Points, definition: &'static str) -> Metric {
    Metric { name, definition, origin: Origin::Objects(ObjectFigure::Voc(points)), better: Better::Higher, most: 1.0 }
}

/// VOC 2007.
pub static VOC07: Metric = metric(
    "voc07",
    Points::Eleven,
    "Pascal VOC 2007 AP at IoU 0.50: mean over categories, precision interpolated at the recalls 0, 0.1, ..., 1",
);
/// VOC 2010 to 2012.
pub static VOC12: Metric = metric(
    "voc12",
    Points::All,
    "Pascal VOC 2012 AP at IoU 0.50: mean over categories, area under the interpolated precision-recall curve",
);
