//! One cell as it is scored: its labels as its condition moved them, its answers, and how far they agree with the clean
//! ones.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::all::Findings;
use crate::answer::{ScoredClass, Scores};
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, Detection, ImageRecord, Size};
use crate::eval::{MinConfidence, PerImage, Similarity, is_of, stability};
use crate::failure::Measured;
use crate::plan::PlannedCondition;
use crate::position::CellAt;
use crate::run::execute::Found;
use crate::score::{CellData, CellTables, Classes, Content, Objects, PerImageScores};
use crate::task::Task;

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
            let planned = &plan.conditions[cell.condition];
            let min_confidence = plan.min_confidence(cell.model, cell.dataset);
            let annotations = MovedLabels::under(planned, plan.seed, dataset);
            let answers = FoundAnswers { found, planned, images: &dataset.images };
            let content = match plan.task {
                Task::Detect => Content::Objects(Objects {
                    similarity: Similarity::of(plan.task),
                    annotations: &annotations,
                    detections: &answers,
                    min_confidence: &min_confidence,
                }),
                Task::Classify => Content::Classes(Classes { annotations: &annotations, answers: &answers }),
            };
            let data = CellData {
                images: &dataset.images,
                categories: &dataset.categories,
                content,
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
    agreement(findings, at, false)
}

/// How far a model would say so that finds nothing in the images of the cell; `None` also where a model cannot find nothing.
pub fn silent_stability(findings: &Findings<'_>, at: CellAt) -> Option<Vec<f64>> {
    match findings.plan.task {
        Task::Detect => agreement(findings, at, true),
        Task::Classify => None,
    }
}

fn agreement(findings: &Findings<'_>, at: CellAt, is_silent: bool) -> Option<Vec<f64>> {
    let Findings { plan, predictions, .. } = findings;
    let cell = &plan.cells[at];
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at)?;
    let dataset = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let (before, after) = (predictions.cells[clean].value()?, predictions.cells[at].value()?);
    let both = before.iter().zip(after);
    match plan.task {
        Task::Detect => {
            let min = plan.min_confidence(cell.model, cell.dataset);
            let condition = &plan.conditions[cell.condition];
            // A model that says nothing of any clean image says the same of every perturbed one: that is no agreement.
            let mut clean = dataset.images.iter().zip(before);
            if clean.all(|(image, found)| claims(&found.detections(image.size()), &min).is_empty()) {
                return None;
            }
            let of_image = |(image, (before, after)): (&ImageRecord, (&Found, &Found))| {
                let claims = claims(&before.detections(image.size()), &min);
                let moved = condition.remaining(plan.seed, image, &claims, &dataset.categories);
                let now =
                    if is_silent { Cow::Borrowed(&[][..]) } else { after.detections(condition.size(image.size())) };
                stability(Similarity::of(plan.task), &moved, &now, &min)
            };
            Some(dataset.images.iter().zip(both).map(of_image).collect())
        }
        Task::Classify => {
            let condition = &plan.conditions[cell.condition];
            let of_image = |(image, (before, after)): (&ImageRecord, (&Found, &Found))| {
                let (before, after) = (before.scores()?.top().class, after.scores()?.top().class);
                // Where left becomes right, the answer has to become it, too.
                let wanted = match before {
                    ScoredClass::Category(id) => {
                        let said = [Annotation::of_image(id, image.size())];
                        let moved = condition.remaining(plan.seed, image, &said, &dataset.categories);
                        ScoredClass::Category(moved.first().map_or(id, |moved| moved.category_id))
                    }
                    ScoredClass::Other(_) => before,
                };
                Some(f64::from(u8::from(after == wanted)))
            };
            dataset.images.iter().zip(both).map(of_image).collect()
        }
    }
}

/// Detections that `min` admits, as if they were labels.
pub fn claims(detections: &[Detection], min: &MinConfidence) -> Vec<Annotation> {
    let claims = detections.iter().filter(|detection| min.admits(detection));
    claims
        .map(|claim| Annotation {
            category_id: claim.category_id,
            bbox: claim.bbox,
            shape: claim.shape.clone(),
            area: claim.bbox.area(),
            iscrowd: false,
            is_whole: false,
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
struct FoundAnswers<'a> {
    found: &'a [Found],
    planned: &'a PlannedCondition,
    images: &'a [ImageRecord],
}

impl FoundAnswers<'_> {
    /// The size of an image's frame.
    fn size(&self, image: usize) -> Size {
        self.planned.size(self.images[image].size())
    }
}

impl PerImage<Detection> for FoundAnswers<'_> {
    fn images(&self) -> usize {
        self.found.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [Detection]> {
        self.found[image].detections(self.size(image))
    }

    fn of_categories(&self, image: usize, categories: &[Category]) -> Vec<Detection> {
        self.found[image].detections_of(self.size(image), |id| is_of(id, categories))
    }
}

impl PerImageScores for FoundAnswers<'_> {
    fn of(&self, image: usize) -> Cow<'_, Scores> {
        Cow::Owned(self.found[image].scores().expect("answers are of the plan's task"))
    }
}
