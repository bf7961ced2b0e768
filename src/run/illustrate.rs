//! Illustrate: for every failed case the categories and images that lost most, and a sheet of those images, clean and
//! perturbed side by side, made again from the same seed.

use std::collections::{BTreeMap, HashSet};

use image::RgbImage;

use super::evidence::figure_key;
use super::execute::Predictions;
use super::image_file::decode;
use super::judge::Judged;
use super::score::{moved, with_cell};
use crate::dataset::Dataset;
use crate::detection::{Annotation, BBox, Detection};
use crate::draw::{Stroke, Tile, jpeg, sheet};
use crate::eval::{Matches, match_claims, tide};
use crate::failure::Measured;
use crate::gate::Outcome;
use crate::plan::{Against, Case, Cell, Plan};
use crate::record::{ErrorSplit, Tide};
use crate::score::{CategoryLoss, CellScore, ImageLoss, Scorecard, category_losses, image_losses};

/// Categories and images listed with a failed case.
const LISTED: usize = 4;

/// What is shown with a case; empty for all but failed ones.
#[derive(Default)]
pub struct Exhibit {
    /// The categories that lost most.
    pub categories: Vec<CategoryLoss>,
    /// The images that lost most.
    pub images: Vec<ImageLoss>,
    /// Which errors cost how much, before and after.
    pub errors: Option<ErrorSplit>,
    /// The cell that the images are of.
    pub cell: Option<usize>,
    /// The path of the sheet, relative to the record.
    pub path: Option<String>,
    /// The sheet, with the first case that names its path.
    pub picture: Option<Picture>,
}

/// A picture of a failed case.
pub struct Picture {
    /// The path, relative to the record.
    pub path: String,
    /// A JPEG file.
    pub bytes: Vec<u8>,
}

/// The exhibits of all cases, in the order of the plan.
pub fn illustrate(plan: &Plan, predictions: &Predictions, scorecard: &Scorecard, verdicts: &[Judged]) -> Vec<Exhibit> {
    let mut drawn = HashSet::new();
    let mut splits = Splits { plan, predictions, known: BTreeMap::new() };
    let exhibit = |(case, judged): (&Case, &Judged)| {
        if judged.verdict.outcome != Outcome::Fail {
            return Exhibit::default();
        }
        exhibit(plan, predictions, scorecard, case, &mut drawn, &mut splits).unwrap_or_default()
    };
    plan.cases.iter().zip(verdicts).map(exhibit).collect()
}

/// `None` where there is no clean cell to compare with.
fn exhibit(
    plan: &Plan,
    predictions: &Predictions,
    scorecard: &Scorecard,
    case: &Case,
    drawn: &mut HashSet<String>,
    splits: &mut Splits<'_>,
) -> Option<Exhibit> {
    let data = plan.datasets[case.dataset].state.as_ref().ok()?;
    let position = |name: &String| data.categories.iter().position(|category| category.name == *name);
    let slot = case.category.as_ref().and_then(position);
    let category = slot.map(|slot| data.categories[slot].id);
    let score = |cell: usize| scorecard.cells[cell].value();
    let worst = worst_cell(case, slot, &score)?;
    let before = before(plan, case, worst)?;
    let figure = |cell: usize| move |at: usize| score(cell)?.figure(case.read, Some(at));
    let better = case.read.better;
    let mut categories = match accepted(plan, case, worst) {
        Some(accepted) => {
            let then = |at: usize| accepted.get(&data.categories[at].name).copied();
            category_losses(&data.categories, better, then, figure(worst), LISTED)
        }
        None => category_losses(&data.categories, better, figure(before), figure(worst), LISTED),
    };
    categories.retain(|loss| case.category.as_ref().is_none_or(|name| loss.category == *name));
    if worst == before {
        return Some(Exhibit { categories, ..Exhibit::default() });
    }
    let errors = splits.of(before).zip(splits.of(worst)).map(|(before, after)| ErrorSplit { before, after });
    let shots = Shots { plan, predictions, data, category };
    let images = image_losses(&data.images, &shots.image_f1(before)?, &shots.image_f1(worst)?, LISTED);
    if images.is_empty() {
        return Some(Exhibit { categories, errors, cell: Some(worst), ..Exhibit::default() });
    }
    let name = sheet_name(plan, case, worst, category);
    let path = format!("failures/{name}.jpg");
    let picture = if drawn.insert(name.clone()) {
        let canvas = shots.sheet(&name, before, worst, &images);
        canvas.and_then(|canvas| jpeg(&canvas)).map(|bytes| Picture { path: path.clone(), bytes })
    } else {
        None
    };
    let images = images.into_iter().map(|(_, loss)| loss).collect();
    Some(Exhibit { categories, images, errors, cell: Some(worst), path: Some(path), picture })
}

/// The accepted figures of single categories, for a case that is compared with them.
fn accepted<'p>(plan: &'p Plan, case: &Case, cell: usize) -> Option<&'p BTreeMap<String, f64>> {
    if case.other != Some(Against::Baseline) {
        return None;
    }
    let baseline = plan.baseline.state.as_ref().ok()?.as_ref()?;
    Some(&baseline.details.get(&figure_key(plan, case, cell))?.categories)
}

/// The cell that one of a case's is held against: the reference model's under the same condition, or the clean one.
fn before(plan: &Plan, case: &Case, cell: usize) -> Option<usize> {
    match &case.other {
        Some(Against::Reference { cells, .. }) => {
            cells.get(case.cells.iter().position(|&other| other == cell)?).copied()
        }
        Some(Against::Baseline) | None => plan.clean_cell(case.model, case.dataset),
    }
}

/// TIDE's splits of the errors of cells, each made once.
struct Splits<'a> {
    plan: &'a Plan,
    predictions: &'a Predictions,
    known: BTreeMap<usize, Option<Tide>>,
}

