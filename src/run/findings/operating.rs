//! Operating points: from which score to count what a model finds of each category, chosen on the clean images of one dataset
//! and judged everywhere that the model was run.

use rayon::prelude::*;

use super::all::Findings;
use super::cell::with_cell;
use super::drawn::SEED;
use super::score::is_labelled;
use crate::detection::Category;
use crate::eval::{
    Counts, Cut, Goal, Graded, Interval, MinConfidence, OperatingTable, OwnConfidence, RankedClaims, Resamples,
    match_claims,
};
use crate::failure::Measured;
use crate::plan::Plan;
use crate::position::{CellAt, DatasetAt, ModelAt};
use crate::run::execute::Predictions;
use crate::run::threads::Threads;
use crate::score::{CellData, Content, Objects};

/// The thresholds of a model, and what they come to.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatingPoints {
    /// Of each category of the dataset that they were chosen on, in its order.
    pub categories: Vec<CategoryPoint>,
    /// What they come to in every cell with labels that the model was run in.
    pub cells: Vec<HeldCell>,
}

/// A category's threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryPoint {
    /// Its name.
    pub name: String,
    /// How many objects of it there are in the images that the threshold was chosen on.
    pub objects: u64,
    /// The threshold; where none meets the goal the most that the figure reaches, `None` without objects or detections.
    pub point: Result<Point, Option<f64>>,
}

/// A threshold with how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Detections of at least this score count, 0..=1.
    pub threshold: f64,
    /// Where thresholds lie that are chosen on resampled images.
    pub interval: Option<Interval>,
    /// What it comes to on the images that it was chosen on.
    pub figures: Figures,
    /// What thresholds chosen on resampled images come to on the images that were not drawn: what new images would show.
    pub unseen: Counts,
    /// In how many resamples the goal could be met.
    pub met: usize,
}

/// Precision and recall, each with an interval of resampled images.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The counts.
    pub counts: Counts,
    /// The interval of the precision.
    pub precision: Option<Interval>,
    /// The interval of the recall.
    pub recall: Option<Interval>,
}

/// What the thresholds come to in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldCell {
    /// The cell.
    pub cell: CellAt,
    /// Over all categories, or why it was not measured.
    pub all: Result<Figures, String>,
    /// Of each category of its dataset that has a threshold, by its name.
    pub per_category: Vec<(String, Counts)>,
}

/// Chooses the thresholds of each of `models` on the clean images of `dataset`, and judges them in all of its cells.
///
/// # Errors
/// Why a clean cell has no detections to choose from.
pub fn operating_points(
    plan: &Plan,
    predictions: Predictions,
    (models, dataset): (&[ModelAt], DatasetAt),
    goal: Goal,
    threads: &Threads,
) -> Result<Vec<OperatingPoints>, String> {
    let findings = Findings::new(plan, predictions, false);
    let of_model = |&model: &ModelAt| {
        let points = of_model(&findings, (model, dataset), goal, threads);
        points.map_err(|reason| format!("model `{}`: {reason}", plan.models[model].name))
    };
    models.iter().map(of_model).collect()
}

fn of_model(
    findings: &Findings<'_>,
    (model, dataset): (ModelAt, DatasetAt),
    goal: Goal,
    threads: &Threads,
) -> Result<OperatingPoints, String> {
    let plan = findings.plan;
    let Some(clean) = plan.clean_cell(model, dataset) else {
        return Err("it was not run on the clean images".to_owned());
    };
    let categories = chosen(findings, clean, goal, threads)?;
    let own = categories.iter().filter_map(|one| Some((one.name.clone(), one.point.as_ref().ok()?.threshold)));
    let own = OwnConfidence::Each(own.collect());
    let cells = plan.cells.numbered().filter(|(_, cell)| cell.model == model && is_labelled(plan, cell.dataset));
    let cells: Vec<CellAt> = cells.map(|(at, _)| at).collect();
    let cells = threads.spread(|| cells.into_par_iter().map(|cell| held(findings, cell, &own)).collect());
    Ok(OperatingPoints { categories, cells })
}

fn chosen(findings: &Findings<'_>, clean: CellAt, goal: Goal, threads: &Threads) -> Result<Vec<CategoryPoint>, String> {
    let resampled = with_cell(findings, clean, None, |_, data| {
        let Content::Objects(objects) = data.content else {
            return Measured::Blocked("it names classes of whole images, which have no threshold".to_owned());
        };
        let resamples = Resamples::new(data.images.len(), findings.plan.resamples, SEED);
        let level = findings.plan.confidence;
        let ranked = ranked(data, &objects).into_par_iter().zip(data.categories);
        let point = |(ranked, category): (RankedClaims, &Category)| point(&ranked, category, goal, &resamples, level);
        Measured::Value(threads.spread(|| ranked.map(point).collect()))
    });
    match resampled {
        Measured::Value(points) => Ok(points),
        Measured::Failed(failure) => Err(failure.message),
        Measured::Blocked(reason) => Err(reason),
    }
}

