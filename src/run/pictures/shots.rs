//! Shots: single images of a dataset as a model saw them, made again from the same seed, with the boxes on them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use image::RgbImage;

use crate::dataset::Dataset;
use crate::detection::{Annotation, Detection, Size};
use crate::draw::{Mark, Stroke, Tile};
use crate::eval::{Matches, MinConfidence, Similarity, error_kinds, match_claims};
use crate::position::{CellAt, ModelAt};
use crate::record::{BoxKind, BoxRecord, ErrorKind, ShotQuality};
use crate::run::execute::Found;
use crate::run::findings::{Findings, claims};
use crate::task::Task;

/// Looks at single images of a dataset again.
pub struct Shots<'a> {
    /// What is known of the run.
    pub findings: &'a Findings<'a>,
    /// The dataset.
    pub data: &'a Dataset,
    /// The one category that counts; `None` for all.
    pub category: Option<u64>,
    /// What answers are held against.
    pub truth: Truth,
}

/// What answers are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// The labels.
    Labels,
    /// What the same model said of the clean images: for figures of its agreement with itself.
    CleanAnswers,
    /// What a reference model said of the same pictures.
    Reference(ModelAt),
    /// Nothing: nobody has labelled the images.
    Nothing,
}

/// What the accepted model is called.
pub const ACCEPTED: &str = "baseline";

/// Whose answers are shown.
pub enum Pane {
    /// A cell's, by its position in the plan.
    Cell(CellAt),
    /// Those that were accepted of a cell, by image.
    Accepted {
        /// The cell's position in the plan.
        cell: CellAt,
        /// What was found in the images that are shown.
        found: BTreeMap<usize, Found>,
    },
}

impl Pane {
    /// The position of the cell in the plan.
    pub fn cell(&self) -> CellAt {
        match self {
            Self::Cell(cell) | Self::Accepted { cell, .. } => *cell,
        }
    }
}

