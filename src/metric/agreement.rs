//! Agreement with the model's own answers on the clean images: robustness without labels.

use super::kind::{Agreement, Better, Metric, Origin};

/// Stability.
pub static STABILITY: Metric = Metric {
    name: "stability",
    definition: "mean over images of the F1 between a model's detections on the perturbed image and its detections on the \
                 clean image, moved as the content moved (same category, IoU 0.50, both of at least `min_confidence`); 1 \
                 where both are empty. Needs no labels",
    origin: Origin::Agreement(Agreement::Stability),
    better: Better::Higher,
    most: 1.0,
};
/// Affected images.
pub static AFFECTED: Metric = Metric {
    name: "affected",
    definition: "share of images whose stability is below `strictness`",
    origin: Origin::Agreement(Agreement::Affected),
    better: Better::Lower,
    most: 1.0,
};
