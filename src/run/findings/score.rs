//! Score: the detections of every cell against the labels as its condition moved them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{PerImage, is_of, split_by_size, stability};
use crate::failure::Measured;
use crate::plan::{Plan, PlannedCondition};
use crate::run::execute::Found;
use crate::run::execute::Predictions;
use crate::run::threads::Threads;
use crate::score::{CellData, CellScore, CellTables, Scorecard, score_cell};

/// Scores every cell.
pub fn score(plan: &Plan, predictions: &Predictions, threads: &Threads) -> Scorecard {
    let all: Vec<usize> = (0..plan.cells.len()).collect();
    Scorecard { cells: score_some(plan, predictions, &all, threads), ..Scorecard::default() }
}

/// Scores some cells, in their order.
pub fn score_some(
    plan: &Plan,
    predictions: &Predictions,
    cells: &[usize],
    threads: &Threads,
) -> Vec<Measured<CellScore>> {
    let score_one = |&at: &usize| {
        let stability = image_stability(plan, predictions, at);
        let is_labelled = is_labelled(plan, plan.cells[at].dataset);
        with_cell(plan, predictions, at, stability.as_deref(), |_, data| match score_cell(data) {
            Measured::Value(score) if !is_labelled => Measured::Value(score.without_labels()),
            score => score,
        })
    };
    let rounds = rounds(predictions, cells, |&cell| cell).into_iter();
    threads.spread(|| rounds.flat_map(|round| round.par_iter().map(score_one).collect::<Vec<_>>()).collect())
}

/// Whether somebody has said what is in the images of a dataset.
pub fn is_labelled(plan: &Plan, dataset: usize) -> bool {
    plan.datasets[dataset].state.as_ref().is_ok_and(|data| data.is_labelled)
}

/// Detections of the cells that are scored at once, so that memory has a bound however many cells and threads there are.
const SCORED_AT_ONCE: usize = 1_000_000;

/// Splits work on cells, in its order, into what is done at once; `cell` tells the cell of a piece of work.
pub fn rounds<'w, T>(predictions: &Predictions, work: &'w [T], cell: impl Fn(&T) -> usize) -> Vec<&'w [T]> {
    let size =
        |piece: &T| predictions.cells[cell(piece)].value().map_or(0, |found| found.iter().map(Found::count).sum());
    split_by_size(work, size, SCORED_AT_ONCE)
}

/// Gives `look` a cell as it is scored, if it was measured.
pub fn with_cell<T>(
    plan: &Plan,
    predictions: &Predictions,
    at: usize,
    stability: Option<&[f64]>,
    look: impl FnOnce(&CellTables<'_>, &CellData<'_>) -> Measured<T>,
) -> Measured<T> {
    let cell = &plan.cells[at];
    predictions.cells[at].and_then(|found: &Vec<Found>| match &plan.datasets[cell.dataset].state {
        Err(failure) => Measured::Failed(failure.clone()),
        Ok(dataset) => {
            let annotations = Labels::under(&plan.conditions[cell.condition], plan.seed, dataset);
            let data = CellData {
                images: &dataset.images,
                categories: &dataset.categories,
                annotations: &annotations,
                detections: &Answers(found),
                stability,
                settings: plan.settings,
            };
            look(&CellTables::new(&data), &data)
        }
    })
}

/// How far the model says of each image of a cell what it said of the clean one; `None` for clean cells, and where the
/// clean cell was not measured.
fn image_stability(plan: &Plan, predictions: &Predictions, at: usize) -> Option<Vec<f64>> {
    agreement(plan, predictions, at, Found::detections)
}

/// How far a model would say so that finds nothing in the images of the cell.
pub fn silent_stability(plan: &Plan, predictions: &Predictions, at: usize) -> Option<Vec<f64>> {
    agreement(plan, predictions, at, |_| Cow::Borrowed(&[]))
}

fn agreement(
    plan: &Plan,
    predictions: &Predictions,
    at: usize,
    now: impl Fn(&Found) -> Cow<'_, [Detection]>,
) -> Option<Vec<f64>> {
    let cell = &plan.cells[at];
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at)?;
    let dataset = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let (before, after) = (predictions.cells[clean].value()?, predictions.cells[at].value()?);
    let confidence = plan.settings.min_confidence;
    let condition = &plan.conditions[cell.condition];
    // A model that says nothing of any clean image says the same of every perturbed one: that is no agreement.
    let says_nothing = |found: &Found| claims(&found.detections(), confidence).is_empty();
    if before.iter().all(says_nothing) {
        return None;
    }
    let of_image = |((image, before), after): ((&ImageRecord, &Found), &Found)| {
        let claims = claims(&before.detections(), confidence);
        let moved = condition.remaining(plan.seed, image, &claims, &dataset.categories);
        stability(&moved, &now(after), confidence)
    };
    Some(dataset.images.iter().zip(before).zip(after).map(of_image).collect())
}

/// Detections of at least `confidence`, as if they were labels.
pub fn claims(detections: &[Detection], confidence: f64) -> Vec<Annotation> {
    let claims = detections.iter().filter(|detection| detection.score >= confidence);
    claims
        .map(|claim| Annotation {
            category_id: claim.category_id,
            bbox: claim.bbox,
            area: claim.bbox.area(),
            iscrowd: false,
        })
        .collect()
}

/// The labels of every image as they are under a condition.
struct Labels<'a> {
    own: &'a [Vec<Annotation>],
    /// By image, where they are not the dataset's own.
    moved: BTreeMap<usize, Vec<Annotation>>,
}

impl<'a> Labels<'a> {
    fn under(planned: &PlannedCondition, seed: u64, data: &'a Dataset) -> Self {
        let of_image = |(at, (image, own)): (usize, (&ImageRecord, &Vec<Annotation>))| {
            let moved = planned.remaining(seed, image, own, &data.categories);
            (moved != *own).then_some((at, moved))
        };
        let images = data.images.iter().zip(&data.annotations).enumerate();
        Self { own: &data.annotations, moved: images.filter_map(of_image).collect() }
    }
}

impl PerImage<Annotation> for Labels<'_> {
    fn images(&self) -> usize {
        self.own.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [Annotation]> {
        Cow::Borrowed(self.moved.get(&image).unwrap_or(&self.own[image]))
    }
}

/// What was found in every image, unpacked where it is looked at.
struct Answers<'a>(&'a [Found]);

impl PerImage<Detection> for Answers<'_> {
    fn images(&self) -> usize {
        self.0.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [Detection]> {
        self.0[image].detections()
    }

    fn of_categories(&self, image: usize, categories: &[Category]) -> Vec<Detection> {
        self.0[image].detections_of(|id| is_of(id, categories))
    }
}