impl Shots<'_> {
    /// The model of a side.
    pub fn model(&self, side: &Pane) -> String {
        match side {
            Pane::Cell(cell) => self.findings.plan.models[self.findings.plan.cells[*cell].model].name.clone(),
            Pane::Accepted { .. } => ACCEPTED.to_owned(),
        }
    }

    /// The condition of a side.
    pub fn condition(&self, side: &Pane) -> String {
        self.findings.plan.condition_of(side.cell()).condition.to_string()
    }

    /// The quality of the answer on every image of a cell; `None` if the cell was not measured.
    pub fn image_qualities(&self, cell: CellAt) -> Option<Vec<f64>> {
        let found = self.findings.predictions.cells[cell].value()?;
        let images = (0..self.data.images.len()).zip(found);
        Some(images.map(|(image, found)| self.quality(cell, image, found)).collect())
    }

    /// How right an answer is, 0..=1: of objects the F1 of the claims, of classes how much the label was given.
    pub fn quality(&self, cell: CellAt, image: usize, found: &Found) -> f64 {
        let seen = self.judge(cell, image, found);
        match (found.scores(), seen.truth.first()) {
            // A label that the answer does not name is ranked as if it had been given nothing.
            (Some(scores), Some(label)) if self.truth == Truth::Labels => {
                scores.probability(label.category_id).unwrap_or_default()
            }
            // Of classes also where the one that counts is not the label: it is right not to say it.
            _ => seen.f1(),
        }
    }

    /// How right the answer on a side is, as a record tells it; `None` where there is none.
    pub fn told_quality(&self, side: &Pane, image: usize) -> Option<ShotQuality> {
        let found = self.found(side, image)?;
        let seen = self.judge(side.cell(), image, found);
        Some(match (self.truth, found.scores()) {
            (Truth::Nothing, _) => ShotQuality::Unlabelled { claims: seen.claims().len() },
            (_, None) => ShotQuality::Objects { f1: seen.f1() },
            (Truth::Labels, Some(scores)) => {
                let label = self.data.annotations[image].first();
                ShotQuality::Label { label_score: label.and_then(|label| scores.probability(label.category_id)) }
            }
            // Of whole images F1 is 1 where the class is the same, and else 0.
            (Truth::CleanAnswers, Some(_)) => ShotQuality::Stability { is_same: seen.f1() == 1.0 },
            (Truth::Reference(_), Some(_)) => ShotQuality::Parity { agrees: seen.f1() == 1.0 },
        })
    }

    /// The labels and detections of an image on a side.
    pub fn seen(&self, side: &Pane, image: usize) -> Option<SeenImage> {
        Some(self.judge(side.cell(), image, self.found(side, image)?))
    }

    /// What was found in an image on a side.
    fn found<'s>(&'s self, side: &'s Pane, image: usize) -> Option<&'s Found> {
        match side {
            Pane::Cell(cell) => self.findings.predictions.cells[*cell].value()?.get(image),
            Pane::Accepted { found, .. } => found.get(&image),
        }
    }

    /// What was found in an image beside its labels as they are in a cell.
    pub fn judge(&self, cell: CellAt, image: usize, found: &Found) -> SeenImage {
        let planned = self.findings.plan.condition_of(cell);
        let counts = |id: u64| self.category.is_none_or(|category| category == id);
        let moved = |labels: &[Annotation]| {
            planned.remaining(self.findings.plan.seed, &self.data.images[image], labels, &self.data.categories)
        };
        let mut truth = match self.truth {
            Truth::Labels => moved(&self.data.annotations[image]),
            Truth::CleanAnswers => moved(&self.clean_claims(cell, image)),
            Truth::Reference(model) => self.claims_of(model, cell, image),
            Truth::Nothing => Vec::new(),
        };
        truth.retain(|annotation| counts(annotation.category_id));
        let size = planned.size(self.data.images[image].size());
        let mut detections = found.detections(size).into_owned();
        // What a picture of the one class that counts is taken for instead is the answer, and no other find.
        let is_answer = self.findings.plan.task == Task::Classify && !truth.is_empty();
        detections.retain(|detection| is_answer || counts(detection.category_id));
        let min_confidence = self.min_confidence(cell);
        // Those that count come first. Within a category that is their order already.
        detections.sort_by_key(|detection| !min_confidence.admits(detection));
        let unmatched = if self.truth == Truth::Nothing { BoxKind::Claim } else { BoxKind::False };
        SeenImage { similarity: Similarity::of(self.findings.plan.task), truth, detections, min_confidence, unmatched }
    }

    /// The score from which an answer counts: of classes the best one always does.
    fn min_confidence(&self, cell: CellAt) -> MinConfidence {
        let plan = self.findings.plan;
        match plan.task {
            Task::Detect => plan.min_confidence(plan.cells[cell].model, plan.cells[cell].dataset),
            Task::Classify => 0.0.into(),
        }
    }

    /// What the model of a cell said of the clean image, as if it were labels; nothing where it was not asked.
    fn clean_claims(&self, cell: CellAt, image: usize) -> Vec<Annotation> {
        let cell = &self.findings.plan.cells[cell];
        let clean = self.findings.plan.clean_cell(cell.model, cell.dataset);
        self.claims(clean, image, self.data.images[image].size())
    }

    /// What another model said of the picture of a cell, as if it were labels.
    fn claims_of(&self, model: ModelAt, cell: CellAt, image: usize) -> Vec<Annotation> {
        let plan = self.findings.plan;
        let other = plan.cell(model, plan.cells[cell].dataset, plan.cells[cell].condition);
        self.claims(other, image, plan.condition_of(cell).size(self.data.images[image].size()))
    }

    fn claims(&self, cell: Option<CellAt>, image: usize, size: Size) -> Vec<Annotation> {
        let Some(cell) = cell else { return Vec::new() };
        let found = self.findings.predictions.cells[cell].value().and_then(|found| found.get(image));
        found.map(|found| claims(&found.detections(size), &self.min_confidence(cell))).unwrap_or_default()
    }

    /// The image as the model saw it, of the clean `pixels`.
    pub fn picture(&self, cell: CellAt, image: usize, pixels: &RgbImage) -> RgbImage {
        let planned = self.findings.plan.condition_of(cell);
        let objects = self.data.boxes(image);
        planned.picture(self.findings.plan.seed, &self.data.images[image], pixels, &objects).into_owned()
    }

    /// The boxes of an image on a side, as a record holds them.
    pub fn boxes(&self, side: &Pane, image: usize) -> Option<Vec<BoxRecord>> {
        let seen = self.seen(side, image)?;
        let errors = error_kinds(seen.similarity, &self.data.categories, &seen.truth, seen.claims());
        let mut boxes: Vec<BoxRecord> = seen.kinds().into_iter().map(|found| self.told(&found, &errors)).collect();
        boxes.sort_by(in_order);
        Some(boxes)
    }

    /// The detections just below the score from which they count.
    pub fn below(&self, side: &Pane, image: usize) -> Option<Vec<BoxRecord>> {
        Some(self.seen(side, image)?.below().iter().map(|found| self.told(found, &[])).collect())
    }

    /// What was said of a whole image: `RBC`, or `RBC as WBC`, with the score.
    pub fn said(&self, seen: &SeenImage) -> String {
        let name = |id: u64| self.data.categories.iter().find(|category| category.id == id).map(|c| c.name.as_str());
        let label = seen.truth.first().and_then(|truth| name(truth.category_id)).unwrap_or_default();
        let Some(found) = seen.detections.first() else { return label.to_owned() };
        let score = found.score;
        match name(found.category_id) {
            Some(said) if said == label => format!("{label} {score:.2}"),
            Some(said) => format!("{label} as {said} {score:.2}"),
            None => format!("{label} as another class {score:.2}"),
        }
    }

    fn told(&self, marked: &Marked, errors: &[Option<ErrorKind>]) -> BoxRecord {
        let category = self.data.categories.iter().find(|category| category.id == marked.category);
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let Mark::Box(bbox) = marked.mark;
        BoxRecord {
            kind: marked.kind,
            category: category.map(|category| category.name.clone()).unwrap_or_default(),
            bbox: <[f64; 4]>::from(bbox).map(tenth),
            score: marked.score.map(|score| (score * 100.0).round() / 100.0),
            error: marked.claim.filter(|_| marked.kind == BoxKind::False).and_then(|at| *errors.get(at)?),
        }
    }
}

