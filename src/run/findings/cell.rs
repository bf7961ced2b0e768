//! One cell as it is scored: its labels as its condition moved them, its answers, and how far they agree with the clean
//! ones.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::all::Findings;
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{PerImage, Similarity, is_of, stability};
use crate::failure::Measured;
use crate::plan::PlannedCondition;
use crate::position::CellAt;
use crate::run::execute::Found;
use crate::score::{CellData, CellTables, Content, Objects};

/// Gives `look` a cell as it is scored, if it was measured.
pub fn with_cell<T>(
    findings: &Findings<'_>,
    at: CellAt,
    stability: Option<&[f64]>,
    look: impl FnOnce(&CellTables<'_>, &CellData<'_>) -> Measured<T>,
) -> Measured<T> {
    let plan = findings.plan;
    let cell = &plan.cells[at];
    findings.predictions.cells[at].and_then(|found: &Vec<Found>| match &plan.datasets[cell.dataset].state {
        Err(failure) => Measured::Failed(failure.clone()),
        Ok(dataset) => {
            let annotations = MovedLabels::under(&plan.conditions[cell.condition], plan.seed, dataset);
            let answers = FoundAnswers(found);
            let data = CellData {
                images: &dataset.images,
                categories: &dataset.categories,
                content: Content::Objects(Objects {
                    similarity: Similarity::of(plan.task),
                    annotations: &annotations,
                    detections: &answers,
                }),
                stability,
                settings: plan.settings,
            };
            look(&CellTables::new(&data), &data)
        }
    })
}

/// How far the model says of each image of a cell what it said of the clean one; `None` for clean cells, and where the
/// clean cell was not measured.
pub fn image_stability(findings: &Findings<'_>, at: CellAt) -> Option<Vec<f64>> {
    agreement(findings, at, Found::detections)
}

/// How far a model would say so that finds nothing in the images of the cell.
pub fn silent_stability(findings: &Findings<'_>, at: CellAt) -> Option<Vec<f64>> {
    agreement(findings, at, |_| Cow::Borrowed(&[]))
}

fn agreement(findings: &Findings<'_>, at: CellAt, now: impl Fn(&Found) -> Cow<'_, [Detection]>) -> Option<Vec<f64>> {
    let Findings { plan, predictions, .. } = findings;
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
        stability(Similarity::of(plan.task), &moved, &now(after), confidence)
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
            shape: claim.shape.clone(),
            area: claim.bbox.area(),
            iscrowd: false,
        })
        .collect()
}

/// The labels of every image as they are under a condition.
struct MovedLabels<'a> {
    own: &'a [Vec<Annotation>],
    /// By image, where they are not the dataset's own.
    moved: BTreeMap<usize, Vec<Annotation>>,
}

impl<'a> MovedLabels<'a> {
    fn under(planned: &PlannedCondition, seed: u64, data: &'a Dataset) -> Self {
        let of_image = |(at, (image, own)): (usize, (&ImageRecord, &Vec<Annotation>))| {
            let moved = planned.remaining(seed, image, own, &data.categories);
            (moved != *own).then_some((at, moved))
        };
        let images = data.images.iter().zip(&data.annotations).enumerate();
        Self { own: &data.annotations, moved: images.filter_map(of_image).collect() }
    }
}

impl PerImage<Annotation> for MovedLabels<'_> {
    fn images(&self) -> usize {
        self.own.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [Annotation]> {
        Cow::Borrowed(self.moved.get(&image).unwrap_or(&self.own[image]))
    }
}

/// What was found in every image, unpacked where it is looked at.
struct FoundAnswers<'a>(&'a [Found]);

impl PerImage<Detection> for FoundAnswers<'_> {
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
