//! Several shards as the answers of one run.

use std::collections::HashSet;
use std::time::Duration;

use super::super::answer::all_images;
use super::super::outcome::{Answers, ImageOutcome};
use super::header::{Shard, ShardImage};
use super::identity::{differences, identity};
use crate::failure::Failure;
use crate::plan::Plan;
use crate::position::{CellAt, DatasetAt, List};
use crate::slice::Look;

/// All shards of a run.
pub struct Joined {
    pub(in crate::run) images: Vec<ShardImage>,
    pub(in crate::run) answers: Answers,
    /// Since 1970-01-01 UTC: when the first machine began.
    pub(in crate::run) started: Duration,
    /// What the slowest machine took.
    pub(in crate::run) took: Duration,
}

/// Why shards do not make up a run. Files are named as the caller names them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWhole {
    /// They are parts of differently many.
    #[error("{one} is one of {of} parts, {other} one of {of_other}: merge the shards of one run alone")]
    Counts {
        /// A shard's file.
        one: String,
        /// How many parts it is of.
        of: usize,
        /// Another's.
        other: String,
        /// How many parts that is of.
        of_other: usize,
    },
    /// A part is there twice.
    #[error("{one} and {other} are both part {index} of {count}: leave one of them out")]
    Twice {
        /// A shard's file.
        one: String,
        /// Another's.
        other: String,
        /// Which part, counted from 1.
        index: usize,
        /// How many parts there are.
        count: usize,
    },
    /// Parts are missing.
    #[error("part {} of {count} is missing: `windtunnel run --partition {}/{count}` makes it", list(.missing), .missing[0])]
    Missing {
        /// Which, counted from 1, rising; of many the first.
        missing: Vec<usize>,
        /// How many parts there are.
        count: usize,
    },
    /// A shard is of another plan than the one at hand.
    #[error("{file} is of another plan: {} differ{} from what is here", .what.join(", "), if .what.len() == 1 { "s" } else { "" })]
    OtherPlan {
        /// The shard's file.
        file: String,
        /// The parts of the plan that differ.
        what: Vec<String>,
    },
    /// The parts together are not the whole.
    #[error("{file}: {what}; give every part the same `--balance`, or none")]
    Uneven {
        /// The shard's file, or all.
        file: String,
        /// What is too much or too little.
        what: String,
    },
}

/// Missing parts that are told one by one.
const TOLD: usize = 20;

fn list(indices: &[usize]) -> String {
    let more = if indices.len() > TOLD { " and more" } else { "" };
    let told: Vec<String> = indices.iter().take(TOLD).map(ToString::to_string).collect();
    told.join(", ") + more
}

/// Makes sure that `shards` (each with its file's name) are `plan`, the whole of it, and puts them together.
///
/// # Errors
/// They are not.
pub fn join(plan: &Plan, shards: Vec<(String, Shard)>) -> Result<Joined, NotWhole> {
    refuse_gaps(&shards)?;
    let parts = identity(plan);
    for (file, shard) in &shards {
        let what = differences(&parts, &shard.header.plan);
        if !what.is_empty() {
            return Err(NotWhole::OtherPlan { file: file.clone(), what });
        }
    }
    let started = shards.iter().map(|(_, shard)| shard.header.started_unix).min().unwrap_or_default();
    let took = shards.iter().map(|(_, shard)| shard.duration()).max().unwrap_or_default();
    let mut sum = Sum::new(plan);
    let mut sorted = shards;
    sorted.sort_by_key(|(_, shard)| shard.header.index);
    for (file, shard) in sorted {
        sum.add(&file, shard)?;
    }
    let Sum { images, answers, is_there, .. } = sum;
    for (dataset, is_there) in is_there.numbered().filter(|(dataset, _)| answered_cells(plan, *dataset) > 0) {
        let missing = is_there.iter().filter(|is_there| !**is_there).count();
        if missing > 0 {
            let what = format!("{missing} images of dataset `{}` are in no part", plan.datasets[dataset].name);
            return Err(NotWhole::Uneven { file: "all shards".to_owned(), what });
        }
    }
    Ok(Joined { images, answers, started: Duration::from_secs(started), took })
}