/// The detections of each category of a cell, matched whatever their score.
fn ranked(data: &CellData<'_>, objects: &Objects<'_>) -> Vec<RankedClaims> {
    let images = data.images.len();
    let place = |id: u64| data.categories.iter().position(|category| category.id == id);
    let mut claims: Vec<Vec<Graded>> = vec![Vec::new(); data.categories.len()];
    let mut wanted = vec![vec![0; images]; data.categories.len()];
    (0..images).for_each(|image| {
        let (annotations, detections) = (objects.annotations.of(image), objects.detections.of(image));
        for at in annotations.iter().filter(|one| !one.iscrowd).filter_map(|one| place(one.category_id)) {
            wanted[at][image] += 1;
        }
        let matches = match_claims(objects.similarity, &annotations, &detections, &0.0.into());
        let right = matches.found.iter().map(|&at| (at, true));
        for (at, is_right) in right.chain(matches.spurious.iter().map(|&at| (at, false))) {
            let detection = &detections[at];
            if let Some(category) = place(detection.category_id) {
                claims[category].push(Graded { image, score: detection.score, is_right });
            }
        }
    });
    claims.into_iter().zip(wanted).map(|(claims, objects)| RankedClaims::new(claims, objects)).collect()
}

fn point(ranked: &RankedClaims, category: &Category, goal: Goal, resamples: &Resamples, level: f64) -> CategoryPoint {
    let once = vec![1; resamples.images()];
    let objects = ranked.objects(&once);
    let name = category.name.clone();
    let Some(Cut { threshold, counts }) = ranked.cut(goal, &once) else {
        return CategoryPoint { name, objects, point: Err(ranked.most(goal, &once)) };
    };
    let (mut thresholds, mut draws, mut unseen) = (Vec::new(), Vec::new(), Counts::default());
    for weights in resamples.iter() {
        draws.push(ranked.counts(threshold, &weights));
        if let Some(cut) = ranked.cut(goal, &weights) {
            thresholds.push(cut.threshold);
            let left_out: Vec<u32> = weights.iter().map(|&weight| u32::from(weight == 0)).collect();
            unseen = unseen.plus(ranked.counts(cut.threshold, &left_out));
        }
    }
    let (interval, met) = (Interval::percentile(&thresholds, level), thresholds.len());
    let figures = figures(counts, &draws, level);
    CategoryPoint { name, objects, point: Ok(Point { threshold, interval, figures, unseen, met }) }
}

fn figures(counts: Counts, draws: &[Counts], level: f64) -> Figures {
    let interval = |figure: fn(&Counts) -> Option<f64>| {
        Interval::percentile(&draws.iter().filter_map(figure).collect::<Vec<_>>(), level)
    };
    Figures { counts, precision: interval(Counts::precision), recall: interval(Counts::recall) }
}

/// What the thresholds `own` come to in a cell. Categories without one are left out: nobody would count them.
fn held(findings: &Findings<'_>, cell: CellAt, own: &OwnConfidence) -> HeldCell {
    let plan = findings.plan;
    let measured = with_cell(findings, cell, None, |_, data| {
        let Content::Objects(objects) = data.content else { return Measured::Blocked("of classes".to_owned()) };
        let min = own.of(data.categories, f64::INFINITY);
        let is_meant: Vec<bool> = data.categories.iter().map(|one| min.of(one.id).is_finite()).collect();
        match counted(data, &objects, &min) {
            Ok(table) => Measured::Value((table, is_meant)),
            Err(unscorable) => Measured::Blocked(unscorable),
        }
    });
    let (table, is_meant) = match measured {
        Measured::Value(found) => found,
        Measured::Failed(failure) => return HeldCell { cell, all: Err(failure.message), per_category: Vec::new() },
        Measured::Blocked(reason) => return HeldCell { cell, all: Err(reason), per_category: Vec::new() },
    };
    let dataset = plan.cells[cell].dataset;
    let images = plan.images(dataset);
    let meant = |weights: &[u32]| -> Vec<Counts> {
        table
            .weighted(weights)
            .into_iter()
            .zip(&is_meant)
            .filter(|(_, is_meant)| **is_meant)
            .map(|(one, _)| one)
            .collect()
    };
    let pooled = |counts: &[Counts]| counts.iter().copied().fold(Counts::default(), Counts::plus);
    let per_category = meant(&vec![1; images]);
    let resamples = Resamples::new(images, plan.resamples, SEED);
    let draws: Vec<Counts> = resamples.iter().map(|weights| pooled(&meant(&weights))).collect();
    let all = figures(pooled(&per_category), &draws, plan.confidence);
    let categories = plan.datasets[dataset].state.as_ref().map(|data| data.categories.as_slice()).unwrap_or_default();
    let names = categories.iter().zip(&is_meant).filter(|(_, is_meant)| **is_meant).map(|(one, _)| one.name.clone());
    HeldCell { cell, all: Ok(all), per_category: names.zip(per_category).collect() }
}

fn counted(data: &CellData<'_>, objects: &Objects<'_>, min: &MinConfidence) -> Result<OperatingTable, String> {
    let Objects { similarity, annotations, detections, .. } = *objects;
    OperatingTable::build(similarity, data.images, data.categories, annotations, detections, min)
        .map_err(|unscorable| unscorable.to_string())
}
