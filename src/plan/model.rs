//! What a plan consists of. Things are referred to by their position in the plan's lists.

use std::sync::Arc;

use super::PlannedCondition;
use crate::baseline::{Baseline, key};
use crate::dataset::{Dataset, Opened};
use crate::digest::Digest;
use crate::eval::OwnConfidence;
use crate::failure::Failure;
use crate::gate::Claim;
use crate::metric::{Metric, Settings};
use crate::position::{CellAt, ConditionAt, DatasetAt, List, ModelAt};
use crate::predict::{CategoryMap, Predictor};
use crate::slice::{Attribute, Population, SliceName};
use crate::spec::{Diagnostics, Place, Waiver};
use crate::task::Task;

/// The conditions of a plan.
pub type Conditions = List<ConditionAt, PlannedCondition>;

/// Images of the datasets of a plan, as positions in each.
pub type Images = List<DatasetAt, Vec<usize>>;

/// The position of the clean condition in a plan.
pub const CLEAN_CONDITION: ConditionAt = ConditionAt(0);

/// Everything a run will do.
pub struct Plan {
    /// The suite's name.
    pub name: String,
    /// What the models are asked.
    pub task: Task,
    /// The spec's file, as the user named it.
    pub file: String,
    /// The digest of the spec's texts.
    pub digest: Digest,
    /// The options of the command line that change the spec (`--set`, `seed = 3`), as they would be typed.
    pub options: Vec<(&'static str, String)>,
    /// The suite's seed.
    pub seed: u64,
    /// Whether the seed was given instead of taken from the spec.
    pub is_seed_given: bool,
    /// What people should know beside the verdicts.
    pub notes: Vec<String>,
    /// Whether only some of the spec's cases are kept.
    pub is_filtered: bool,
    /// The metric of tables.
    pub metric: &'static Metric,
    /// What the metrics' definitions leave open.
    pub settings: Settings,
    /// How often images are resampled for an interval.
    pub resamples: usize,
    /// The confidence of intervals, between 0 and 1.
    pub confidence: f64,
    /// Accepted figures.
    pub baseline: PlannedBaseline,
    /// In the order of the spec.
    pub datasets: List<DatasetAt, PlannedDataset>,
    /// In the order of the spec.
    pub models: List<ModelAt, PlannedModel>,
    /// Why some of both cannot be used, at the key of the spec to mend.
    pub unusable: Diagnostics,
    /// Clean first, then in the order of the spec.
    pub conditions: Conditions,
    /// Sorted by model, dataset and condition, each once.
    pub cells: List<CellAt, Cell>,
    /// In the order of the spec's checks.
    pub cases: Vec<Case>,
    /// What models were trained with.
    pub augmentations: Vec<PlannedAugmentation>,
    /// The failure clusters to look for.
    pub slices: Option<PlannedSlices>,
}

/// Failure clusters to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedSlices {
    /// What the datasets are cut by.
    pub by: Vec<&'static Attribute>,
    /// How much a slice must lose to be told.
    pub min_performance_drop: f64,
    /// Whose loss: one of COCO's over objects of all sizes.
    pub metric: &'static Metric,
}

/// Whether an augmentation helped a model, to be asked of its cells and of those of a model trained without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAugmentation {
    /// Position in [`Plan::models`].
    pub model: ModelAt,
    /// The model trained without: position in [`Plan::models`].
    pub reference: ModelAt,
    /// Position in [`Plan::datasets`].
    pub dataset: DatasetAt,
    /// The augmentation's name.
    pub augmentation: &'static str,
    /// Cells of the model under perturbations that ask about it: positions in [`Plan::cells`].
    pub cells: Vec<CellAt>,
    /// The reference's, in the same order.
    pub reference_cells: Vec<CellAt>,
}

/// The baseline as a run finds it.
pub struct PlannedBaseline {
    /// Its file, as the user would name it.
    pub path: String,
    /// Its figures, `None` if there is no such file, or why it cannot be read.
    pub state: Result<Option<Baseline>, Failure>,
    /// Whether a regression check without an accepted figure is an error.
    pub is_required: bool,
}

/// A dataset that was read, or why it was not.
pub struct PlannedDataset {
    /// The name in the spec.
    pub name: String,
    /// Where the spec names it, or the key to mend.
    pub place: Place,
    /// The labels.
    pub state: Result<Dataset, Failure>,
    /// Whether models are run on it; else it is only compared with.
    pub is_evaluated: bool,
    /// The other splits of its export, which only an audit reads.
    pub others: Vec<PlannedSplit>,
}

/// Another split of a dataset.
pub struct PlannedSplit {
    /// What the export calls it.
    pub name: String,
    /// Reads it.
    pub opened: Opened,
}

