//! A cell in the record: its figures, their draws, and what a baseline holds of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::encode;
use crate::condition::ConditionName;
use crate::dataset::Dataset;
use crate::detection::Category;
use crate::eval::Interval;
use crate::failure::Measured;
use crate::metric::{self, Metric};
use crate::position::CellAt;
use crate::record::{CellRecord, ClassesRecord, ImageFound, ImageRecord, KeptRecord};
use crate::run::execute::Found;
use crate::run::findings::Findings;
use crate::run::findings::confusions::confusions;
use crate::run::findings::provenance::identity;
use crate::run::pictures::exhibit::Exhibit;
use crate::score::{CellScore, ImageScore, Values, compared};
use crate::task::Task;

/// Metrics of single categories that cases read.
type AskedFigures<'p> = BTreeSet<(&'p str, &'p str)>;

/// Makes the records of a run's cells.
pub struct Cells<'a> {
    findings: &'a Findings<'a>,
    /// Cells whose single images are told, as exhibits show some of them.
    shown: BTreeSet<CellAt>,
    asked: AskedFigures<'a>,
}

impl<'a> Cells<'a> {
    /// Makes records for a run whose failed cases are shown by `exhibits`.
    pub fn new(findings: &'a Findings<'a>, exhibits: &[Exhibit]) -> Self {
        let shown = exhibits.iter().filter_map(|exhibit| exhibit.cell).collect();
        let cases = findings.plan.cases.iter();
        let asked = cases.filter_map(|case| Some((case.read.name, case.category.as_deref()?))).collect();
        Self { findings, shown, asked }
    }

    /// The record of a cell, by its position in the plan.
    pub fn record(&self, at: CellAt, kept: Option<KeptRecord>) -> CellRecord {
        let Findings { plan, predictions, scorecard, drawn } = self.findings;
        let cell = &plan.cells[at];
        let measured = &scorecard.cells[at];
        let data = plan.datasets[cell.dataset].state.as_ref().ok();
        let categories = data.map(|data| data.categories.as_slice()).unwrap_or_default();
        let score = measured.value();
        let (failure, blocked) = match measured {
            Measured::Value(_) => (None, None),
            Measured::Failed(failure) => (Some(failure.clone()), None),
            Measured::Blocked(reason) => (None, Some(reason.clone())),
        };
        let draws = drawn.metrics(at);
        let shown = data.zip(score).filter(|_| self.shown.contains(&at));
        CellRecord {
            model: plan.models[cell.model].name.clone(),
            dataset: plan.datasets[cell.dataset].name.clone(),
            condition: ConditionName::from(&plan.conditions[cell.condition].condition),
            interval: score.and_then(|score| interval(self.findings, at, score)),
            change: change(self.findings, at),
            detections: predictions.cells[at].value().map(|images| images.iter().map(Found::count).sum()),
            silent: plan.condition_of(at).condition.is_clean().then(|| self.findings.silent_images(at)).flatten(),
            figures: score.map(|score| figures(plan.task, score)).unwrap_or_default(),
            classes: score.and_then(|score| classes(self.findings, at, score)),
            per_category: score.map(|score| per_category(plan.task, score, categories)).unwrap_or_default(),
            draws: draws
                .flat_map(|(metric, draws)| encoded(categories, metric, draws, drawn.is_whole, &self.asked))
                .collect(),
            images: shown.map(|(data, score)| images(data, score)).unwrap_or_default(),
            accepted: accepted(self.findings, at),
            kept,
            failure,
            blocked,
        }
    }
}

/// Wrong answers that are told of a cell.
const CONFUSIONS: usize = 20;

/// What was said of the images of a cell of classes.
fn classes(findings: &Findings<'_>, at: CellAt, score: &CellScore) -> Option<ClassesRecord> {
    let plan = findings.plan;
    let cell = &plan.cells[at];
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let answers = score.classes.as_ref()?;
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at);
    let clean = clean.and_then(|clean| findings.scorecard.cells[clean].value()?.classes.as_ref());
    let confusions = confusions(&data.categories, clean, answers, CONFUSIONS);
    Some(ClassesRecord { confusions, reliability: answers.bins.clone() })
}

