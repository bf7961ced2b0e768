//! Seal: everything into the record; nothing is computed after this.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::encode;
use crate::catalog::FIGURES;
use crate::condition::ConditionName;
use crate::dataset::Dataset;
use crate::detection::Category;
use crate::eval::Interval;
use crate::exit::Exit;
use crate::failure::Measured;
use crate::gate::Outcome;
use crate::metric::{self, Metric};
use crate::perturb::Step;
use crate::plan::{Against, Case, Cell, Plan, PlannedCondition, PlannedDataset, PlannedModel};
use crate::record::{
    CaseRecord, CategoryRecord, CellRecord, ConditionRecord, Counts, DatasetRecord, ImageRecord, MetricRecord,
    ModelRecord, Record, SetupRecord, SpecRecord, StepRecord, Times, Tool, VERSION, WaiverRecord,
};
use crate::run::execute::Found;
use crate::run::execute::Predictions;
use crate::run::findings::drawn::Drawn;
use crate::run::findings::judge::Judged;
use crate::run::findings::message::{message, other_name};
use crate::run::findings::provenance::identity;
use crate::run::findings::robustness::robustness;
use crate::run::pictures::illustrate::Exhibit;
use crate::score::{CellScore, ImageScore, Scorecard, Values, compared};
use crate::spec::{Bound, Waiver};

/// The record of a run, but for the audits, the comparisons, the clusters, the samples and the clock's part of `times`.
pub fn seal(
    plan: &Plan,
    predictions: &Predictions,
    scorecard: &Scorecard,
    drawn: &Drawn,
    verdicts: &[Judged],
    exhibits: &[Exhibit],
) -> Record {
    let setup = setup(plan, predictions);
    let mut counts = Counts::default();
    for failed in &setup {
        counts.add(Outcome::Error(failed.failure.kind), false);
    }
    for (case, judged) in plan.cases.iter().zip(verdicts) {
        counts.add(judged.verdict.outcome, judged.is_waived(case));
    }
    let shown: BTreeSet<usize> = exhibits.iter().filter_map(|exhibit| exhibit.cell).collect();
    let asked: Asked<'_> =
        plan.cases.iter().filter_map(|case| Some((case.read.name, case.category.as_deref()?))).collect();
    let cases = plan.cases.iter().zip(verdicts).zip(exhibits);
    Record {
        version: VERSION,
        tool: tool(),
        spec: SpecRecord {
            name: plan.name.clone(),
            file: plan.file.clone(),
            digest: plan.digest,
            options: plan.options.iter().map(|(option, text)| ((*option).to_owned(), text.clone())).collect(),
            seed: plan.seed,
            is_seed_given: plan.is_seed_given,
            metric: plan.metric.name.to_owned(),
            resamples: plan.resamples,
            confidence: plan.confidence,
            is_filtered: plan.is_filtered,
            baseline: plan.baseline.path.clone(),
        },
        datasets: plan
            .datasets
            .iter()
            .zip(&predictions.images_digests)
            .filter(|(planned, _)| planned.is_evaluated || plan.is_judged(planned))
            .map(|(planned, images)| dataset(planned, *images))
            .collect(),
        models: plan.models.iter().map(model).collect(),
        conditions: plan.conditions.iter().map(|planned| condition_record(plan.seed, planned)).collect(),
        metrics: definitions(plan),
        cells: (0..plan.cells.len())
            .map(|at| cell(plan, predictions, (scorecard, drawn), at, shown.contains(&at), &asked))
            .collect(),
        robustness: robustness(plan, scorecard, drawn),
        audits: Vec::new(),
        comparisons: Vec::new(),
        galleries: exhibits.iter().filter_map(|exhibit| exhibit.gallery.clone()).collect(),
        samples: Vec::new(),
        exit_code: exit(&counts, predictions.interrupted),
        cases: cases
            .map(|((planned, judged), exhibit)| case(plan, scorecard, drawn, planned, judged, exhibit))
            .collect(),
        setup,
        counts,
        notes: plan
            .notes
            .iter()
            .chain(&predictions.notes)
            .cloned()
            .chain(stale(plan, verdicts))
            .chain(partial(plan))
            .collect(),
        interrupted: predictions.interrupted,
        times: Times {
            pixels_seconds: predictions.pixels_seconds,
            predict_seconds: predictions.cell_seconds.iter().sum(),
            cells: predictions.cell_seconds.clone(),
            asked: predictions.asked,
            from_store: predictions.recalled,
            ..Times::default()
        },
        slices: None,
    }
}

