//! The metrics that a check may name: their names, definitions, and where a cell's figures hold them.

mod agreement;
pub(crate) mod alexnet;
mod area;
mod classes;
mod coco;
mod data;
mod kind;
mod operating;
mod other_names;
mod parity;
mod settings;
mod speed;
mod summary;
mod voc;

pub use area::Area;
pub(crate) use area::COCO_AREA_RANGES;
pub use kind::{
    Agreement, Better, ClassFigure, Data, Metric, ObjectFigure, Operating, Origin, Parity, Points, Speed, Summary, TopK,
};
pub use other_names::meant;
pub use settings::Settings;
pub use speed::LEAST_OF_P95;

use crate::task::Task;

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
    &voc::VOC07,
    &voc::VOC12,
    &operating::PRECISION,
    &operating::RECALL,
    &operating::F1,
    &operating::ECE,
    &operating::FP_ON_EMPTY_IMAGES,
    &operating::FP_OF_ABSENT_CATEGORIES,
    &classes::TOP1,
    &classes::TOP5,
    &classes::TOPK,
    &classes::BALANCED_ACCURACY,
    &classes::RECALL,
    &classes::PRECISION,
    &classes::MACRO_F1,
    &classes::NLL,
    &classes::ECE,
    &agreement::STABILITY,
    &agreement::AFFECTED,
    &parity::AGREEMENT,
    &parity::AGREEMENT_SMALL,
    &parity::AGREEMENT_MEDIUM,
    &parity::AGREEMENT_LARGE,
    &parity::SCORE_SHIFT,
    &speed::LATENCY_P50,
    &speed::LATENCY_P95,
    &speed::THROUGHPUT,
    &summary::MPC,
    &summary::RPC,
    &summary::RISK,
    &summary::MCE,
    &summary::RELATIVE_MCE,
    &data::LEAKAGE,
    &data::DUPLICATES,
    &data::INVALID_BOXES,
    &data::CLASS_IMBALANCE,
    &data::SUSPECT_LABELS,
];

/// The place of `metric` in [`ALL`].
///
/// # Panics
/// It is not in the list, as only a metric made elsewhere could be.
pub fn position(metric: &Metric) -> usize {
    ALL.iter().position(|other| *other == metric).expect("every metric is in the list")
}

/// The metric of a task that is called so: of another task one may have the same name.
pub(crate) fn named(task: Task, name: &str) -> Option<&'static Metric> {
    ALL.iter().copied().find(|metric| metric.is_of(task) && metric.name == name)
}

/// The metrics of a task, in the order of [`ALL`].
pub(crate) fn of(task: Task) -> Vec<&'static Metric> {
    ALL.iter().copied().filter(|metric| metric.is_of(task)).collect()
}

/// The metric of checks and tables where the spec names none.
pub(crate) fn default_of(task: Task) -> &'static Metric {
    match task {
        Task::Detect => &coco::MAP,
        Task::Classify => &classes::TOP1,
    }
}

/// The agreement with the clean answers: it needs no labels.
pub(crate) static STABILITY: &Metric = &agreement::STABILITY;

/// What corruption errors are made of.
pub(crate) static TOP1: &Metric = &classes::TOP1;

/// What risk is made of.
pub(crate) static AFFECTED: &Metric = &agreement::AFFECTED;

/// What tells whether a model says the same as another.
pub(crate) static AGREEMENT: &Metric = &parity::AGREEMENT;