/// A dataset as it is cut into slices, before its images were looked at.
pub fn population(data: &Dataset) -> Population<'_> {
    Population {
        images: &data.images,
        categories: &data.categories,
        annotations: &data.annotations,
        metadata: &data.metadata,
        looks: None,
    }
}

/// A model that was opened, or why it was not.
pub struct PlannedModel {
    /// The name in the spec.
    pub name: String,
    /// Where the spec names it, or the key to mend.
    pub place: Place,
    /// The model.
    pub state: Result<Box<dyn Predictor>, Failure>,
    /// Variables that are to hold its secrets and are not set.
    pub unset: Vec<String>,
    /// From which score its detections count; `None` for the suite's.
    pub min_confidence: Option<OwnConfidence>,
}

/// One model on one dataset under one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Position in [`Plan::models`].
    pub model: ModelAt,
    /// Position in [`Plan::datasets`].
    pub dataset: DatasetAt,
    /// Position in [`Plan::conditions`].
    pub condition: ConditionAt,
    /// How the model's classes are the dataset's categories; unused where model or dataset have failed.
    pub categories: CategoryMap,
}

/// A test case: one claim about cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// `model/dataset/condition/metric:bound`, or `dataset/metric:bound`; unique in the plan; holds no measured number.
    pub id: String,
    /// What the case is on: a condition's name, or an aggregate of several.
    pub on: String,
    /// The check's name, if it has one.
    pub check: Option<String>,
    /// Where the check stands.
    pub place: Place,
    /// Position in [`Plan::models`]; `None` for figures of a dataset itself.
    pub model: Option<ModelAt>,
    /// Position in [`Plan::datasets`].
    pub dataset: DatasetAt,
    /// The figure.
    pub metric: &'static Metric,
    /// The metric that its cells are read for: the same, but for metrics of several cells.
    pub read: &'static Metric,
    /// The name of the one category it is about; `None` for all.
    pub category: Option<String>,
    /// What is claimed.
    pub claim: Claim,
    /// The cells read, as positions in [`Plan::cells`]; at least one, but for figures of a dataset itself.
    pub cells: Vec<CellAt>,
    /// The clean cell, for claims that compare with it.
    pub clean: Option<CellAt>,
    /// What it is compared with, for bounds that compare models or versions.
    pub other: Option<Against>,
    /// The check it came from, where its cases are corrected for being many.
    pub family: Option<usize>,
    /// What its check is on.
    pub scope: Arc<Scope>,
    /// Where a broken bound is only told.
    pub waiver: Option<Waiver>,
    /// The nearer threshold from which it warns.
    pub warn: Option<f64>,
    /// The slice of the dataset that it is about; `None` for the whole.
    pub slice: Option<SliceName>,
}

/// What a check is on, for all of its cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The check's position in the spec.
    pub check: usize,
    /// Positions in [`Plan::conditions`]; none for figures of a dataset itself.
    pub conditions: Vec<ConditionAt>,
    /// Whether its thresholds are given by level.
    pub is_by_level: bool,
}

/// What a claim is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// The accepted figures of the same model.
    Baseline,
    /// Another model's cells, in the order of the case's.
    Reference {
        /// Position in [`Plan::models`].
        model: ModelAt,
        /// Positions in [`Plan::cells`].
        cells: Vec<CellAt>,
        /// Its clean cell, where the claim compares with it.
        clean: Option<CellAt>,
    },
}

impl Case {
    /// The nearer claim, from which it warns.
    pub fn warning(&self) -> Option<Claim> {
        Some(Claim { threshold: self.warn?, ..self.claim })
    }

    /// Every cell it needs, as positions in [`Plan::cells`].
    pub fn every_cell(&self) -> impl Iterator<Item = CellAt> {
        let others = match &self.other {
            Some(Against::Reference { cells, clean, .. }) => cells.iter().chain(clean).copied().collect(),
            Some(Against::Baseline) | None => Vec::new(),
        };
        self.cells.iter().chain(&self.clean).copied().chain(others)
    }

    /// The reference model's cell under the condition of one of the case's.
    pub fn reference_cell(&self, cell: CellAt) -> Option<CellAt> {
        match &self.other {
            Some(Against::Reference { cells, .. }) => {
                cells.get(self.cells.iter().position(|&other| other == cell)?).copied()
            }
            Some(Against::Baseline) | None => None,
        }
    }

    /// Puts every cell where `moved` says.
    pub(super) fn renumber(&mut self, moved: impl Fn(CellAt) -> CellAt) {
        self.cells.iter_mut().chain(&mut self.clean).for_each(|cell| *cell = moved(*cell));
        if let Some(Against::Reference { cells, clean, .. }) = &mut self.other {
            cells.iter_mut().chain(clean).for_each(|cell| *cell = moved(*cell));
        }
    }
}

