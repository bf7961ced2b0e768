//! What a plan consists of. Things are referred to by their position in the plan's lists.

use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::failure::Failure;
use crate::gate::Claim;
use crate::metric::Metric;
use crate::perturb::Setting;
use crate::predict::{CategoryMap, Predictor};

/// Everything a run will do.
pub struct Plan {
    /// The suite's name.
    pub name: String,
    /// The spec's file, as the user named it.
    pub file: String,
    /// Of the spec's text.
    pub digest: Digest,
    /// The suite's seed.
    pub seed: u64,
    /// Whether the seed was given instead of taken from the spec.
    pub is_seed_given: bool,
    /// What people should know beside the verdicts.
    pub notes: Vec<String>,
    /// The metric of tables.
    pub metric: &'static Metric,
    /// In the order of the spec.
    pub datasets: Vec<PlannedDataset>,
    /// In the order of the spec.
    pub models: Vec<PlannedModel>,
    /// Clean first, then in the order of the spec.
    pub conditions: Vec<PlannedCondition>,
    /// By model, dataset, condition.
    pub cells: Vec<Cell>,
    /// In the order of the spec's checks.
    pub cases: Vec<Case>,
}

/// A dataset that was read, or why it was not.
pub struct PlannedDataset {
    /// The name in the spec.
    pub name: String,
    /// The line of the spec.
    pub line: usize,
    /// The labels.
    pub state: Result<Dataset, Failure>,
}

/// A model that was opened, or why it was not.
pub struct PlannedModel {
    /// The name in the spec.
    pub name: String,
    /// The line of the spec.
    pub line: usize,
    /// The model.
    pub state: Result<Box<dyn Predictor>, Failure>,
}

/// A condition and how to bring it about.
pub struct PlannedCondition {
    /// The condition.
    pub condition: Condition,
    /// `None` for clean.
    pub setting: Option<Setting>,
}

/// One model on one dataset under one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Position in [`Plan::models`].
    pub model: usize,
    /// Position in [`Plan::datasets`].
    pub dataset: usize,
    /// Position in [`Plan::conditions`].
    pub condition: usize,
    /// How the model's classes are the dataset's categories; unused where model or dataset have failed.
    pub categories: CategoryMap,
}

/// A test case: one claim about cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// `model/dataset/condition/metric:bound`, unique in the plan; holds no measured number.
    pub id: String,
    /// What the case is on: a condition's name, or an aggregate of several.
    pub on: String,
    /// The check's name, if it has one.
    pub check: Option<String>,
    /// The line of the check in the spec.
    pub line: usize,
    /// Position in [`Plan::models`].
    pub model: usize,
    /// Position in [`Plan::datasets`].
    pub dataset: usize,
    /// The figure.
    pub metric: &'static Metric,
    /// The name of the one category it is about; `None` for all.
    pub category: Option<String>,
    /// What is claimed.
    pub claim: Claim,
    /// The cells read, as positions in [`Plan::cells`]; at least one.
    pub cells: Vec<usize>,
    /// The clean cell, for bounds that compare with it.
    pub clean: Option<usize>,
}

impl Plan {
    /// The position of a cell.
    #[must_use]
    pub fn cell(&self, model: usize, dataset: usize, condition: usize) -> Option<usize> {
        self.cells.iter().position(|c| (c.model, c.dataset, c.condition) == (model, dataset, condition))
    }

    /// Why a cell cannot be measured at all, if so: its dataset or its model has failed.
    #[must_use]
    pub fn blocked(&self, cell: &Cell) -> Option<String> {
        let (dataset, model) = (&self.datasets[cell.dataset], &self.models[cell.model]);
        match (&dataset.state, &model.state) {
            (Err(failure), _) => Some(format!("blocked: dataset `{}`: {}", dataset.name, failure.message)),
            (_, Err(failure)) => Some(format!("blocked: model `{}`: {}", model.name, failure.message)),
            (Ok(_), Ok(_)) => None,
        }
    }

    /// The clean cell of a model and dataset, if the plan has it.
    #[must_use]
    pub fn clean_cell(&self, model: usize, dataset: usize) -> Option<usize> {
        let is_clean = |cell: &Cell| self.conditions[cell.condition].condition.is_clean();
        self.cells.iter().position(|cell| (cell.model, cell.dataset) == (model, dataset) && is_clean(cell))
    }
}
