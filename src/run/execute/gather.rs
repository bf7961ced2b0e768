//! Gathering: what comes of the images becomes what came of the cells.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::first_answers::is_of_answers;
use super::found::Found;
use super::outcome::{Answers, CellAnswer, ImageOutcome, Take};
use super::predictions::Predictions;
use crate::digest::Digest;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::Plan;
use crate::position::{CellAt, ConditionAt, DatasetAt, List, ModelAt};
use crate::slice::Look;

/// Sorts what came of images into cells as it comes, so that of each there is no more in memory than what was found.
pub struct Gathering<'a> {
    plan: &'a Plan,
    taken: Mutex<Taken>,
}

/// What came so far.
struct Taken {
    pixels_seconds: f64,
    /// The datasets that cells are of.
    datasets: BTreeMap<DatasetAt, DatasetOutcomes>,
    /// Those that are answered.
    cells: BTreeMap<CellAt, CellAnswers>,
}

impl<'a> Gathering<'a> {
    /// Gathers for those of `cells` that are not blocked; nothing came yet.
    pub fn new(plan: &'a Plan, cells: &[CellAt]) -> Self {
        let mut taken = Taken { pixels_seconds: 0.0, datasets: BTreeMap::new(), cells: BTreeMap::new() };
        for &at in cells.iter().filter(|&&at| plan.blocked(&plan.cells[at]).is_none()) {
            let dataset = plan.cells[at].dataset;
            let Ok(data) = &plan.datasets[dataset].state else { continue };
            let outcomes = || DatasetOutcomes::new(data.images.len(), plan);
            taken.datasets.entry(dataset).or_insert_with(outcomes);
            taken.cells.insert(at, CellAnswers::new(data.images.len()));
        }
        Self { plan, taken: Mutex::new(taken) }
    }

    /// Lets `answer` give what comes of images, each once, and puts all of it into `predictions`.
    pub fn gather(self, predictions: &mut Predictions, answer: impl FnOnce(&Take<'_>) -> Answers) {
        let take = |dataset: DatasetAt, image: usize, outcome: ImageOutcome| {
            self.taken.lock().unwrap_or_else(PoisonError::into_inner).take(dataset, image, outcome);
        };
        let Answers { unreached, asked, recalled, phases, models, notes, interrupted } = answer(&take);
        let Taken { pixels_seconds, datasets, cells } = self.taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (at, answers) in cells {
            predictions.cell_seconds[at] += answers.seconds;
            predictions.cells[at] = measured(self.plan, at, answers, &datasets[&self.plan.cells[at].dataset]);
            block_unreached(self.plan, at, &unreached, predictions);
        }
        for (dataset, outcomes) in datasets {
            predictions.dataset_failures[dataset] = broken_images(&outcomes.failures);
            (predictions.images_digests[dataset], predictions.looks[dataset]) = outcomes.known();
        }
        predictions.pixels_seconds += pixels_seconds;
        predictions.asked += asked;
        predictions.recalled += recalled;
        predictions.phases = predictions.phases.plus(phases);
        for (sum, model) in predictions.models.iter_mut().zip(models) {
            sum.asked += model.asked;
            sum.inference += model.inference;
        }
        let new: Vec<String> = notes.into_iter().filter(|note| !predictions.notes.contains(note)).collect();
        predictions.notes.extend(new);
        predictions.interrupted = interrupted;
    }
}

impl Taken {
    fn take(&mut self, dataset: DatasetAt, image: usize, outcome: ImageOutcome) {
        let ImageOutcome { answers, pixels_seconds, digest, failure, changed, look } = outcome;
        self.pixels_seconds += pixels_seconds;
        if let Some(of_dataset) = self.datasets.get_mut(&dataset) {
            of_dataset.done += 1;
            of_dataset.digests[image] = digest;
            of_dataset.failures.extend(failure.map(|failure| (image, failure)));
            for condition in changed {
                of_dataset.is_changed[condition] = true;
            }
            of_dataset.looks.extend(look.map(|look| (image, look)));
        }
        for CellAnswer { cell, found, seconds } in answers {
            if let Some(of_cell) = self.cells.get_mut(&cell) {
                of_cell.add(image, found, seconds);
            }
        }
    }
}

/// What came of the images of a dataset, beside answers.
struct DatasetOutcomes {
    /// Images that something came of.
    done: usize,
    /// Per image, of its file.
    digests: Vec<Option<Digest>>,
    /// By image, why it cannot be used.
    failures: BTreeMap<usize, String>,
    /// Per condition of the plan, whether any picture of it is not the clean one.
    is_changed: List<ConditionAt, bool>,
    /// By image.
    looks: BTreeMap<usize, Look>,
}

impl DatasetOutcomes {
    fn new(images: usize, plan: &Plan) -> Self {
        Self {
            done: 0,
            digests: vec![None; images],
            failures: BTreeMap::new(),
            is_changed: List::like(&plan.conditions, |_| false),
            looks: BTreeMap::new(),
        }
    }

