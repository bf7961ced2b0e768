//! The figures of every cell. A cell that could not be measured holds its failure, never a number.

use std::collections::BTreeMap;

use super::{CellData, CellTables, ClassAnswers, ImageScore, Values, common};
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
    /// One for each image; empty where nothing is labelled.
    pub images: Vec<ImageScore>,
    /// What was said of labelled images, where they are of classes.
    pub classes: Option<ClassAnswers>,
}

/// Figures or failures of all cells, in the order of the plan.
#[derive(Debug, Clone, Default)]
pub struct Scorecard {
    /// Per cell.
    pub cells: List<CellAt, Measured<CellScore>>,
    /// The figures of cases on datasets themselves, by their ids.
    pub data: BTreeMap<String, DataFigure>,
    /// Clean cells in which next to nothing fits what there is: in words, with what seems to be wrong.
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
        self.classes = None;
        self
    }

    /// The figures of a metric.
    pub fn values(&self, metric: &Metric) -> &Values {
        &self.values[metric::position(metric)]
    }

    /// A figure over all categories, or of one (by its position); `None` where there is nothing to measure it on.
    pub fn figure(&self, metric: &Metric, category: Option<usize>) -> Option<f64> {
        self.values(metric).figure(category)
    }
}

/// The figures of two cells over the categories that both have. `None` where there is no such category.
pub fn compared(metric: &Metric, one: &CellScore, other: &CellScore) -> Option<(f64, f64)> {
    let (one, other) = (one.values(metric), other.values(metric));
    match common([one, other].into_iter()).filter(|_| metric.is_mean_over_categories()) {
        None => Some((one.all?, other.all?)),
        Some(common) => Some((one.mean_over(&common)?, other.mean_over(&common)?)),
    }
}

/// Scores one cell.
pub fn score_cell(data: &CellData<'_>) -> Measured<CellScore> {
    let tables = CellTables::new(data);
    match tables.every_value() {
        Ok(values) => {
            let stability = data.stability.map(<[f64]>::to_vec);
            let images = (0..data.images.len()).map(|image| tables.image(image)).collect();
            Measured::Value(CellScore { values, stability, images, classes: tables.class_answers() })
        }
        Err(error) => {
            let message = format!("the detections cannot be scored: {error}");
            Measured::Failed(Failure::new(FailureKind::Inference, message))
        }
    }
}