/// This program.
pub fn tool() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// What every figure of the record means.
fn definitions(plan: &Plan) -> Vec<MetricRecord> {
    let metrics = metric::ALL.iter().map(|metric| (metric.name, plan.settings.definition(metric)));
    let others = FIGURES.iter().map(|figure| (figure.name, figure.summary.to_owned()));
    metrics.chain(others).map(|(name, definition)| MetricRecord { name: name.to_owned(), definition }).collect()
}

/// Accepted figures that are beaten beyond what a check tolerates: a later loss of that much would go unseen.
fn stale(plan: &Plan, verdicts: &[Judged]) -> Option<String> {
    let gain = |(case, judged): (&Case, &Judged)| {
        let is_accepted = case.other == Some(Against::Baseline) && case.claim.bound == Bound::MaxRegression;
        let least = match judged.verdict.interval {
            Some(interval) => -interval.high,
            None => -judged.verdict.value?,
        };
        let gain = -judged.verdict.value?;
        (is_accepted && least > case.claim.threshold.max(0.0)).then(|| format!("{} +{gain:.3}", case.on))
    };
    let gains: Vec<String> = plan.cases.iter().zip(verdicts).filter_map(gain).collect();
    let accept = "accept this run to hold what was gained: `windtunnel baseline accept`";
    (!gains.is_empty()).then(|| format!("the baseline is stale ({}): {accept}", gains.join(", ")))
}

/// Models whose figures of many conditions are not over all of them: beside others they could mislead.
fn partial(plan: &Plan) -> Vec<String> {
    let all = plan.conditions.iter().filter(|planned| !planned.condition.is_clean()).count();
    let mut notes = Vec::new();
    for (model, planned) in plan.models.iter().enumerate() {
        for (dataset, data) in plan.datasets.iter().enumerate() {
            let is_perturbed = |cell: &&Cell| !plan.conditions[cell.condition].condition.is_clean();
            let run = plan.cells[plan.cells_of(model, dataset)].iter().filter(is_perturbed).count();
            if run > 0 && run < all {
                let (model, dataset) = (&planned.name, &data.name);
                notes.push(format!("mPC, rPC and risk of `{model}` on `{dataset}` are over {run} of {all} conditions"));
            }
        }
    }
    notes
}

/// What a run came to.
pub fn exit(counts: &Counts, interrupted: bool) -> Exit {
    match (interrupted, counts.errors, counts.failed) {
        (true, ..) => Exit::Interrupted,
        (false, 1.., _) => Exit::Unjudged,
        (false, 0, 1..) => Exit::Failed,
        (false, 0, 0) => Exit::Passed,
    }
}

pub fn setup(plan: &Plan, predictions: &Predictions) -> Vec<SetupRecord> {
    let datasets = plan.datasets.iter().zip(&predictions.dataset_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?.clone();
        Some(SetupRecord {
            dataset: Some(planned.name.clone()),
            model: None,
            file: planned.place.file.clone(),
            line: planned.place.line,
            failure,
        })
    });
    let models = plan.models.iter().zip(&predictions.model_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?.clone();
        Some(SetupRecord {
            dataset: None,
            model: Some(planned.name.clone()),
            file: planned.place.file.clone(),
            line: planned.place.line,
            failure,
        })
    });
    datasets.chain(models).collect()
}

