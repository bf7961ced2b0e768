//! Illustrate: for every failed case the categories and images that lost most, and a sheet of those images, clean and
//! perturbed side by side, made again from the same seed.

use std::collections::HashSet;

use image::RgbImage;

use super::execute::Predictions;
use super::image_file::decode;
use super::judge::Judged;
use super::score::moved;
use crate::dataset::Dataset;
use crate::detection::{Annotation, BBox, Detection};
use crate::draw::{Stroke, Tile, jpeg, sheet};
use crate::eval::{Matches, match_image};
use crate::gate::Outcome;
use crate::plan::{Case, Plan};
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
    let exhibit = |(case, judged): (&Case, &Judged)| {
        if judged.verdict.outcome != Outcome::Fail {
            return Exhibit::default();
        }
        exhibit(plan, predictions, scorecard, case, &mut drawn).unwrap_or_default()
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
) -> Option<Exhibit> {
    let data = plan.datasets[case.dataset].state.as_ref().ok()?;
    let category = case.category.as_ref().and_then(|name| data.category(name)).map(|category| category.id);
    let clean = plan.clean_cell(case.model, case.dataset)?;
    let score = |cell: usize| scorecard.cells[cell].value();
    let worst = worst_cell(case, category, &score)?;
    if worst == clean {
        return None;
    }
    let mut categories = category_losses(&data.categories, case.metric, score(clean)?, score(worst)?, LISTED);
    categories.retain(|loss| case.category.as_ref().is_none_or(|name| loss.category == *name));
    let shots = Shots { plan, predictions, data, category };
    let images = image_losses(&data.images, &shots.image_f1(clean)?, &shots.image_f1(worst)?, LISTED);
    if images.is_empty() {
        return Some(Exhibit { categories, ..Exhibit::default() });
    }
    let name = sheet_name(plan, worst, category);
    let path = format!("failures/{name}.jpg");
    let picture = if drawn.insert(name.clone()) {
        let canvas = shots.sheet(&name, clean, worst, &images);
        canvas.and_then(|canvas| jpeg(&canvas)).map(|bytes| Picture { path: path.clone(), bytes })
    } else {
        None
    };
    let images = images.into_iter().map(|(_, loss)| loss).collect();
    Some(Exhibit { categories, images, path: Some(path), picture })
}

/// Of the cells of a case the one with the lowest figure.
fn worst_cell<'s>(
    case: &Case,
    category: Option<u64>,
    score: &impl Fn(usize) -> Option<&'s CellScore>,
) -> Option<usize> {
    let figures = case.cells.iter().filter_map(|&cell| Some((cell, score(cell)?.figure(case.metric, category)?)));
    figures.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(cell, _)| cell)
}

/// `model.dataset.condition`, and the id of the one category shown.
fn sheet_name(plan: &Plan, cell: usize, category: Option<u64>) -> String {
    let cell = &plan.cells[cell];
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let category = category.map(|id| format!(".category-{id}")).unwrap_or_default();
    format!("{model}.{dataset}.{}{category}", plan.conditions[cell.condition].condition)
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
        Some(Seen { truth, detections })
    }

    /// `None` if an image cannot be decoded any more.
    fn sheet(&self, title: &str, clean: usize, worst: usize, images: &[(usize, ImageLoss)]) -> Option<RgbImage> {
        let row = |(image, loss): &(usize, ImageLoss)| {
            let pixels = decode(&self.data.images[*image]).ok()?;
            let before = self.tile(clean, *image, &pixels, format!("F1 {:.2} {}", loss.clean, loss.file_name))?;
            let condition = &self.plan.conditions[self.plan.cells[worst].condition].condition;
            Some(vec![before, self.tile(worst, *image, &pixels, format!("F1 {:.2} {condition}", loss.perturbed))?])
        };
        let rows = images.iter().map(row).collect::<Option<Vec<_>>>()?;
        Some(sheet(title, &rows, &[Stroke::Found, Stroke::Missed, Stroke::False]))
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
}

impl Seen {
    fn matches(&self) -> Matches {
        match_image(&self.truth, &self.detections)
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
