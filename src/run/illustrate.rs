//! Illustrate: for every failed case the categories and images that lost most, and a sheet of those images, clean and
//! perturbed side by side, made again from the same seed.

use std::borrow::Cow;
use std::collections::HashSet;

use image::RgbImage;

use super::execute::{Predictions, decode};
use super::score::moved;
use crate::dataset::Dataset;
use crate::draw::{Stroke, Tile, jpeg, sheet};
use crate::eval::match_image;
use crate::gate::{Outcome, Verdict};
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
pub fn illustrate(
    plan: &Plan,
    predictions: &Predictions,
    scorecard: &Scorecard,
    verdicts: &[Verdict],
) -> Vec<Exhibit> {
    let mut drawn = HashSet::new();
    let exhibit = |(case, verdict): (&Case, &Verdict)| {
        if verdict.outcome != Outcome::Fail {
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
    drawn: &mut HashSet<usize>,
) -> Option<Exhibit> {
    let data = plan.datasets[case.dataset].state.as_ref().ok()?;
    let clean = plan.clean_cell(case)?;
    let score = |cell: usize| scorecard.cells[cell].value();
    let worst = worst_cell(case, &score)?;
    if worst == clean {
        return None;
    }
    let categories = category_losses(&data.categories, case.metric, score(clean)?, score(worst)?, LISTED);
    let images = image_losses(&data.images, score(clean)?, score(worst)?, LISTED);
    if images.is_empty() {
        return Some(Exhibit { categories, ..Exhibit::default() });
    }
    let path = format!("failures/{}.jpg", cell_slug(plan, worst));
    let picture = if drawn.insert(worst) {
        let shots = Shots { plan, predictions, data, clean, worst };
        shots.sheet(&images).and_then(|canvas| jpeg(&canvas)).map(|bytes| Picture { path: path.clone(), bytes })
    } else {
        None
    };
    let images = images.into_iter().map(|(_, loss)| loss).collect();
    Some(Exhibit { categories, images, path: Some(path), picture })
}

/// Of the cells of a case the one with the lowest figure.
fn worst_cell<'s>(case: &Case, score: &impl Fn(usize) -> Option<&'s CellScore>) -> Option<usize> {
    let figures = case.cells.iter().filter_map(|&cell| Some((cell, score(cell)?.figure(case.metric, None)?)));
    figures.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(cell, _)| cell)
}

fn cell_slug(plan: &Plan, cell: usize) -> String {
    let cell = &plan.cells[cell];
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    format!("{model}.{dataset}.{}", plan.conditions[cell.condition].condition)
}

/// Makes the pictures of a sheet.
struct Shots<'a> {
    plan: &'a Plan,
    predictions: &'a Predictions,
    data: &'a Dataset,
    clean: usize,
    worst: usize,
}

impl Shots<'_> {
    /// `None` if an image cannot be decoded any more.
    fn sheet(&self, images: &[(usize, ImageLoss)]) -> Option<RgbImage> {
        let rows = images.iter().map(|(at, loss)| self.row(*at, loss)).collect::<Option<Vec<_>>>()?;
        Some(sheet(&cell_slug(self.plan, self.worst), &rows))
    }

    fn row(&self, image: usize, loss: &ImageLoss) -> Option<Vec<Tile>> {
        let (pixels, _) = decode(&self.data.images[image]).ok()?;
        Some(vec![self.tile(self.clean, image, &pixels, loss.clean)?, self.tile(self.worst, image, &pixels, loss.perturbed)?])
    }

    fn tile(&self, cell: usize, image: usize, pixels: &RgbImage, f1: f64) -> Option<Tile> {
        let planned = &self.plan.conditions[self.plan.cells[cell].condition];
        let record = &self.data.images[image];
        let picture = match &planned.setting {
            None => Cow::Borrowed(pixels),
            Some(setting) => Cow::Owned(setting.apply(self.plan.seed, record, pixels)),
        };
        let truth = moved(planned, self.plan.seed, record, &self.data.annotations[image]);
        let detections = self.predictions.cells[cell].value()?.get(image)?;
        let matches = match_image(&truth, detections);
        let missed = matches.missed.iter().map(|&at| (truth[at].bbox, Stroke::Missed));
        let spurious = matches.spurious.iter().map(|&at| (detections[at].bbox, Stroke::False));
        let found = matches.found.iter().map(|&at| (detections[at].bbox, Stroke::Found));
        Some(Tile {
            picture: picture.into_owned(),
            boxes: found.chain(spurious).chain(missed).collect(),
            caption: format!("F1 {f1:.2} {}", record.file_name),
        })
    }
}
