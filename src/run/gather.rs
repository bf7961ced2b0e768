//! Gathering: what came of the images becomes what came of the cells.

use std::collections::HashSet;

use super::execute::{Job, Predictions, Shared};
use super::found::Found;
use super::worker::{ImageOutcome, Unanswered};
use crate::dataset::Dataset;
use crate::detection::ImageRecord;
use crate::digest::Digest;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::Plan;
use crate::predict::{FrameError, PredictError};

/// Sorts the outcomes of a dataset's images into its cells.
pub fn gather(
    shared: &Shared<'_>,
    dataset: usize,
    data: &Dataset,
    jobs: &[Job],
    outcomes: Vec<Option<ImageOutcome>>,
    predictions: &mut Predictions,
) {
    let plan = shared.plan;
    let done = outcomes.iter().flatten().count();
    let failures: Vec<FrameError> = outcomes.iter().flatten().filter_map(|outcome| outcome.failure.clone()).collect();
    let digests: Option<Vec<&Digest>> = outcomes.iter().map(|outcome| outcome.as_ref()?.digest.as_ref()).collect();
    predictions.images_digests[dataset] =
        digests.map(|digests| Digest::of_parts(digests.into_iter().map(|digest| digest.as_str().as_bytes())));
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
    for (image, outcome) in data.images.iter().zip(outcomes) {
        let Some(outcome) = outcome else { continue };
        predictions.pixels_seconds += outcome.pixels_seconds;
        for (at, answer, seconds) in outcome.answers {
            predictions.cell_seconds[at] += seconds;
            cells[at].add(image, answer);
        }
    }
    for at in jobs.iter().flat_map(|job| job.cells.iter().copied()) {
        predictions.cells[at] = match &unmeasured {
            Some(reason) => Measured::Blocked(reason.clone()),
            None => match std::mem::take(&mut cells[at]).measured() {
                Measured::Value(_) if !changed.contains(&plan.cells[at].condition) => Measured::Failed(idle(plan, at)),
                measured => measured,
            },
        };
        block_unreached(shared, at, predictions);
    }
}

/// A model that could not be asked fails once, as a whole; its cells are blocked.
fn block_unreached(shared: &Shared<'_>, cell: usize, predictions: &mut Predictions) {
    let model = shared.plan.cells[cell].model;
    let Some(Err(error)) = shared.reached[model].get() else { return };
    let Some(failure) = unreached(error) else { return };
    if matches!(predictions.cells[cell], Measured::Failed(_)) {
        let reason = format!("blocked: model `{}`: {}", shared.plan.models[model].name, failure.message);
        predictions.cells[cell] = Measured::Blocked(reason);
    }
    predictions.model_failures[model] = Some(failure);
}

/// What it means for a model that it could not be asked; nothing where the run ended before that was known.
fn unreached(error: &PredictError) -> Option<Failure> {
    let kind = match error {
        PredictError::Interrupted => return None,
        PredictError::NonFinite(_) => FailureKind::NonFinite,
        PredictError::Frame(_) | PredictError::Inference(_) | PredictError::Timeout(_) => FailureKind::ModelLoad,
    };
    Some(Failure::new(kind, error.to_string()))
}

/// Takes over what the threads have counted, and what went wrong with the store.
pub fn keep_notes(shared: Shared<'_>, predictions: &mut Predictions) {
    predictions.phases = predictions.phases.plus(shared.watch.spent());
    predictions.asked += shared.asked.into_inner();
    predictions.recalled += shared.kept.recalled();
    let note = shared.kept.trouble().map(|error| format!("answers were not kept, or not found again: {error}"));
    predictions.notes.extend(note.filter(|note| !predictions.notes.contains(note)));
}

/// A check on pictures that are the clean ones could not fail.
fn idle(plan: &Plan, cell: usize) -> Failure {
    let condition = &plan.conditions[plan.cells[cell].condition].condition;
    Failure::new(FailureKind::Vacuous, format!("{condition} changes no picture: set a level that does"))
}

fn broken_images(failures: &[FrameError]) -> Option<Failure> {
    const EXAMPLES: usize = 3;
    let examples = failures.iter().take(EXAMPLES).map(ToString::to_string).collect::<Vec<_>>().join("; ");
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
    fn add(&mut self, image: &ImageRecord, answer: Result<Found, Unanswered>) {
        match answer {
            Ok(found) => self.found.push(found),
            Err(error) => {
                self.failed += 1;
                let failure = || failure(image, &error);
                self.first_failure.get_or_insert_with(failure);
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

fn failure(image: &ImageRecord, reason: &Unanswered) -> Failure {
    let (kind, reason) = match reason {
        Unanswered::NotKept => (FailureKind::Inference, "the store has no answer, and models are not asked".to_owned()),
        Unanswered::Unreached => (FailureKind::ModelLoad, "the model could not be asked".to_owned()),
        Unanswered::Asked(error) => (kind(error), error.to_string()),
    };
    Failure::new(kind, format!("on image {}: {reason}", image.file_name))
}

fn kind(error: &PredictError) -> FailureKind {
    match error {
        PredictError::Frame(_) => FailureKind::Dataset,
        PredictError::Inference(_) | PredictError::Interrupted => FailureKind::Inference,
        PredictError::NonFinite(_) => FailureKind::NonFinite,
        PredictError::Timeout(_) => FailureKind::Timeout,
    }
}