/// By what they stand for, the surest first: labels come in any order of their file.
fn in_order(one: &BoxRecord, other: &BoxRecord) -> Ordering {
    let scores = other.score.unwrap_or_default().total_cmp(&one.score.unwrap_or_default());
    let places =
        || one.bbox.iter().zip(&other.bbox).map(|(one, other)| one.total_cmp(other)).find(|found| found.is_ne());
    let kinds = one.kind.cmp(&other.kind);
    kinds.then(scores).then_with(|| places().unwrap_or(Ordering::Equal)).then_with(|| one.category.cmp(&other.category))
}

/// A mark with what it stands for.
struct Marked {
    kind: BoxKind,
    category: u64,
    mark: Mark,
    /// The score, where it is a detection's.
    score: Option<f64>,
    /// A detection's position among those of its image.
    claim: Option<usize>,
}

/// From which share of the score that counts a detection has fallen just below it: a model half as sure is not on the edge.
const JUST_BELOW: f64 = 0.5;

/// Detections shown of those, the surest: of a crowd that nobody counts the picture would be full.
const MOST_BELOW: usize = 6;

/// The labels and detections of one image in one cell.
pub struct SeenImage {
    similarity: Similarity,
    truth: Vec<Annotation>,
    detections: Vec<Detection>,
    /// The score from which detections count.
    min_confidence: MinConfidence,
    /// What a detection is that finds no label.
    unmatched: BoxKind,
}

impl SeenImage {
    /// How many labels nothing found.
    pub fn missed(&self) -> usize {
        self.matches().missed.len()
    }

    /// How many claims found nothing.
    pub fn spurious(&self) -> usize {
        self.matches().spurious.len()
    }

    /// F1 of the detections, 0..=1.
    pub fn f1(&self) -> f64 {
        self.matches().f1()
    }

    fn matches(&self) -> Matches {
        match_claims(self.similarity, &self.truth, &self.detections, &self.min_confidence)
    }

