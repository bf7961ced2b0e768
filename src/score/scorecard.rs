//! The figures of every cell. A cell that could not be measured holds its failure, never a number.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{CellData, CellTables, Values, common};
use crate::detection::Category;
use crate::eval::{Batches, match_claims};
use crate::failure::{Failure, FailureKind, Measured};
use crate::metric::{self, Metric};
use crate::position::{CellAt, List};

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
    pub cells: List<CellAt, Measured<CellScore>>,
    /// Of the cases on datasets themselves, by their ids.
    pub data: BTreeMap<String, DataFigure>,
    /// Of clean cells in which next to nothing fits what there is: in words, with what seems to be wrong.
    pub broken: BTreeMap<CellAt, String>,
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
    /// What is known of images without labels: how far a model agrees with itself, and nothing else.
    #[must_use]
    pub fn without_labels(mut self) -> Self {
        for (metric, values) in metric::ALL.iter().zip(&mut self.values) {
            if metric.needs_labels() {
                *values = Values::default();
            }
        }
        self.images = Vec::new();
        self
    }

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
        let matches = match_claims(data.similarity, &annotations, &detections, data.settings.min_confidence);
        ImageScore { f1: matches.f1(), missed: matches.missed.len() }
    };
    (0..data.images.len()).map(score).collect()
}

/// Of every metric. Means over categories come from the tables of some categories at a time, each gone before the next.
fn values(data: &CellData<'_>) -> Result<Vec<Values>, String> {
    let batches = Batches::new(data.categories, data.detections);
    let of_batch = |categories: &[Category]| {
        let some = CellData { categories, detections: &batches.detections(categories), ..*data };
        let tables = CellTables::new(&some);
        let mean = |metric: &&Metric| {
            let is_mean = metric.is_mean_over_categories();
            if is_mean { Ok(tables.values(metric)?.per_category) } else { Ok(Vec::new()) }
        };
        metric::ALL.iter().map(mean).collect()
    };
    let means: Vec<Vec<_>> = batches.slices().into_par_iter().map(of_batch).collect::<Result<_, String>>()?;
    let whole = CellTables::new(data);
    let of_metric = |(at, metric): (usize, &&Metric)| {
        if !metric.is_mean_over_categories() {
            return whole.values(metric);
        }
        Ok(Values::mean_of(means.iter().flat_map(|batch| &batch[at]).copied().collect()))
    };
    metric::ALL.iter().enumerate().map(of_metric).collect()
}
