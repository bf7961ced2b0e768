//! Figures of a dataset itself, which no model's cell has: what an audit counts.

use super::kind::{Better, Data, Metric, Origin};

const fn metric(name: &'static str, which: Data, definition: &'static str) -> Metric {
    Metric { name, definition, origin: Origin::Data(which), better: Better::Lower, most: f64::INFINITY }
}

/// Leakage.
pub static LEAKAGE: Metric = metric(
    "leakage",
    Data::Leakage,
    "images of the dataset that are also in another one of the spec, or in another split of its export: the same bytes, \
     the same picture (64-bit difference hashes at most 7 bits apart, and pictures of 36x32 pixels correlated by at least \
     0.9 that, but for their tone, differ nowhere by more than 8 steps of luma; what differs more is much alike, and told \
     apart from it), or exported by Roboflow from an image of the same name",
);
/// Duplicates.
pub static DUPLICATES: Metric = metric(
    "duplicates",
    Data::Duplicates,
    "images of the dataset that are like an earlier one of it, by the signs of `leakage`",
);
/// Invalid boxes.
pub static INVALID_BOXES: Metric = metric(
    "invalid_boxes",
    Data::InvalidBoxes,
    "boxes of no size, outside of their image, beyond it by more than a pixel, or written twice",
);
/// Class imbalance.
pub static CLASS_IMBALANCE: Metric = metric(
    "class_imbalance",
    Data::ClassImbalance,
    "objects of the commonest category per object of the rarest that has any",
);
/// Suspect labels.
pub static SUSPECT_LABELS: Metric = metric(
    "suspect_labels",
    Data::SuspectLabels,
    "labels that a detection of confidence 0.5 or more on clean images contradicts: of another category (IoU 0.50), placed \
     otherwise (IoU 0.10 to 0.50), or missing (IoU below 0.10 with every label); those that several models find are \
     counted once",
);

#[cfg(test)]
mod tests {
    use crate::metric::ALL;
    use crate::spec::DATA_METRICS;

    #[test]
    fn the_spec_knows_which_metrics_are_of_datasets() {
        let names: Vec<&str> = ALL.iter().filter(|metric| metric.data().is_some()).map(|metric| metric.name).collect();
        assert_eq!(names, DATA_METRICS);
    }
}
