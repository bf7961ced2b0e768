//! Partitions: one run split over many machines, each of which answers the frames of some images.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use super::{Cell, Images, Plan};
use crate::position::{ConditionAt, DatasetAt, List};

/// One of the equal parts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Which, counted from 1.
    index: NonZeroUsize,
    /// How many parts there are.
    count: NonZeroUsize,
}

/// Why something is no partition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no partition: write M/N, the M-th of N parts, such as 3/8, with M from 1 to N")]
pub struct NoPartition(String);

/// What one frame costs, where it was measured: of every cell, and of making the pixels of an image, seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Costs {
    /// By model, dataset and condition, as they are named: mean seconds of an answer.
    pub answers: HashMap<[String; 3], f64>,
    /// Reading, decoding and perturbing, seconds per image and condition.
    pub pixels: f64,
}

impl Costs {
    /// The first cell of `plan` that was not measured, as `model/dataset/condition`.
    pub fn unmeasured(&self, plan: &Plan) -> Option<String> {
        let is_open = |cell: &&Cell| plan.blocked(cell).is_none() && self.of_cell(plan, cell).is_none();
        plan.cells.iter().find(is_open).map(|cell| names(plan, cell).join("/"))
    }

    fn of_cell(&self, plan: &Plan, cell: &Cell) -> Option<f64> {
        self.answers.get(&names(plan, cell)).copied()
    }
}

/// Model, dataset and condition of a cell.
fn names(plan: &Plan, cell: &Cell) -> [String; 3] {
    let condition = plan.conditions[cell.condition].condition.to_string();
    [plan.models[cell.model].name.clone(), plan.datasets[cell.dataset].name.clone(), condition]
}

impl Partition {
    /// The `index`-th of `count` parts, counted from 1; `None` if there is none such.
    pub fn new(index: usize, count: usize) -> Option<Self> {
        let (index, count) = (NonZeroUsize::new(index)?, NonZeroUsize::new(count)?);
        (index <= count).then_some(Self { index, count })
    }

    /// Which part, counted from 1.
    pub fn index(self) -> usize {
        self.index.get()
    }

    /// How many parts there are.
    pub fn count(self) -> usize {
        self.count.get()
    }

    /// The images of this part, per dataset of `plan`: positions, rising. Every image is in one part, and no part costs
    /// more than the others by more than an image: the dearest image goes first, always to the part that has least. An
    /// image costs what `costs` say, or else as much as it has cells.
    pub fn images(self, plan: &Plan, costs: Option<&Costs>) -> Images {
        let mut images: Vec<(f64, DatasetAt, usize)> = Vec::new();
        for (dataset, planned) in plan.datasets.numbered() {
            let count = planned.state.as_ref().map_or(0, |data| data.images.len());
            let cost = image_cost(plan, dataset, costs);
            images.extend((0..count).map(|image| (cost, dataset, image)));
        }
        images.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        // What it costs, and how many images it has: where images cost nothing, their number decides.
        let mut loads = vec![(0.0, 0); self.count()];
        let mut own = List::like(&plan.datasets, |_| Vec::new());
        for (cost, dataset, image) in images {
            let by_load = |&a: &usize, &b: &usize| {
                let ((cost_a, images_a), (cost_b, images_b)) = (loads[a], loads[b]);
                f64::total_cmp(&cost_a, &cost_b).then(usize::cmp(&images_a, &images_b))
            };
            let least = (0..loads.len()).min_by(by_load).unwrap_or(0);
            loads[least].0 += cost;
            loads[least].1 += 1;
            if least + 1 == self.index() {
                own[dataset].push(image);
            }
        }
        for images in &mut own {
            images.sort_unstable();
        }
        own
    }
}

/// What an image of a dataset costs.
fn image_cost(plan: &Plan, dataset: DatasetAt, costs: Option<&Costs>) -> f64 {
    let cells = plan.cells.iter().filter(|cell| cell.dataset == dataset && plan.blocked(cell).is_none());
    let Some(costs) = costs else { return cells.count() as f64 };
    let mut conditions: Vec<ConditionAt> = cells.clone().map(|cell| cell.condition).collect();
    conditions.sort_unstable();
    conditions.dedup();
    cells.filter_map(|cell| costs.of_cell(plan, cell)).sum::<f64>() + costs.pixels * conditions.len() as f64
}

impl FromStr for Partition {
    type Err = NoPartition;

    fn from_str(text: &str) -> Result<Self, NoPartition> {
        let parts = || {
            let (index, count) = text.split_once('/')?;
            Self::new(index.trim().parse().ok()?, count.trim().parse().ok()?)
        };
        parts().ok_or_else(|| NoPartition(text.to_owned()))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}