/// What the baseline holds of the figure of tables, where it is comparable.
fn accepted(findings: &Findings<'_>, at: CellAt) -> Option<f64> {
    let plan = findings.plan;
    let baseline = plan.baseline.state.as_ref().ok()?.as_ref()?;
    let entry = baseline.entries.get(&plan.cell_key(at, plan.metric))?;
    let now = identity(findings, at, plan.metric)?;
    entry.identity.unlike(&now).is_none().then_some(entry.value)
}

/// Where the figure of tables lies, if it was drawn: rounded to floats as the record's draws are, and so a baseline's.
fn interval(findings: &Findings<'_>, at: CellAt, score: &CellScore) -> Option<Interval> {
    let Findings { plan, drawn, .. } = findings;
    let figure = score.figure(plan.metric, None)?;
    let draws: Vec<f64> = drawn.of(at, plan.metric)?.iter().filter_map(|values| values.all).collect();
    let rounded: Vec<f64> = draws.iter().map(|&value| f64::from(value as f32)).collect();
    Interval::bias_corrected(&rounded, f64::from(figure as f32), plan.confidence)
}

/// The metrics that a single cell of a task has.
fn of_cells(task: Task) -> impl Iterator<Item = &'static Metric> {
    metric::of(task).into_iter().filter(|metric| metric.is_of_cells())
}

fn figures(task: Task, score: &CellScore) -> BTreeMap<String, Option<f64>> {
    of_cells(task).map(|metric| (metric.name.to_owned(), score.figure(metric, None))).collect()
}

fn per_category(
    task: Task,
    score: &CellScore,
    categories: &[Category],
) -> BTreeMap<String, BTreeMap<String, Option<f64>>> {
    let of_category = |at: usize| {
        let metrics = of_cells(task).filter(|metric| metric.is_per_category());
        metrics.map(|metric| (metric.name.to_owned(), score.figure(metric, Some(at)))).collect()
    };
    categories.iter().enumerate().map(|(at, category)| (category.name.clone(), of_category(at))).collect()
}

/// The draws over all categories, and of those that a check is about, or of each.
fn encoded(
    categories: &[Category],
    metric: &Metric,
    draws: &[Values],
    is_whole: bool,
    asked: &AskedFigures<'_>,
) -> Vec<(String, String)> {
    let all: Vec<Option<f64>> = draws.iter().map(|values| values.all).collect();
    let mut encoded = vec![(metric.name.to_owned(), encode(&all))];
    for (at, category) in categories.iter().enumerate() {
        if (is_whole && metric.is_per_category()) || asked.contains(&(metric.name, category.name.as_str())) {
            let draws: Vec<Option<f64>> =
                draws.iter().map(|values| values.per_category.get(at).copied().flatten()).collect();
            encoded.push((format!("{}({})", metric.name, category.name), encode(&draws)));
        }
    }
    encoded
}

fn images(data: &Dataset, score: &CellScore) -> Vec<ImageRecord> {
    let stability = |at: usize| score.stability.as_ref().map(|stability| stability[at]);
    let image = |(at, (image, found)): (usize, (&crate::detection::ImageRecord, &ImageScore))| ImageRecord {
        file_name: image.file_name.clone(),
        found: match *found {
            ImageScore::Objects { f1, missed } => ImageFound::Objects { f1, missed },
            ImageScore::Class { label_score, is_right } => ImageFound::Class { label_score, is_right },
        },
        stability: stability(at),
    };
    data.images.iter().zip(&score.images).enumerate().map(image).collect()
}

/// The figure of tables minus the clean one, over the categories that both have.
fn change(findings: &Findings<'_>, at: CellAt) -> Option<f64> {
    let Findings { plan, scorecard, .. } = findings;
    let cell = &plan.cells[at];
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at)?;
    let (before, after) = compared(plan.metric, scorecard.cells[clean].value()?, scorecard.cells[at].value()?)?;
    Some(after - before)
}
