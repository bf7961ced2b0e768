//! Score: the detections of every cell against the labels as its condition moved them.

use rayon::prelude::*;

use super::execute::Predictions;
use super::found::Found;
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, ImageRecord};
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::{Plan, PlannedCondition};
use crate::score::{Scorecard, score_cell};

/// Scores every cell, on at most `threads` threads.
pub fn score(plan: &Plan, predictions: &Predictions, threads: usize) -> Scorecard {
    let score_one = |(at, detections): (usize, &Measured<_>)| {
        let cell = &plan.cells[at];
        let planned = &plan.datasets[cell.dataset].state;
        detections.and_then(|found: &Vec<Found>| match planned {
            Ok(data) => {
                let annotations = annotations_under(&plan.conditions[cell.condition], plan.seed, data);
                let detections: Vec<_> = found.iter().map(|found| found.detections().into_owned()).collect();
                score_cell(&data.images, &data.categories, &annotations, &detections)
            }
            Err(failure) => Measured::Failed(failure.clone()),
        })
    };
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => {
            let cells = pool.install(|| predictions.cells.par_iter().enumerate().map(score_one).collect());
            Scorecard { cells }
        }
        Err(error) => {
            let failure = Failure::new(FailureKind::Inference, format!("no threads to score on: {error}"));
            Scorecard { cells: predictions.cells.iter().map(|_| Measured::Failed(failure.clone())).collect() }
        }
    }
}

/// The labels of every image as they are under a condition.
pub fn annotations_under(planned: &PlannedCondition, seed: u64, data: &Dataset) -> Vec<Vec<Annotation>> {
    let per_image = data.images.iter().zip(&data.annotations);
    per_image.map(|(image, annotations)| moved(planned, seed, image, annotations, &data.categories)).collect()
}

/// The labels of one image as they are under a condition.
pub fn moved(
    planned: &PlannedCondition,
    seed: u64,
    image: &ImageRecord,
    annotations: &[Annotation],
    categories: &[Category],
) -> Vec<Annotation> {
    match &planned.setting {
        None => annotations.to_vec(),
        Some(setting) => setting.annotations(seed, image, annotations, categories),
    }
}