impl Plan {
    /// The position of a cell.
    pub fn cell(&self, model: ModelAt, dataset: DatasetAt, condition: ConditionAt) -> Option<CellAt> {
        let wanted = (model, dataset, condition);
        self.cells.binary_search_by_key(&wanted, |cell| (cell.model, cell.dataset, cell.condition)).ok().map(CellAt)
    }

    /// The cells of a model on a dataset, as positions: they stand together.
    pub fn cells_of(&self, model: ModelAt, dataset: DatasetAt) -> impl Iterator<Item = CellAt> + Clone + use<> {
        let first = |wanted| self.cells.partition_point(|cell| (cell.model, cell.dataset) < wanted);
        (first((model, dataset))..first((model, DatasetAt(dataset.0 + 1)))).map(CellAt)
    }

    /// The condition of a cell.
    pub fn condition_of(&self, cell: CellAt) -> &PlannedCondition {
        &self.conditions[self.cells[cell].condition]
    }

    /// The key in a baseline of what `case` reads of a cell.
    pub fn figure_key(&self, case: &Case, cell: CellAt) -> String {
        let (model, dataset) = (&self.models[self.cells[cell].model].name, &self.datasets[case.dataset].name);
        let condition = self.conditions[self.cells[cell].condition].condition.to_string();
        key(&self.name, [model, dataset, &condition, case.read.name], case.category.as_deref())
    }

    /// The key of a metric of a cell over all categories.
    pub fn cell_key(&self, at: CellAt, metric: &Metric) -> String {
        let cell = &self.cells[at];
        let (model, dataset) = (&self.models[cell.model].name, &self.datasets[cell.dataset].name);
        let condition = self.conditions[cell.condition].condition.to_string();
        key(&self.name, [model, dataset, &condition, metric.name], None)
    }

    /// How many images a dataset has; none of one that failed.
    pub fn images(&self, dataset: DatasetAt) -> usize {
        self.datasets[dataset].state.as_ref().map_or(0, |data| data.images.len())
    }

    /// Why a cell cannot be measured at all, if so: its dataset or its model has failed.
    pub fn blocked(&self, cell: &Cell) -> Option<String> {
        let (dataset, model) = (&self.datasets[cell.dataset], &self.models[cell.model]);
        match (&dataset.state, &model.state) {
            (Err(failure), _) => Some(format!("blocked: dataset `{}`: {}", dataset.name, failure.message)),
            (_, Err(failure)) => Some(format!("blocked: model `{}`: {}", model.name, failure.message)),
            (Ok(_), Ok(_)) => None,
        }
    }

    /// Whether two models (positions) are one under two names; not of those that cannot be used.
    pub fn is_same_model(&self, one: ModelAt, other: ModelAt) -> bool {
        let card = |model: ModelAt| self.models[model].state.as_ref().ok().map(|model| model.card());
        card(one).zip(card(other)).is_some_and(|(one, other)| one.is_same(&other))
    }

    /// The other datasets that a dataset is held against for leakage, as positions: all but itself.
    pub fn held_against(&self, dataset: DatasetAt) -> impl Iterator<Item = DatasetAt> {
        self.datasets.positions().filter(move |&other| other != dataset)
    }

    /// Whether any case is on a dataset.
    pub fn is_judged(&self, dataset: &PlannedDataset) -> bool {
        self.cases.iter().any(|case| self.datasets[case.dataset].name == dataset.name)
    }

    /// Whether a dataset has anything to be held against for leakage.
    pub fn has_others(&self, dataset: DatasetAt) -> bool {
        !self.datasets[dataset].others.is_empty() || self.held_against(dataset).next().is_some()
    }

    /// Whether somebody asks how the images of a dataset look.
    pub fn needs_looks(&self, dataset: DatasetAt) -> bool {
        let by = self.slices.iter().flat_map(|slices| &slices.by).copied();
        let cases = self.cases.iter().filter(|case| case.dataset == dataset);
        by.chain(cases.filter_map(|case| Some(case.slice.as_ref()?.attribute))).any(Attribute::needs_pixels)
    }

    /// Every cell that judging `case` looks at, as positions: those that it reads, the model's clean one (whether a model is
    /// broken is told of it), and of a metric that compares with the clean answers that of every model it reads.
    pub fn needed_cells(&self, case: &Case) -> impl Iterator<Item = CellAt> {
        let clean = case.model.and_then(|model| self.clean_cell(model, case.dataset));
        let compares = case.read.is_relative_to_clean();
        let compared = case.every_cell().filter(move |_| compares);
        let compared = compared.filter_map(|at| self.clean_cell(self.cells[at].model, self.cells[at].dataset));
        case.every_cell().chain(clean).chain(compared)
    }

    /// The clean cell of a model and dataset, if the plan has it.
    pub fn clean_cell(&self, model: ModelAt, dataset: DatasetAt) -> Option<CellAt> {
        self.cell(model, dataset, CLEAN_CONDITION)
    }
}
