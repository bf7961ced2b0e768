//! The figures of every cell. A cell that could not be measured holds its failure, never a number.

use std::collections::BTreeMap;

use super::{CellData, CellTables, Values, common};
use crate::eval::match_claims;
use crate::failure::{Failure, FailureKind, Measured};
use crate::metric::{self, Metric, Source};

/// Figures of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellScore {
    /// In the order of [`metric::ALL`].
    values: Vec<Values>,
    /// The stability of each image; `None` where there are no clean answers to agree with.
    pub stability: Option<Vec<f64>>,
    /// Of each image, at the claims' confidence.
    pub images: Vec<ImageScore>,
}

/// What became of the objects of one image, at the claims' confidence and IoU 0.5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageScore {
    /// F1, 0..=1.
    pub f1: f64,
    /// Objects that nothing found.
    pub missed: usize,
}

/// Figures or failures of all cells, in the order of the plan.
#[derive(Debug, Clone, Default)]
pub struct Scorecard {
    /// Per cell.
    pub cells: Vec<Measured<CellScore>>,
    /// Of the cases on datasets themselves, by their ids.
    pub data: BTreeMap<String, DataFigure>,
}

/// A figure of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DataFigure {
    /// `Value(None)` where there is nothing to measure it on.
    pub figure: Measured<Option<f64>>,
    /// What was found, a line each.
    pub found: Vec<String>,
}

impl CellScore {
    /// The figures of a metric.
    #[must_use]
    pub fn values(&self, metric: &Metric) -> &Values {
        &self.values[metric::position(metric)]
    }

    /// A figure over all categories, or of one (by its position); `None` where there is nothing to measure it on.
    #[must_use]
    pub fn figure(&self, metric: &Metric, category: Option<usize>) -> Option<f64> {
        self.values(metric).figure(category)
    }
}

/// The figures of two cells over the categories that both have. `None` where there is no such category.
#[must_use]
pub fn compared(metric: &Metric, one: &CellScore, other: &CellScore) -> Option<(f64, f64)> {
    let (one, other) = (one.values(metric), other.values(metric));
    match common([one, other].into_iter()).filter(|_| metric.is_mean_over_categories()) {
        None => Some((one.all?, other.all?)),
        Some(common) => Some((one.mean_over(&common)?, other.mean_over(&common)?)),
    }
}

/// Scores one cell.
#[must_use]
pub fn score_cell(data: &CellData<'_>) -> Measured<CellScore> {
    match values(data) {
        Ok(values) => {
            let stability = data.stability.map(<[f64]>::to_vec);
            Measured::Value(CellScore { values, stability, images: image_scores(data) })
        }
        Err(error) => {
            let message = format!("the detections cannot be scored: {error}");
            Measured::Failed(Failure::new(FailureKind::Inference, message))
        }
    }
}

fn image_scores(data: &CellData<'_>) -> Vec<ImageScore> {
    let score = |image: usize| {
        let (annotations, detections) = (data.annotations.of(image), data.detections.of(image));
        let matches = match_claims(&annotations, &detections, data.settings.min_confidence);
        ImageScore { f1: matches.f1(), missed: matches.missed.len() }
    };
    (0..data.images.len()).map(score).collect()
}

/// Of every metric; COCO's twelve come from one pass.
fn values(data: &CellData<'_>) -> Result<Vec<Values>, String> {
    let tables = CellTables::new(data);
    let coco = tables.coco()?.figures();
    let of_metric = |metric: &&Metric| match metric.source {
        Source::Coco { slot, .. } => Ok(Values {
            all: coco.summary[slot],
            per_category: coco.per_category.iter().map(|category| category.figures[slot]).collect(),
        }),
        _ => tables.values(metric),
    };
    metric::ALL.iter().map(of_metric).collect()
}