    /// The digest of all image files, and how all images look; each `None` where it is not known of every image.
    fn known(self) -> (Option<Digest>, Option<Vec<Look>>) {
        let is_read = self.digests.iter().all(Option::is_some);
        let digest = is_read.then(|| Digest::of_parts(self.digests.iter().flatten().map(Digest::to_string)));
        let is_whole = self.looks.len() == self.digests.len();
        (digest, is_whole.then(|| self.looks.into_values().collect()))
    }
}

/// What came of a cell on `outcomes` of its dataset.
fn measured(plan: &Plan, cell: CellAt, answers: CellAnswers, outcomes: &DatasetOutcomes) -> Measured<Vec<Found>> {
    let (dataset, images) = (&plan.datasets[plan.cells[cell].dataset].name, outcomes.digests.len());
    // A mean over the other images would be of another dataset.
    if let Some(failure) = broken_images(&outcomes.failures) {
        return Measured::Blocked(format!("blocked: dataset `{dataset}`: {}", failure.message));
    }
    if outcomes.done < images {
        return Measured::Blocked(format!("interrupted after {} of {images} images", outcomes.done));
    }
    match answers.measured() {
        Measured::Value(_) if !outcomes.is_changed[plan.cells[cell].condition] => Measured::Failed(idle(plan, cell)),
        measured => measured,
    }
}

/// A model that could not be asked, or whose first answers could not be used, fails once, as a whole; its cells are blocked.
fn block_unreached(
    plan: &Plan,
    cell: CellAt,
    unreached: &List<ModelAt, Option<Failure>>,
    predictions: &mut Predictions,
) {
    let model = plan.cells[cell].model;
    let Some(failure) = unreached.at(model).and_then(Option::as_ref) else { return };
    let is_without = match predictions.cells[cell] {
        Measured::Failed(_) => true,
        Measured::Value(_) => is_of_answers(failure),
        Measured::Blocked(_) => false,
    };
    if is_without {
        let reason = format!("blocked: model `{}`: {}", plan.models[model].name, failure.message);
        predictions.cells[cell] = Measured::Blocked(reason);
    }
    predictions.model_failures[model] = Some(failure.clone());
}

/// A check on pictures that are the clean ones could not fail.
fn idle(plan: &Plan, cell: CellAt) -> Failure {
    let condition = &plan.condition_of(cell).condition;
    Failure::new(FailureKind::Vacuous, format!("{condition} changes no picture: set a level that does"))
}

fn broken_images(failures: &BTreeMap<usize, String>) -> Option<Failure> {
    const EXAMPLES: usize = 3;
    let examples = failures.values().take(EXAMPLES).map(String::as_str).collect::<Vec<_>>().join("; ");
    match failures.len() {
        0 => None,
        1 => Some(Failure::new(FailureKind::Dataset, format!("unusable image {examples}"))),
        count => Some(Failure::new(FailureKind::Dataset, format!("{count} unusable images: {examples}"))),
    }
}

/// The answers of one cell.
struct CellAnswers {
    /// Per image.
    found: Vec<Option<Found>>,
    failed: usize,
    /// The first image, in the dataset's order, that has no answer, and why.
    first_failure: Option<(usize, Failure)>,
    /// The time the model took.
    seconds: f64,
}

impl CellAnswers {
    fn new(images: usize) -> Self {
        Self { found: vec![None; images], failed: 0, first_failure: None, seconds: 0.0 }
    }

    fn add(&mut self, image: usize, answer: Result<Found, Failure>, seconds: f64) {
        self.seconds += seconds;
        match answer {
            Ok(found) => self.found[image] = Some(found),
            Err(failure) => {
                self.failed += 1;
                if self.first_failure.as_ref().is_none_or(|(first, _)| image < *first) {
                    self.first_failure = Some((image, failure));
                }
            }
        }
    }

    fn measured(self) -> Measured<Vec<Found>> {
        let Some((_, failure)) = self.first_failure else {
            let found: Option<Vec<Found>> = self.found.into_iter().collect();
            return found.map_or_else(|| Measured::Blocked("an image has no answer".to_owned()), Measured::Value);
        };
        match self.failed {
            1 => Measured::Failed(failure),
            failed => {
                let message = format!("{} (and on {} more images)", failure.message, failed - 1);
                Measured::Failed(Failure { message, ..failure })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Detection, Shape};

    fn failed(message: &str) -> Result<Found, Failure> {
        Err(Failure::new(FailureKind::Inference, message.to_owned()))
    }

    #[test]
    fn of_images_without_an_answer_the_first_of_the_dataset_is_told_whichever_came_first() {
        let mut answers = CellAnswers::new(4);
        answers.add(3, failed("d"), 1.0);
        answers.add(1, failed("b"), 1.0);
        answers.add(0, Ok(Found::Exact(Vec::new())), 1.0);
        answers.add(2, failed("c"), 1.0);
        assert_eq!(answers.seconds, 4.0);
        let Measured::Failed(failure) = answers.measured() else { panic!("three images have no answer") };
        assert_eq!(failure.message, "b (and on 2 more images)");
    }

    #[test]
    fn answers_are_in_the_order_of_the_dataset() {
        let mut answers = CellAnswers::new(2);
        let one = Detection { category_id: 1, bbox: BBox::from([0.0, 0.0, 1.0, 1.0]), shape: Shape::Box, score: 1.0 };
        answers.add(1, Ok(Found::Exact(vec![one])), 0.0);
        answers.add(0, Ok(Found::Exact(Vec::new())), 0.0);
        let Measured::Value(found) = answers.measured() else { panic!("both have an answer") };
        assert_eq!(found.iter().map(Found::count).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn an_image_that_nothing_came_of_is_no_value() {
        assert!(matches!(CellAnswers::new(1).measured(), Measured::Blocked(_)));
    }
}