    /// Every mark with what it stands for: what lies on top comes last.
    fn kinds(&self) -> Vec<Marked> {
        let matches = self.matches();
        let label = |kind: BoxKind, label: &Annotation| Marked {
            kind,
            category: label.category_id,
            mark: Mark::of(label.bbox, &label.shape),
            score: None,
            claim: None,
        };
        let detection = |kind: BoxKind| move |&at: &usize| self.detection(kind, at);
        let kind = |label: &Annotation| if label.iscrowd { BoxKind::Ignored } else { BoxKind::Truth };
        let labels = self.truth.iter().map(|truth| label(kind(truth), truth));
        let found = matches.found.iter().map(detection(BoxKind::Found));
        let spurious = matches.spurious.iter().map(detection(self.unmatched));
        let missed = matches.missed.iter().map(|&at| label(BoxKind::Missed, &self.truth[at]));
        labels.chain(found).chain(spurious).chain(missed).collect()
    }

    fn detection(&self, kind: BoxKind, at: usize) -> Marked {
        let Detection { category_id, bbox, shape, score } = &self.detections[at];
        Marked { kind, category: *category_id, mark: Mark::of(*bbox, shape), score: Some(*score), claim: Some(at) }
    }

    /// The detections that count: they come first.
    pub fn claims(&self) -> &[Detection] {
        &self.detections[..self.detections.partition_point(|one| self.min_confidence.admits(one))]
    }

    /// The surest detections that do not count, as what they would be if they did.
    fn below(&self) -> Vec<Marked> {
        let lower =
            match_claims(self.similarity, &self.truth, &self.detections, &self.min_confidence.times(JUST_BELOW));
        let first = self.claims().len();
        let kinds = [(BoxKind::Found, &lower.found), (self.unmatched, &lower.spurious)];
        let is_below = |at: &&usize| **at >= first;
        let of_kind = |(kind, list): (BoxKind, &Vec<usize>)| {
            list.iter().filter(is_below).map(|at| self.detection(kind, *at)).collect::<Vec<_>>()
        };
        let mut below: Vec<Marked> = kinds.into_iter().flat_map(of_kind).collect();
        below.sort_by_key(|marked| marked.claim);
        below.truncate(MOST_BELOW);
        below
    }

    /// A tile of a contact sheet.
    pub fn tile(&self, picture: RgbImage, caption: String) -> Tile {
        // Around a whole image there is nothing to draw.
        let is_whole = self.truth.iter().any(|truth| truth.is_whole);
        let kinds = self.kinds().into_iter().filter(|_| !is_whole);
        let marks = kinds.filter_map(|marked| Some((marked.mark, stroke(marked.kind)?))).collect();
        Tile { picture, marks, caption }
    }
}

/// How a box is drawn on a sheet, where labels that were found stay out: they lie below their detections.
fn stroke(kind: BoxKind) -> Option<Stroke> {
    match kind {
        BoxKind::Truth | BoxKind::Ignored => None,
        BoxKind::Found => Some(Stroke::Found),
        BoxKind::False | BoxKind::Claim => Some(Stroke::False),
        BoxKind::Missed => Some(Stroke::Missed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::Shape;

    fn label(category_id: u64, x: f64) -> Annotation {
        Annotation {
            category_id,
            bbox: [x, 0.0, 10.0, 10.0].into(),
            shape: Shape::Box,
            area: 100.0,
            iscrowd: false,
            is_whole: false,
        }
    }

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: [x, 0.0, 10.0, 10.0].into(), shape: Shape::Box, score }
    }

    #[test]
    fn detections_just_below_the_threshold_are_what_they_would_be_above_it() {
        let seen = SeenImage {
            similarity: Similarity::Boxes,
            truth: vec![label(1, 0.0), label(1, 50.0), label(1, 100.0)],
            detections: vec![
                detection(1, 0.0, 0.9),
                detection(1, 50.0, 0.49), // Would find what is missed.
                detection(1, 0.0, 0.4),   // Would be one more of what is found.
                detection(1, 100.0, 0.2), // Far below.
            ],
            min_confidence: 0.5.into(),
            unmatched: BoxKind::False,
        };
        let below: Vec<(BoxKind, Option<f64>)> = seen.below().iter().map(|one| (one.kind, one.score)).collect();
        assert_eq!(below, [(BoxKind::Found, Some(0.49)), (BoxKind::False, Some(0.4))]);
        assert_eq!(seen.matches().missed, [1, 2], "they do not count");
    }
}