fn refuse_gaps(shards: &[(String, Shard)]) -> Result<(), NotWhole> {
    let count = shards.first().map_or(1, |(_, shard)| shard.header.count);
    for (at, (file, shard)) in shards.iter().enumerate() {
        let (index, of) = (shard.header.index, shard.header.count);
        if of != count {
            let (one, other) = (shards[0].0.clone(), file.clone());
            return Err(NotWhole::Counts { one, of: count, other, of_other: of });
        }
        if let Some((other, _)) = shards[..at].iter().find(|(_, other)| other.header.index == index) {
            return Err(NotWhole::Twice { one: other.clone(), other: file.clone(), index, count });
        }
    }
    let there: HashSet<usize> = shards.iter().map(|(_, shard)| shard.header.index).collect();
    // A file may say that it is one of any number.
    let missing: Vec<usize> = (1..=count).filter(|index| !there.contains(index)).take(TOLD + 1).collect();
    if missing.is_empty() { Ok(()) } else { Err(NotWhole::Missing { missing, count }) }
}

/// How many cells of a dataset have answers.
fn answered_cells(plan: &Plan, dataset: DatasetAt) -> usize {
    plan.cells.iter().filter(|cell| cell.dataset == dataset && plan.blocked(cell).is_none()).count()
}

/// What is in the shards so far.
struct Sum<'a> {
    plan: &'a Plan,
    images: Vec<ShardImage>,
    answers: Answers,
    /// Per dataset, per image.
    is_there: List<DatasetAt, Vec<bool>>,
}

impl<'a> Sum<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            images: Vec::new(),
            answers: Answers { unreached: List::like(&plan.models, |_| None), ..Answers::default() },
            is_there: all_images(plan).iter().map(|images| vec![false; images.len()]).collect(),
        }
    }

    fn add(&mut self, file: &str, shard: Shard) -> Result<(), NotWhole> {
        let uneven = |what: String| NotWhole::Uneven { file: file.to_owned(), what };
        for image in &shard.images {
            let is_there = self.is_there.at_mut(image.dataset).and_then(|images| images.get_mut(image.at));
            let is_there =
                is_there.ok_or_else(|| uneven("it is about an image that the plan does not have".to_owned()))?;
            if !is_complete(self.plan, image.dataset, &image.outcome) {
                return Err(uneven(format!(
                    "an image of `{}` has not one answer per cell, or was not looked at",
                    self.plan.datasets[image.dataset].name
                )));
            }
            if std::mem::replace(is_there, true) {
                return Err(uneven("it has an image that another part has too".to_owned()));
            }
        }
        self.images.extend(shard.images);
        for (unreached, of_shard) in self.answers.unreached.iter_mut().zip(shard.header.unreached) {
            *unreached = unreached.take().or(of_shard) as Option<Failure>;
        }
        self.answers.asked += shard.header.asked;
        self.answers.recalled += shard.header.from_store;
        self.answers.phases = self.answers.phases.plus(shard.header.phases);
        self.answers.notes.extend(shard.header.notes);
        Ok(())
    }
}

/// Whether every cell of the dataset has one answer, and the image was looked at where somebody asks, unless it is
/// unusable.
fn is_complete(plan: &Plan, dataset: DatasetAt, outcome: &ImageOutcome) -> bool {
    let mut cells: Vec<CellAt> = outcome.answers.iter().map(|answer| answer.cell).collect();
    cells.sort_unstable();
    let is_once = cells.windows(2).all(|pair| pair[0] < pair[1]);
    let is_here = |&cell: &CellAt| {
        let cell = plan.cells.at(cell).filter(|cell| cell.dataset == dataset);
        cell.is_some_and(|cell| plan.blocked(cell).is_none())
    };
    let is_changed_known = outcome.changed.iter().all(|&condition| plan.conditions.at(condition).is_some());
    let is_looked_at = !plan.needs_looks(dataset) || outcome.look.as_ref().is_some_and(Look::is_whole);
    let is_whole = outcome.failure.is_some() || (cells.len() == answered_cells(plan, dataset) && is_looked_at);
    is_once && cells.iter().all(is_here) && is_changed_known && is_whole
}
