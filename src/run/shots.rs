//! Shots: single images of a dataset as a model saw them, made again from the same seed, with the boxes on them.

use image::RgbImage;

use super::execute::Predictions;
use crate::dataset::Dataset;
use crate::detection::{Annotation, BBox, Detection};
use crate::draw::{Stroke, Tile};
use crate::eval::{Matches, match_claims};
use crate::plan::Plan;
use crate::record::{BoxKind, BoxRecord};

/// Looks at single images of a dataset again.
pub struct Shots<'a> {
    /// What was run.
    pub plan: &'a Plan,
    /// What the models said.
    pub predictions: &'a Predictions,
    /// The dataset.
    pub data: &'a Dataset,
    /// The one category that counts; `None` for all.
    pub category: Option<u64>,
}

impl Shots<'_> {
    /// The F1 of every image of a cell; `None` if the cell was not measured.
    pub fn image_f1(&self, cell: usize) -> Option<Vec<f64>> {
        (0..self.data.images.len()).map(|image| Some(self.seen(cell, image)?.matches().f1())).collect()
    }

    /// The labels and detections of an image in a cell.
    pub fn seen(&self, cell: usize, image: usize) -> Option<Seen> {
        let planned = &self.plan.conditions[self.plan.cells[cell].condition];
        let counts = |id: u64| self.category.is_none_or(|category| category == id);
        let labels = &self.data.annotations[image];
        let mut truth = planned.remaining(self.plan.seed, &self.data.images[image], labels, &self.data.categories);
        truth.retain(|annotation| counts(annotation.category_id));
        let mut detections = self.predictions.cells[cell].value()?.get(image)?.detections().into_owned();
        detections.retain(|detection| counts(detection.category_id));
        Some(Seen { truth, detections, min_confidence: self.plan.settings.min_confidence })
    }

    /// The image as the model saw it, of the clean `pixels`.
    pub fn picture(&self, cell: usize, image: usize, pixels: &RgbImage) -> RgbImage {
        let planned = &self.plan.conditions[self.plan.cells[cell].condition];
        let objects = self.data.boxes(image);
        planned.picture(self.plan.seed, &self.data.images[image], pixels, &objects).into_owned()
    }

    /// The boxes of an image in a cell, as a record holds them.
    pub fn boxes(&self, cell: usize, image: usize) -> Option<Vec<BoxRecord>> {
        Some(self.seen(cell, image)?.kinds().into_iter().map(|found| self.told(&found)).collect())
    }

    fn told(&self, marked: &Marked) -> BoxRecord {
        let category = self.data.categories.iter().find(|category| category.id == marked.category);
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        BoxRecord {
            kind: marked.kind,
            category: category.map(|category| category.name.clone()).unwrap_or_default(),
            bbox: <[f64; 4]>::from(marked.bbox).map(tenth),
            score: marked.score.map(|score| (score * 100.0).round() / 100.0),
        }
    }
}

/// A box with what it stands for.
struct Marked {
    kind: BoxKind,
    category: u64,
    bbox: BBox,
    /// Of a detection.
    score: Option<f64>,
}

/// The labels and detections of one image in one cell.
pub struct Seen {
    truth: Vec<Annotation>,
    detections: Vec<Detection>,
    /// The score from which detections count.
    min_confidence: f64,
}

impl Seen {
    fn matches(&self) -> Matches {
        match_claims(&self.truth, &self.detections, self.min_confidence)
    }

    /// Every box with what it stands for: what lies on top comes last.
    fn kinds(&self) -> Vec<Marked> {
        let matches = self.matches();
        let label = |kind: BoxKind, label: &Annotation| Marked {
            kind,
            category: label.category_id,
            bbox: label.bbox,
            score: None,
        };
        let detection = |kind: BoxKind| {
            move |&at: &usize| {
                let Detection { category_id, bbox, score } = self.detections[at];
                Marked { kind, category: category_id, bbox, score: Some(score) }
            }
        };
        let kind = |label: &Annotation| if label.iscrowd { BoxKind::Ignored } else { BoxKind::Truth };
        let labels = self.truth.iter().map(|truth| label(kind(truth), truth));
        let found = matches.found.iter().map(detection(BoxKind::Found));
        let spurious = matches.spurious.iter().map(detection(BoxKind::False));
        let missed = matches.missed.iter().map(|&at| label(BoxKind::Missed, &self.truth[at]));
        labels.chain(found).chain(spurious).chain(missed).collect()
    }

    /// A tile of a contact sheet.
    pub fn tile(&self, picture: RgbImage, caption: String) -> Tile {
        let boxes = self.kinds().into_iter().filter_map(|marked| Some((marked.bbox, stroke(marked.kind)?))).collect();
        Tile { picture, boxes, caption }
    }
}

/// How a box is drawn on a sheet, where labels that were found stay out: they lie below their detections.
fn stroke(kind: BoxKind) -> Option<Stroke> {
    match kind {
        BoxKind::Truth | BoxKind::Ignored => None,
        BoxKind::Found => Some(Stroke::Found),
        BoxKind::False => Some(Stroke::False),
        BoxKind::Missed => Some(Stroke::Missed),
    }
}
