//! Gathering: what came of the images becomes what came of the cells.

use std::collections::HashSet;

use super::execute::Predictions;
use super::found::Found;
use super::outcome::{Answers, CellAnswer, ImageOutcome};
use crate::digest::Digest;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::Plan;
use crate::slice::Look;

/// Sorts `answers` to those of `cells` (positions in [`Plan::cells`]) that are not blocked into `predictions`.
pub fn gather(plan: &Plan, cells: &[usize], answers: Answers, predictions: &mut Predictions) {
    let Answers { images, unreached, asked, recalled, phases, notes, interrupted } = answers;
    for (dataset, outcomes) in images.into_iter().enumerate().filter(|(_, outcomes)| !outcomes.is_empty()) {
        let is_here = |&&at: &&usize| plan.cells[at].dataset == dataset && plan.blocked(&plan.cells[at]).is_none();
        let cells: Vec<usize> = cells.iter().filter(is_here).copied().collect();
        gather_dataset(plan, dataset, &cells, outcomes, predictions);
        for at in cells {
            block_unreached(plan, at, &unreached, predictions);
        }
    }
    predictions.asked += asked;
    predictions.recalled += recalled;
    predictions.phases = predictions.phases.plus(phases);
    let new: Vec<String> = notes.into_iter().filter(|note| !predictions.notes.contains(note)).collect();
    predictions.notes.extend(new);
    predictions.interrupted = interrupted;
}

fn gather_dataset(
    plan: &Plan,
    dataset: usize,
    of_dataset: &[usize],
    outcomes: Vec<Option<ImageOutcome>>,
    predictions: &mut Predictions,
) {
    let done = outcomes.iter().flatten().count();
    let failures: Vec<String> = outcomes.iter().flatten().filter_map(|outcome| outcome.failure.clone()).collect();
    let digests: Option<Vec<&Digest>> = outcomes.iter().map(|outcome| outcome.as_ref()?.digest.as_ref()).collect();
    predictions.images_digests[dataset] =
        digests.map(|digests| Digest::of_parts(digests.into_iter().map(|digest| digest.as_str().as_bytes())));
    let looks: Option<Vec<Look>> = outcomes.iter().map(|outcome| outcome.as_ref()?.look.clone()).collect();
    predictions.looks[dataset] = looks;
    let unmeasured = if let Some(failure) = broken_images(&failures) {
        let reason = format!("blocked: dataset `{}`: {}", plan.datasets[dataset].name, failure.message);
        predictions.dataset_failures[dataset] = Some(failure);
        Some(reason)
    } else if done < outcomes.len() {
        Some(format!("interrupted after {done} of {} images", outcomes.len()))
    } else {
        None
    };
    let changed: HashSet<usize> =
        outcomes.iter().flatten().flat_map(|outcome| outcome.changed.iter().copied()).collect();
    let mut cells: Vec<CellAnswers> = plan.cells.iter().map(|_| CellAnswers::default()).collect();
    for outcome in outcomes.into_iter().flatten() {
        predictions.pixels_seconds += outcome.pixels_seconds;
        for CellAnswer { cell, found, seconds } in outcome.answers {
            predictions.cell_seconds[cell] += seconds;
            cells[cell].add(found);
        }
    }
    for &at in of_dataset {
        predictions.cells[at] = match &unmeasured {
            Some(reason) => Measured::Blocked(reason.clone()),
            None => match std::mem::take(&mut cells[at]).measured() {
                Measured::Value(_) if !changed.contains(&plan.cells[at].condition) => Measured::Failed(idle(plan, at)),
                measured => measured,
            },
        };
    }
}

/// A model that could not be asked fails once, as a whole; its cells are blocked.
fn block_unreached(plan: &Plan, cell: usize, unreached: &[Option<Failure>], predictions: &mut Predictions) {
    let model = plan.cells[cell].model;
    let Some(failure) = unreached.get(model).and_then(Option::as_ref) else { return };
    if matches!(predictions.cells[cell], Measured::Failed(_)) {
        let reason = format!("blocked: model `{}`: {}", plan.models[model].name, failure.message);
        predictions.cells[cell] = Measured::Blocked(reason);
    }
    predictions.model_failures[model] = Some(failure.clone());
}

/// A check on pictures that are the clean ones could not fail.
fn idle(plan: &Plan, cell: usize) -> Failure {
    let condition = &plan.conditions[plan.cells[cell].condition].condition;
    Failure::new(FailureKind::Vacuous, format!("{condition} changes no picture: set a level that does"))
}

fn broken_images(failures: &[String]) -> Option<Failure> {
    const EXAMPLES: usize = 3;
    let examples = failures.iter().take(EXAMPLES).map(String::as_str).collect::<Vec<_>>().join("; ");
    match failures.len() {
        0 => None,
        1 => Some(Failure::new(FailureKind::Dataset, format!("unusable image {examples}"))),
        count => Some(Failure::new(FailureKind::Dataset, format!("{count} unusable images: {examples}"))),
    }
}

/// The answers of one cell, image by image.
#[derive(Default)]
struct CellAnswers {
    found: Vec<Found>,
    failed: usize,
    first_failure: Option<Failure>,
}

impl CellAnswers {
    fn add(&mut self, answer: Result<Found, Failure>) {
        match answer {
            Ok(found) => self.found.push(found),
            Err(failure) => {
                self.failed += 1;
                self.first_failure.get_or_insert(failure);
            }
        }
    }

    fn measured(self) -> Measured<Vec<Found>> {
        match self.first_failure {
            None => Measured::Value(self.found),
            Some(failure) if self.failed == 1 => Measured::Failed(failure),
            Some(failure) => {
                let message = format!("{} (and on {} more images)", failure.message, self.failed - 1);
                Measured::Failed(Failure { message, ..failure })
            }
        }
    }
}
