//! Agreement with another model's answers on the same pictures: whether an exported, quantised or faster model is still the
//! same one. It needs no labels.

use super::area::Area;
use super::kind::{Better, Metric, Origin, Parity};

const fn agreement(name: &'static str, area: Area, definition: &'static str) -> Metric {
    Metric { name, definition, origin: Origin::Parity(Parity::Agreement(area)), better: Better::Higher, most: 1.0 }
}

/// Agreement.
pub static AGREEMENT: Metric = agreement(
    "agreement",
    Area::All,
    "mean over images of the F1 between a model's detections and those of the `reference` model on the same picture (same \
     category, IoU 0.50, both of at least `min_confidence`); images in which neither finds anything are left out. Needs no \
     labels",
);
/// Agreement on small objects.
pub static AGREEMENT_SMALL: Metric = agreement(
    "agreement_small",
    Area::Small,
    "agreement of detections below 32 x 32 (`area_ranges`) pixels; of two that agree the reference's has the size",
);
/// Agreement on objects that are neither.
pub static AGREEMENT_MEDIUM: Metric = agreement(
    "agreement_medium",
    Area::Medium,
    "agreement of detections of 32 x 32 to 96 x 96 (`area_ranges`) pixels; of two that agree the reference's has the size",
);
/// Agreement on large objects.
pub static AGREEMENT_LARGE: Metric = agreement(
    "agreement_large",
    Area::Large,
    "agreement of detections from 96 x 96 (`area_ranges`) pixels; of two that agree the reference's has the size",
);
/// Shift of scores.
pub static SCORE_SHIFT: Metric = Metric {
    name: "score_shift",
    definition: "mean absolute difference between the scores that a model and the `reference` model give to detections that \
                 agree, over all of them. Needs no labels",
    origin: Origin::Parity(Parity::ScoreShift),
    better: Better::Lower,
    most: 1.0,
};
