//! Score: the detections of cells against the labels as their conditions moved them.

use rayon::prelude::*;

use super::all::Findings;
use super::cell::{image_stability, with_cell};
use crate::eval::split_by_size;
use crate::failure::Measured;
use crate::plan::Plan;
use crate::position::{CellAt, DatasetAt};
use crate::run::execute::{Found, Predictions};
use crate::run::threads::Threads;
use crate::score::{CellScore, score_cell};

/// Scores some cells, in their order.
pub fn score(findings: &Findings<'_>, cells: &[CellAt], threads: &Threads) -> Vec<Measured<CellScore>> {
    let score_one = |&at: &CellAt| {
        let stability = image_stability(findings, at);
        let is_labelled = is_labelled(findings.plan, findings.plan.cells[at].dataset);
        with_cell(findings, at, stability.as_deref(), |_, data| match score_cell(data) {
            Measured::Value(score) if !is_labelled => Measured::Value(score.without_labels()),
            score => score,
        })
    };
    let rounds = rounds(&findings.predictions, cells, |&cell| cell).into_iter();
    threads.spread(|| rounds.flat_map(|round| round.par_iter().map(score_one).collect::<Vec<_>>()).collect())
}

/// Whether somebody has said what is in the images of a dataset.
pub fn is_labelled(plan: &Plan, dataset: DatasetAt) -> bool {
    plan.datasets[dataset].state.as_ref().is_ok_and(|data| data.is_labelled)
}

/// Detections of the cells that are scored at once, so that memory has a bound however many cells and threads there are.
const SCORED_AT_ONCE: usize = 1_000_000;

/// Splits work on cells, in its order, into what is done at once; `cell` tells the cell of a piece of work.
pub fn rounds<'w, T>(predictions: &Predictions, work: &'w [T], cell: impl Fn(&T) -> CellAt) -> Vec<&'w [T]> {
    let size =
        |piece: &T| predictions.cells[cell(piece)].value().map_or(0, |found| found.iter().map(Found::count).sum());
    split_by_size(work, size, SCORED_AT_ONCE)
}
