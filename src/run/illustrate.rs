//! Illustrate: for every failed case the categories and images that lost most, and a sheet of those images, clean and
//! perturbed side by side, made again from the same seed.

use std::collections::{BTreeMap, HashSet};

use image::RgbImage;

use super::drawn::Drawn;
use super::execute::Predictions;
use super::gallery::{Lost, gallery};
use super::image_file::decode;
use super::judge::Judged;
use super::score::with_cell;
use super::shots::Shots;
use crate::digest::Digest;
use crate::draw::{Stroke, jpeg, sheet};
use crate::eval::tide;
use crate::failure::Measured;
use crate::gate::Outcome;
use crate::plan::{Against, Case, Cell, Plan};
use crate::record::{ErrorSplit, GalleryRecord, Tide};
use crate::score::{CategoryLoss, ImageLoss, Scorecard, category_losses, image_losses};
use crate::slice::SliceName;

/// The folder of a run's pictures, beside its record.
pub const PICTURES: &str = "failures";

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
    /// The same images one by one, with the first case that names the path.
    pub gallery: Option<GalleryRecord>,
    /// The sheet and the images that no case before had.
    pub pictures: Vec<Picture>,
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
    figures: &Drawn,
    verdicts: &[Judged],
) -> Vec<Exhibit> {
    let mut drawn = HashSet::new();
    let mut splits = Splits { plan, predictions, known: BTreeMap::new() };
    let exhibit = |(case, judged): (&Case, &Judged)| {
        if judged.verdict.outcome != Outcome::Fail {
            return Exhibit::default();
        }
        exhibit(plan, predictions, (scorecard, figures), case, &mut drawn, &mut splits).unwrap_or_default()
    };
    plan.cases.iter().zip(verdicts).map(exhibit).collect()
}

/// `None` where there is no clean cell to compare with.
fn exhibit(
    plan: &Plan,
    predictions: &Predictions,
    (scorecard, figures): (&Scorecard, &Drawn),
    case: &Case,
    drawn: &mut HashSet<String>,
    splits: &mut Splits<'_>,
) -> Option<Exhibit> {
    let data = plan.datasets[case.dataset].state.as_ref().ok()?;
    let position = |name: &String| data.categories.iter().position(|category| category.name == *name);
    let slot = case.category.as_ref().and_then(position);
    let category = slot.map(|slot| data.categories[slot].id);
    let seen = |cell: usize, category: Option<usize>| match &case.slice {
        None => scorecard.cells[cell].value()?.figure(case.read, category),
        Some(slice) => figures.on_slice(cell, case.read, slice).value()?.values.figure(category),
    };
    let worst = worst_cell(case, slot, &seen)?;
    let before = before(plan, case, worst)?;
    let is_measured = case.slice.is_none() || case.every_cell().any(|cell| cell == before);
    let figure = |cell: usize| move |at: usize| if is_measured { seen(cell, Some(at)) } else { None };
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
    let errors = match case.slice {
        None => splits.of(before).zip(splits.of(worst)).map(|(before, after)| ErrorSplit { before, after }),
        // They are told of whole cells.
        Some(_) => None,
    };
    let shots = Shots { plan, predictions, data, category };
    let (f1, mut worst_f1) = (shots.image_f1(before)?, shots.image_f1(worst)?);
    if let Some(found) = case.slice.as_ref().and_then(|slice| figures.on_slice(worst, case.read, slice).value()) {
        found.slice.leave_out(&f1, &mut worst_f1);
    }
    let images = image_losses(&data.images, &f1, &worst_f1, LISTED);
    if images.is_empty() {
        return Some(Exhibit { categories, errors, cell: Some(worst), ..Exhibit::default() });
    }
    let name = sheet_name(plan, case, worst, category);
    let path = format!("{PICTURES}/{name}.jpg");
    let mut found = Exhibit { categories, errors, cell: Some(worst), path: Some(path.clone()), ..Exhibit::default() };
    if drawn.insert(name.clone()) {
        let artist = Artist { shots, before, worst };
        let lost = artist.lost(&images).unwrap_or_default();
        let canvas = artist.sheet(&name, &lost).filter(|_| !lost.is_empty());
        found
            .pictures
            .extend(canvas.and_then(|canvas| jpeg(&canvas)).map(|bytes| Picture { path: path.clone(), bytes }));
        if let Some((gallery, pictures)) = gallery(&artist.shots, path, [before, worst], &lost, drawn) {
            found.gallery = Some(gallery).filter(|gallery| !gallery.pairs.is_empty());
            found.pictures.extend(pictures);
        }
    }
    found.images = images.into_iter().map(|(_, loss)| loss).collect();
    Some(found)
}

