//! Draws: the figures of cells on resampled images, of the metrics that somebody asks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Measured;
use crate::gate::Extreme;
use crate::metric::{self, Metric};
use crate::plan::{Case, Cell, Plan};
use crate::position::CellAt;
use crate::score::Values;
use crate::slice::{Slice, SliceName};
use crate::spec::{Bound, Rule};

/// The figures of a cell on a slice.
#[derive(Debug, Clone)]
pub struct SliceFigures {
    /// The slice.
    pub slice: Slice,
    /// As measured.
    pub values: Values,
    /// On resampled images, resample by resample.
    pub draws: Vec<Values>,
}

/// Figures on resampled images, resample by resample, by cell and by the metric's position in [`metric::ALL`].
pub struct Drawn {
    pub(super) draws: BTreeMap<Wanted, Vec<Values>>,
    /// On slices that cases name, by the slice's name too.
    pub(super) slices: BTreeMap<(Wanted, String), Measured<SliceFigures>>,
    /// Of two models.
    pub(super) pairs: BTreeMap<PairOf, Measured<PairFigures>>,
    /// What a model that finds nothing would be given, where cases are on the agreement with the clean answers.
    pub(super) silent: BTreeMap<(Wanted, Option<String>), Extreme>,
    /// Whether records are to hold those of every category, too.
    pub is_whole: bool,
}

/// A figure of two models under one condition.
#[derive(Debug, Clone)]
pub struct PairFigures {
    /// Over all categories and of each.
    pub values: Values,
    /// Of the category of the case, or over all: on resampled images, resample by resample.
    pub draws: Vec<Option<f64>>,
    /// Images that it rests on: of which either model said anything, or both.
    pub images: usize,
    /// The slice that it is measured on; `None` for the whole dataset.
    pub slice: Option<Slice>,
}

/// What is asked of two models.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairOf {
    cell: CellAt,
    /// The reference's cell.
    pub other: CellAt,
    metric: usize,
    category: Option<String>,
    slice: Option<String>,
}

impl PairOf {
    /// What a case asks of one of its cells and the reference's under the same condition.
    pub fn of(case: &Case, cell: CellAt) -> Option<Self> {
        Some(Self {
            cell,
            other: case.reference_cell(cell)?,
            metric: metric::position(case.read),
            category: case.category.clone(),
            slice: case.slice.as_ref().map(ToString::to_string),
        })
    }
}

/// A cell's position in the plan, and a metric's in [`metric::ALL`].
pub type Wanted = (CellAt, usize);

/// The seed of the resamples: the same for every run, so that figures of different versions can be paired.
pub const SEED: u64 = 0;

impl Drawn {
    /// None drawn yet.
    pub fn new(is_whole: bool) -> Self {
        Self {
            draws: BTreeMap::new(),
            slices: BTreeMap::new(),
            pairs: BTreeMap::new(),
            silent: BTreeMap::new(),
            is_whole,
        }
    }

    /// The draws of a metric of a cell, if they were made.
    pub fn of(&self, cell: CellAt, metric: &Metric) -> Option<&[Values]> {
        self.draws.get(&(cell, metric::position(metric))).map(Vec::as_slice)
    }

    /// The figures of a metric of a cell on a slice that a case names.
    pub fn on_slice(&self, cell: CellAt, metric: &Metric, slice: &SliceName) -> &Measured<SliceFigures> {
        let key = (wanted_of(cell, metric), slice.to_string());
        self.slices.get(&key).expect("the slices of all cases are measured before they are judged")
    }

    /// What a case asks of one of its cells and the reference's; `None` where it asks nothing of two models.
    pub fn of_pair(&self, case: &Case, cell: CellAt) -> Option<&Measured<PairFigures>> {
        case.read.parity()?;
        self.pairs.get(&PairOf::of(case, cell)?)
    }

    /// The slice that a case is about, if it was measured on one.
    pub fn slice(&self, case: &Case, cell: CellAt) -> Option<&Slice> {
        match self.of_pair(case, cell) {
            Some(figures) => figures.value()?.slice.as_ref(),
            None => Some(&self.on_slice(cell, case.read, case.slice.as_ref()?).value()?.slice),
        }
    }

    /// What a model that finds nothing would be given.
    pub fn silent(&self, cell: CellAt, metric: &Metric, slice: Option<&SliceName>) -> Option<&Extreme> {
        self.silent.get(&(wanted_of(cell, metric), slice.map(ToString::to_string)))
    }

    /// Every metric drawn of a cell.
    pub fn metrics(&self, cell: CellAt) -> impl Iterator<Item = (&'static Metric, &[Values])> {
        let of_cell = self.draws.range((cell, 0)..=(cell, usize::MAX));
        of_cell.map(|((_, metric), draws)| (metric::ALL[*metric], draws.as_slice()))
    }
}

/// A metric of a cell.
pub fn wanted_of(cell: CellAt, metric: &Metric) -> Wanted {
    (cell, metric::position(metric))
}

/// What the rules of the plan's cases need; what may become a baseline's is among it.
pub fn wanted_by_rules(plan: &Plan) -> BTreeSet<Wanted> {
    let needs = |case: &&Case| {
        case.claim.rule != Rule::Point
            || matches!(case.claim.bound, Bound::MaxRegression | Bound::MaxRelativeRegression)
    };
    plan.cases.iter().filter(needs).flat_map(wanted_by).collect()
}

/// Answers whose models are compared without being asked for intervals. Of the 4,320 of `specs/quickstart.toml` the draws take 1.4
/// of 18 seconds, and a share like that of more; but of answers from the store they would take nearly all the time.
const COMPARED: usize = 20_000;

/// What tells whether models differ by more than chance; nothing of one model, or of so much that somebody should ask for it.
pub fn wanted_by_comparisons(plan: &Plan) -> BTreeSet<Wanted> {
    let images = |cell: &Cell| plan.datasets[cell.dataset].state.as_ref().map_or(0, |data| data.images.len());
    let answers: usize = plan.cells.iter().map(images).sum();
    let is_compared = plan.models.len() > 1 && answers <= COMPARED;
    if is_compared { wanted_by_tables(plan).collect() } else { BTreeSet::new() }
}

/// Every figure that cases and tables tell.
pub fn wanted_by_all(plan: &Plan) -> BTreeSet<Wanted> {
    plan.cases.iter().flat_map(wanted_by).chain(wanted_by_tables(plan)).collect()
}

/// Every figure that tables tell.
fn wanted_by_tables(plan: &Plan) -> impl Iterator<Item = Wanted> {
    let is_clean = |cell: CellAt| plan.condition_of(cell).condition.is_clean();
    let tables = plan.cells.positions().map(|cell| wanted_of(cell, plan.metric));
    let affected =
        plan.cells.positions().filter(move |&cell| !is_clean(cell)).map(|cell| wanted_of(cell, metric::AFFECTED));
    tables.chain(affected)
}

/// What one case reads of whole datasets.
pub fn wanted_by(case: &Case) -> Vec<Wanted> {
    let is_of_cells = case.read.is_of_cells() && case.slice.is_none();
    let cells = case.every_cell().filter(|_| is_of_cells);
    cells.map(|cell| (cell, metric::position(case.read))).collect()
}
