//! Figures at one confidence: what a user of the model sees who sets a threshold. mAP hides two of them, as COCO
//! evaluation leaves out images and categories without ground truth.

use super::kind::{Better, Metric, ObjectFigure, Operating, Origin};

const fn metric(name: &'static str, which: Operating, better: Better, most: f64, definition: &'static str) -> Metric {
    Metric { name, definition, origin: Origin::Objects(ObjectFigure::Operating(which)), better, most }
}

/// Precision.
pub static PRECISION: Metric = metric(
    "precision",
    Operating::Precision,
    Better::Higher,
    1.0,
    "share of detections of at least `min_confidence` that find an object (same category, IoU 0.50), over all categories",
);
/// Recall.
pub static RECALL: Metric = metric(
    "recall",
    Operating::Recall,
    Better::Higher,
    1.0,
    "share of objects that a detection of at least `min_confidence` finds (same category, IoU 0.50), over all categories",
);
/// F1.
pub static F1: Metric = metric(
    "f1",
    Operating::F1,
    Better::Higher,
    1.0,
    "harmonic mean of precision and recall at `min_confidence`, IoU 0.50, over all categories",
);
/// Expected calibration error.
pub static ECE: Metric = Metric {
    name: "ece",
    definition: "expected calibration error of detections of at least `min_confidence`: 15 bins of equal width, open below, by \
                 their score; the mean over detections of |precision at IoU 0.50 - mean score| of their bin. Few detections make \
                 it too large",
    origin: Origin::Objects(ObjectFigure::Ece),
    better: Better::Lower,
    most: 1.0,
};
/// False positives on images without objects.
pub static FP_ON_EMPTY_IMAGES: Metric = metric(
    "fp_on_empty_images",
    Operating::OnEmptyImages,
    Better::Lower,
    f64::INFINITY,
    "detections of at least `min_confidence` per image that has no object; COCO AP hardly sees them",
);
/// False positives of categories without objects.
pub static FP_OF_ABSENT_CATEGORIES: Metric = metric(
    "fp_of_absent_categories",
    Operating::OfAbsentCategories,
    Better::Lower,
    f64::INFINITY,
    "detections of at least `min_confidence` per image, of categories that the dataset has no object of; COCO AP does \
     not see them",
);