/// The accepted figures of single categories, for a case that is compared with them.
fn accepted<'p>(plan: &'p Plan, case: &Case, cell: usize) -> Option<&'p BTreeMap<String, f64>> {
    if case.other != Some(Against::Baseline) {
        return None;
    }
    let baseline = plan.baseline.state.as_ref().ok()?.as_ref()?;
    Some(&baseline.details.get(&plan.figure_key(case, cell))?.categories)
}

/// The cell that one of a case's is held against: the reference model's under the same condition, or the clean one.
fn before(plan: &Plan, case: &Case, cell: usize) -> Option<usize> {
    match &case.other {
        Some(Against::Reference { cells, .. }) => {
            cells.get(case.cells.iter().position(|&other| other == cell)?).copied()
        }
        Some(Against::Baseline) | None => plan.clean_cell(plan.cells[cell].model, case.dataset),
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
fn worst_cell(
    case: &Case,
    category: Option<usize>,
    seen: &impl Fn(usize, Option<usize>) -> Option<f64>,
) -> Option<usize> {
    let figures = case.cells.iter().filter_map(|&cell| Some((cell, seen(cell, category)?)));
    let better = case.read.better;
    figures.max_by(|(_, a), (_, b)| better.loss(0.0, *a).total_cmp(&better.loss(0.0, *b))).map(|(cell, _)| cell)
}

/// `model.dataset.condition`, the model it is compared with, the id of the one category shown, and the slice.
fn sheet_name(plan: &Plan, case: &Case, cell: usize, category: Option<u64>) -> String {
    let cell = &plan.cells[cell];
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let category = category.map(|id| format!(".category-{id}")).unwrap_or_default();
    let other = match &case.other {
        Some(Against::Reference { model, .. }) => format!(".against-{}", plan.models[*model].name),
        Some(Against::Baseline) | None => String::new(),
    };
    let slice = case.slice.as_ref().map(|slice| format!(".{}", file_name_of(slice))).unwrap_or_default();
    format!("{model}.{dataset}.{}{other}{category}{slice}", plan.conditions[cell.condition].condition)
}

/// A slice's name as a part of a file's: what datasets say may hold letters that file systems forbid.
fn file_name_of(slice: &SliceName) -> String {
    let name = slice.to_string();
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    let text: String = name.chars().map(plain).collect();
    if text.replacen('-', ":", 1) == name {
        text
    } else {
        format!("{text}.{}", Digest::of_bytes(name.as_bytes()).short())
    }
}

/// Draws what failed.
struct Artist<'a> {
    shots: Shots<'a>,
    before: usize,
    worst: usize,
}

impl Artist<'_> {
    /// `None` if an image cannot be decoded any more.
    fn lost<'l>(&self, images: &'l [(usize, ImageLoss)]) -> Option<Vec<Lost<'l>>> {
        let lost =
            |(image, loss): &'l (usize, ImageLoss)| Some((*image, loss, decode(&self.shots.data.images[*image]).ok()?));
        images.iter().map(lost).collect()
    }

    fn sheet(&self, title: &str, images: &[Lost<'_>]) -> Option<RgbImage> {
        let row = |(image, loss, pixels): &Lost<'_>| {
            let (left, right) = self.captions(&loss.file_name);
            let tile = |cell: usize, f1: f64, what: String| {
                let picture = self.shots.picture(cell, *image, pixels);
                Some(self.shots.seen(cell, *image)?.tile(picture, format!("F1 {f1:.2} {what}")))
            };
            Some(vec![tile(self.before, loss.before, left)?, tile(self.worst, loss.after, right)?])
        };
        let rows = images.iter().map(row).collect::<Option<Vec<_>>>()?;
        Some(sheet(title, &rows, &[Stroke::Found, Stroke::Missed, Stroke::False]))
    }

    /// What the two pictures of a row show: two conditions of one model, or two models under one condition.
    fn captions(&self, file_name: &str) -> (String, String) {
        let plan = self.shots.plan;
        let (one, other) = (&plan.cells[self.before], &plan.cells[self.worst]);
        if one.model == other.model {
            return (file_name.to_owned(), plan.conditions[other.condition].condition.to_string());
        }
        let name = |cell: &Cell| plan.models[cell.model].name.clone();
        (format!("{} {file_name}", name(one)), name(other))
    }
}