fn dataset(planned: &PlannedDataset, images_digest: Option<crate::digest::Digest>) -> DatasetRecord {
    let data = planned.state.as_ref().ok();
    let objects = data.map(Dataset::objects).unwrap_or_default();
    let category = |category: &Category| CategoryRecord {
        id: category.id,
        name: category.name.clone(),
        objects: objects.get(&category.id).copied().unwrap_or(0),
    };
    DatasetRecord {
        name: planned.name.clone(),
        digest: data.map(|data| data.digest),
        images_digest,
        images: data.map_or(0, |data| data.images.len()),
        sampled_from: data.and_then(|data| data.sampled_from),
        annotations: data.map_or(0, |data| data.annotations.iter().map(Vec::len).sum()),
        categories: data.map(|data| data.categories.iter().map(category).collect()).unwrap_or_default(),
        warnings: data.map(|data| data.warnings.clone()).unwrap_or_default(),
    }
}

fn model(planned: &PlannedModel) -> ModelRecord {
    ModelRecord { name: planned.name.clone(), card: planned.state.as_ref().ok().map(|model| model.card()) }
}

/// A condition, with everything that is done to pictures.
pub fn condition_record(seed: u64, planned: &PlannedCondition) -> ConditionRecord {
    ConditionRecord {
        name: ConditionName::from(&planned.condition),
        digest: planned.digest(seed),
        steps: planned.steps().iter().map(step).collect(),
    }
}

fn step(step: &Step) -> StepRecord {
    let kind = step.perturbation;
    let names = kind.parameters.iter().map(|parameter| parameter.name.to_owned());
    StepRecord {
        kind: kind.entry.name.to_owned(),
        group: kind.group.to_string(),
        revision: kind.revision,
        values: names.zip(step.values.iter().copied()).collect(),
    }
}

/// Metrics of single categories that cases read.
type Asked<'p> = BTreeSet<(&'p str, &'p str)>;

fn cell(
    plan: &Plan,
    predictions: &Predictions,
    (scorecard, drawn): (&Scorecard, &Drawn),
    at: usize,
    is_shown: bool,
    asked: &Asked<'_>,
) -> CellRecord {
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
    CellRecord {
        model: plan.models[cell.model].name.clone(),
        dataset: plan.datasets[cell.dataset].name.clone(),
        condition: ConditionName::from(&plan.conditions[cell.condition].condition),
        interval: score.and_then(|score| interval(plan, drawn, at, score)),
        change: change(plan, scorecard, at),
        detections: predictions.cells[at].value().map(|images| images.iter().map(Found::count).sum()),
        figures: score.map(figures).unwrap_or_default(),
        per_category: score.map(|score| per_category(score, categories)).unwrap_or_default(),
        draws: drawn
            .metrics(at)
            .flat_map(|(metric, draws)| encoded(categories, metric, draws, drawn.is_whole, asked))
            .collect(),
        images: data.zip(score).filter(|_| is_shown).map(|(data, score)| images(data, score)).unwrap_or_default(),
        accepted: accepted(plan, predictions, at),
        kept: None,
        failure,
        blocked,
    }
}

/// What the baseline holds of the figure of tables, where it is comparable.
fn accepted(plan: &Plan, predictions: &Predictions, at: usize) -> Option<f64> {
    let baseline = plan.baseline.state.as_ref().ok()?.as_ref()?;
    let entry = baseline.entries.get(&plan.cell_key(at, plan.metric))?;
    let now = identity(plan, predictions, at, plan.metric)?;
    entry.identity.unlike(&now).is_none().then_some(entry.value)
}

/// Of the figure of tables, where it was drawn: rounded to floats as the record's draws are, and so a baseline's.
fn interval(plan: &Plan, drawn: &Drawn, at: usize, score: &CellScore) -> Option<Interval> {
    let figure = score.figure(plan.metric, None)?;
    let draws: Vec<f64> = drawn.of(at, plan.metric)?.iter().filter_map(|values| values.all).collect();
    let rounded: Vec<f64> = draws.iter().map(|&value| f64::from(value as f32)).collect();
    Interval::bias_corrected(&rounded, f64::from(figure as f32), plan.confidence)
}

