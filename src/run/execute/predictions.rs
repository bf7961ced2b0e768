//! What the models answered, sorted by the cells of the plan.

use super::found::Found;
use super::outcome::ModelTime;
use super::timed::Times;
use crate::digest::Digest;
use crate::failure::{Failure, Measured};
use crate::plan::Plan;
use crate::position::{CellAt, DatasetAt, List, ModelAt};
use crate::slice::Look;
use crate::stopwatch::Phases;

/// What the models answered.
pub struct Predictions {
    /// Per cell of the plan, what was found per image.
    pub cells: List<CellAt, Measured<Vec<Found>>>,
    /// Per cell, the time its model took, seconds.
    pub cell_seconds: List<CellAt, f64>,
    /// Reading, decoding and perturbing, seconds.
    pub pixels_seconds: f64,
    /// Where the time went.
    pub phases: Phases,
    /// Per model, what it took.
    pub models: List<ModelAt, ModelTime>,
    /// Per dataset, what turned out to be wrong with its images.
    pub dataset_failures: List<DatasetAt, Option<Failure>>,
    /// Per model, why it could not be asked.
    pub model_failures: List<ModelAt, Option<Failure>>,
    /// Per dataset, of the image files' content, if they were read.
    pub images_digests: List<DatasetAt, Option<Digest>>,
    /// What calls took that were made to be timed.
    pub times: Times,
    /// Frames that models were asked about.
    pub asked: usize,
    /// Frames whose answers came from the store.
    pub recalled: usize,
    /// What people should know beside the figures.
    pub notes: Vec<String>,
    /// Whether the run ended early.
    pub interrupted: bool,
    /// Per dataset, how its images look, where somebody asks and all were looked at.
    pub looks: List<DatasetAt, Option<Vec<Look>>>,
}

impl Predictions {
    /// Nothing answered yet.
    pub(crate) fn none(plan: &Plan) -> Self {
        Self {
            cells: plan.cells.iter().map(|cell| Measured::Blocked(plan.blocked(cell).unwrap_or_default())).collect(),
            cell_seconds: List::like(&plan.cells, |_| 0.0),
            pixels_seconds: 0.0,
            phases: Phases::default(),
            models: List::like(&plan.models, |_| ModelTime::default()),
            dataset_failures: List::like(&plan.datasets, |_| None),
            model_failures: List::like(&plan.models, |_| None),
            images_digests: List::like(&plan.datasets, |_| None),
            times: Times::new(),
            asked: 0,
            recalled: 0,
            notes: Vec::new(),
            interrupted: false,
            looks: List::like(&plan.datasets, |_| None),
        }
    }
}