impl Splits<'_> {
    fn of(&mut self, cell: usize) -> Option<Tide> {
        let (plan, predictions) = (self.plan, self.predictions);
        *self.known.entry(cell).or_insert_with(|| {
            let split = with_cell(plan, predictions, cell, None, |_, data| {
                Measured::Value(tide(data.images, data.categories, data.annotations, data.detections).ok())
            });
            split.value().copied().flatten()
        })
    }
}

/// Of the cells of a case the one with the worst figure.
fn worst_cell<'s>(
    case: &Case,
    category: Option<usize>,
    score: &impl Fn(usize) -> Option<&'s CellScore>,
) -> Option<usize> {
    let figures = case.cells.iter().filter_map(|&cell| Some((cell, score(cell)?.figure(case.read, category)?)));
    let better = case.read.better;
    figures.max_by(|(_, a), (_, b)| better.loss(0.0, *a).total_cmp(&better.loss(0.0, *b))).map(|(cell, _)| cell)
}

/// `model.dataset.condition`, the model it is compared with, and the id of the one category shown.
fn sheet_name(plan: &Plan, case: &Case, cell: usize, category: Option<u64>) -> String {
    let cell = &plan.cells[cell];
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let category = category.map(|id| format!(".category-{id}")).unwrap_or_default();
    let other = match &case.other {
        Some(Against::Reference { model, .. }) => format!(".against-{}", plan.models[*model].name),
        Some(Against::Baseline) | None => String::new(),
    };
    format!("{model}.{dataset}.{}{other}{category}", plan.conditions[cell.condition].condition)
}

/// Looks at single images of a dataset again.
struct Shots<'a> {
    plan: &'a Plan,
    predictions: &'a Predictions,
    data: &'a Dataset,
    /// The one category that counts; `None` for all.
    category: Option<u64>,
}

impl Shots<'_> {
    /// The F1 of every image of a cell; `None` if the cell was not measured.
    fn image_f1(&self, cell: usize) -> Option<Vec<f64>> {
        (0..self.data.images.len()).map(|image| Some(self.seen(cell, image)?.matches().f1())).collect()
    }

    /// The labels and detections of an image in a cell.
    fn seen(&self, cell: usize, image: usize) -> Option<Seen> {
        let planned = &self.plan.conditions[self.plan.cells[cell].condition];
        let counts = |id: u64| self.category.is_none_or(|category| category == id);
        let labels = &self.data.annotations[image];
        let mut truth = moved(planned, self.plan.seed, &self.data.images[image], labels, &self.data.categories);
        truth.retain(|annotation| counts(annotation.category_id));
        let mut detections = self.predictions.cells[cell].value()?.get(image)?.detections().into_owned();
        detections.retain(|detection| counts(detection.category_id));
        Some(Seen { truth, detections, min_confidence: self.plan.settings.min_confidence })
    }

    /// `None` if an image cannot be decoded any more.
    fn sheet(&self, title: &str, before: usize, worst: usize, images: &[(usize, ImageLoss)]) -> Option<RgbImage> {
        let row = |(image, loss): &(usize, ImageLoss)| {
            let pixels = decode(&self.data.images[*image]).ok()?;
            let (left, right) = self.captions(before, worst, &loss.file_name);
            let tile =
                |cell: usize, f1: f64, what: String| self.tile(cell, *image, &pixels, format!("F1 {f1:.2} {what}"));
            Some(vec![tile(before, loss.before, left)?, tile(worst, loss.after, right)?])
        };
        let rows = images.iter().map(row).collect::<Option<Vec<_>>>()?;
        Some(sheet(title, &rows, &[Stroke::Found, Stroke::Missed, Stroke::False]))
    }

    /// What the two pictures of a row show: two conditions of one model, or two models under one condition.
    fn captions(&self, before: usize, worst: usize, file_name: &str) -> (String, String) {
        let (one, other) = (&self.plan.cells[before], &self.plan.cells[worst]);
        if one.model == other.model {
            return (file_name.to_owned(), self.plan.conditions[other.condition].condition.to_string());
        }
        let name = |cell: &Cell| self.plan.models[cell.model].name.clone();
        (format!("{} {file_name}", name(one)), name(other))
    }

    fn tile(&self, cell: usize, image: usize, pixels: &RgbImage, caption: String) -> Option<Tile> {
        let planned = &self.plan.conditions[self.plan.cells[cell].condition];
        let record = &self.data.images[image];
        let picture = match &planned.setting {
            None => pixels.clone(),
            Some(setting) => {
                let objects: Vec<BBox> = self.data.annotations[image].iter().map(|a| a.bbox).collect();
                setting.apply(self.plan.seed, record, pixels, &objects)
            }
        };
        let seen = self.seen(cell, image)?;
        Some(Tile { picture, boxes: seen.boxes(), caption })
    }
}

/// The labels and detections of one image in one cell.
struct Seen {
    truth: Vec<Annotation>,
    detections: Vec<Detection>,
    /// The score from which detections count.
    min_confidence: f64,
}

impl Seen {
    fn matches(&self) -> Matches {
        match_claims(&self.truth, &self.detections, self.min_confidence)
    }

    fn boxes(&self) -> Vec<(BBox, Stroke)> {
        let matches = self.matches();
        let detections = |list: &[usize], stroke: Stroke| {
            list.iter().map(|&at| (self.detections[at].bbox, stroke)).collect::<Vec<_>>()
        };
        let missed = matches.missed.iter().map(|&at| (self.truth[at].bbox, Stroke::Missed));
        let mut boxes = detections(&matches.found, Stroke::Found);
        boxes.extend(detections(&matches.spurious, Stroke::False));
        boxes.extend(missed);
        boxes
    }
}