/// The metrics that a single cell has.
fn of_cells() -> impl Iterator<Item = &'static Metric> {
    metric::ALL.iter().copied().filter(|metric| metric.is_of_cells())
}

fn figures(score: &CellScore) -> BTreeMap<String, Option<f64>> {
    of_cells().map(|metric| (metric.name.to_owned(), score.figure(metric, None))).collect()
}

fn per_category(score: &CellScore, categories: &[Category]) -> BTreeMap<String, BTreeMap<String, Option<f64>>> {
    let of_category = |at: usize| {
        let metrics = of_cells().filter(|metric| metric.is_per_category());
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
    asked: &Asked<'_>,
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
        f1: found.f1,
        missed: found.missed,
        stability: stability(at),
    };
    data.images.iter().zip(&score.images).enumerate().map(image).collect()
}

/// The figure of tables minus the clean one, over the categories that both have.
fn change(plan: &Plan, scorecard: &Scorecard, at: usize) -> Option<f64> {
    let cell = &plan.cells[at];
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at)?;
    let (before, after) = compared(plan.metric, scorecard.cells[clean].value()?, scorecard.cells[at].value()?)?;
    Some(after - before)
}

pub fn case(
    plan: &Plan,
    scorecard: &Scorecard,
    drawn: &Drawn,
    case: &Case,
    judged: &Judged,
    exhibit: &Exhibit,
) -> CaseRecord {
    let is_failed = judged.verdict.outcome == Outcome::Fail;
    let found = scorecard.data.get(&case.id).filter(|_| is_failed).map(|data| data.found.clone());
    let data = plan.datasets[case.dataset].state.as_ref().ok();
    let images = data.map_or(0, |data| data.images.len());
    let (images, size) = match (in_slice(drawn, case), data.and_then(|data| data.sampled_from)) {
        (Some(few), _) => (few, format!("{few} of {images}")),
        (None, Some(all)) => (images, format!("{images} of {all}")),
        (None, None) => (images, images.to_string()),
    };
    let condition = |&cell: &usize| ConditionName::from(&plan.conditions[plan.cells[cell].condition].condition);
    CaseRecord {
        id: case.id.clone(),
        check: case.check.clone(),
        file: case.place.file.clone(),
        line: case.place.line,
        model: case.model.map(|model| plan.models[model].name.clone()),
        dataset: plan.datasets[case.dataset].name.clone(),
        on: case.on.clone(),
        conditions: case.cells.iter().map(condition).collect(),
        metric: case.metric.name.to_owned(),
        read: case.read.name.to_owned(),
        category: case.category.clone(),
        slice: case.slice.as_ref().map(ToString::to_string),
        bound: case.claim.bound.to_string(),
        threshold: judged.claim.threshold,
        rule: case.claim.rule.to_string(),
        other: other_name(plan, case),
        waiver: if judged.is_warning { Some(warned(case)) } else { case.waiver.as_ref().map(waiver) },
        images,
        message: message(plan, case, judged, &size),
        verdict: judged.verdict.clone(),
        sides: exhibit.sides.clone(),
        category_losses: exhibit.categories.clone(),
        image_losses: exhibit.images.clone(),
        errors: exhibit.errors.clone(),
        picture: exhibit.path.clone(),
        found: found.unwrap_or_default(),
    }
}

/// Images of the slice that a case is about.
fn in_slice(drawn: &Drawn, case: &Case) -> Option<usize> {
    let slice = case.slice.as_ref()?;
    Some(drawn.on_slice(*case.cells.first()?, case.read, slice).value()?.slice.images())
}

fn waiver(waiver: &Waiver) -> WaiverRecord {
    WaiverRecord { reason: waiver.reason.clone(), until: waiver.until.map(|until| until.to_string()) }
}

/// Why a case that has two levels warns.
fn warned(case: &Case) -> WaiverRecord {
    let side = if matches!(case.claim.bound, Bound::Min | Bound::MinGain) { "below" } else { "above" };
    WaiverRecord { reason: format!("the check fails {side} {}", case.claim.threshold), until: None }
}
