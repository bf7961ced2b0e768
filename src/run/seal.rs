//! Seal: everything into the record; nothing is computed after this.

use std::collections::BTreeMap;

use super::execute::Predictions;
use super::illustrate::Exhibit;
use super::judge::Judged;
use crate::condition::ConditionName;
use crate::detection::Category;
use crate::failure::Measured;
use crate::gate::Outcome;
use crate::metric;
use crate::perturb::Step;
use crate::plan::{Case, Plan, PlannedCondition, PlannedDataset, PlannedModel};
use crate::record::{
    CaseRecord, CategoryRecord, CellRecord, ConditionRecord, Counts, DatasetRecord, MetricRecord, ModelRecord, Record,
    SetupRecord, SpecRecord, StepRecord, Times, Tool, VERSION,
};
use crate::score::{Scorecard, compared};
use crate::spec::Bound;

/// The record of a run, but for the clock's part of `times`.
pub fn seal(
    plan: &Plan,
    predictions: &Predictions,
    scorecard: &Scorecard,
    verdicts: &[Judged],
    exhibits: &[Exhibit],
) -> Record {
    let setup = setup(plan, predictions);
    let mut counts = Counts::default();
    let failed_setups = setup.iter().map(|failed| Outcome::Error(failed.failure.kind));
    for outcome in verdicts.iter().map(|judged| judged.verdict.outcome).chain(failed_setups) {
        counts.add(outcome);
    }
    let cases = plan.cases.iter().zip(verdicts).zip(exhibits);
    Record {
        version: VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        spec: SpecRecord {
            name: plan.name.clone(),
            file: plan.file.clone(),
            digest: plan.digest.clone(),
            seed: plan.seed,
            is_seed_given: plan.is_seed_given,
            metric: plan.metric.name.to_owned(),
        },
        datasets: plan.datasets.iter().zip(&predictions.images_digests).map(|(d, i)| dataset(d, i.clone())).collect(),
        models: plan.models.iter().map(model).collect(),
        conditions: plan.conditions.iter().map(condition).collect(),
        metrics: metric::ALL
            .iter()
            .map(|m| MetricRecord { name: m.name.into(), definition: m.definition.into() })
            .collect(),
        cells: (0..plan.cells.len()).map(|at| cell(plan, predictions, scorecard, at)).collect(),
        exit_code: exit_code(&counts, predictions.interrupted),
        cases: cases.map(|((planned, judged), exhibit)| case(plan, planned, judged, exhibit)).collect(),
        setup,
        counts,
        notes: plan.notes.iter().chain(&predictions.notes).cloned().collect(),
        interrupted: predictions.interrupted,
        times: Times {
            pixels_seconds: predictions.pixels_seconds,
            predict_seconds: predictions.cell_seconds.iter().sum(),
            cells: predictions.cell_seconds.clone(),
            asked: predictions.asked,
            from_store: predictions.recalled,
            ..Times::default()
        },
    }
}

/// 130 interrupted, 3 something could not be judged, 1 a check failed, 0 all gates hold.
fn exit_code(counts: &Counts, interrupted: bool) -> u8 {
    match (interrupted, counts.errors, counts.failed) {
        (true, ..) => 130,
        (false, 1.., _) => 3,
        (false, 0, 1..) => 1,
        (false, 0, 0) => 0,
    }
}

fn setup(plan: &Plan, predictions: &Predictions) -> Vec<SetupRecord> {
    let datasets = plan.datasets.iter().zip(&predictions.dataset_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?.clone();
        Some(SetupRecord { dataset: Some(planned.name.clone()), model: None, line: planned.line, failure })
    });
    let models = plan.models.iter().zip(&predictions.model_failures).filter_map(|(planned, found)| {
        let failure = planned.state.as_ref().err().or(found.as_ref())?.clone();
        Some(SetupRecord { dataset: None, model: Some(planned.name.clone()), line: planned.line, failure })
    });
    datasets.chain(models).collect()
}

fn dataset(planned: &PlannedDataset, images_digest: Option<crate::digest::Digest>) -> DatasetRecord {
    let data = planned.state.as_ref().ok();
    let category = |category: &Category| CategoryRecord {
        id: category.id,
        name: category.name.clone(),
        objects: data.map_or(0, |data| data.ground_truths(category.id)),
    };
    DatasetRecord {
        name: planned.name.clone(),
        digest: data.map(|data| data.digest.clone()),
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

fn condition(planned: &PlannedCondition) -> ConditionRecord {
    let steps = planned.setting.iter().flat_map(|setting| &setting.steps);
    ConditionRecord { name: ConditionName::from(&planned.condition), steps: steps.map(step).collect() }
}

fn step(step: &Step) -> StepRecord {
    let kind = step.perturbation;
    let names = kind.parameters().iter().map(|parameter| parameter.name.to_owned());
    StepRecord {
        kind: kind.entry().name.to_owned(),
        group: kind.group().to_string(),
        revision: kind.revision(),
        values: names.zip(step.values.iter().copied()).collect(),
    }
}

fn cell(plan: &Plan, predictions: &Predictions, scorecard: &Scorecard, at: usize) -> CellRecord {
    let cell = &plan.cells[at];
    let measured = &scorecard.cells[at];
    let figures = |summary: &crate::eval::Summary| {
        metric::ALL.iter().map(|metric| (metric.name.to_owned(), summary[metric.slot])).collect::<BTreeMap<_, _>>()
    };
    let categories =
        plan.datasets[cell.dataset].state.as_ref().map(|data| data.categories.as_slice()).unwrap_or_default();
    let score = measured.value();
    let of_category = score.iter().flat_map(|score| &score.figures.per_category).zip(categories);
    let (failure, blocked) = match measured {
        Measured::Value(_) => (None, None),
        Measured::Failed(failure) => (Some(failure.clone()), None),
        Measured::Blocked(reason) => (None, Some(reason.clone())),
    };
    CellRecord {
        model: plan.models[cell.model].name.clone(),
        dataset: plan.datasets[cell.dataset].name.clone(),
        condition: ConditionName::from(&plan.conditions[cell.condition].condition),
        change: change(plan, scorecard, at),
        detections: predictions.cells[at]
            .value()
            .map(|images| images.iter().map(|found| found.detections().len()).sum()),
        figures: score.map(|score| figures(&score.figures.summary)).unwrap_or_default(),
        per_category: of_category.map(|(score, category)| (category.name.clone(), figures(&score.figures))).collect(),
        failure,
        blocked,
    }
}

/// The figure of tables minus the clean one, over the categories that both have.
fn change(plan: &Plan, scorecard: &Scorecard, at: usize) -> Option<f64> {
    let cell = &plan.cells[at];
    let clean = plan.clean_cell(cell.model, cell.dataset).filter(|&clean| clean != at)?;
    let (before, after) = compared(plan.metric, scorecard.cells[clean].value()?, scorecard.cells[at].value()?)?;
    Some(after - before)
}

fn case(plan: &Plan, case: &Case, judged: &Judged, exhibit: &Exhibit) -> CaseRecord {
    let data = plan.datasets[case.dataset].state.as_ref().ok();
    let images = data.map_or(0, |data| data.images.len());
    let size = match data.and_then(|data| data.sampled_from) {
        Some(all) => format!("{images} of {all}"),
        None => images.to_string(),
    };
    let condition = |&cell: &usize| ConditionName::from(&plan.conditions[plan.cells[cell].condition].condition);
    CaseRecord {
        id: case.id.clone(),
        check: case.check.clone(),
        line: case.line,
        model: plan.models[case.model].name.clone(),
        dataset: plan.datasets[case.dataset].name.clone(),
        on: case.on.clone(),
        conditions: case.cells.iter().map(condition).collect(),
        metric: case.metric.name.to_owned(),
        category: case.category.clone(),
        bound: case.claim.bound.to_string(),
        threshold: case.claim.threshold,
        images,
        message: message(case, judged, &size),
        verdict: judged.verdict.clone(),
        category_losses: exhibit.categories.clone(),
        image_losses: exhibit.images.clone(),
        picture: exhibit.path.clone(),
    }
}

/// `map drop 0.112 > 0.080 (clean 0.523 -> 0.411, n=500)`; of a sample: `n=50 of 500`.
fn message(case: &Case, judged: &Judged, images: &str) -> String {
    let verdict = &judged.verdict;
    let (Some(value), Some(figure)) = (verdict.value, verdict.figure) else { return verdict.reason.clone() };
    let (what, holds, broken) = match case.claim.bound {
        Bound::Min => ("", ">=", "<"),
        Bound::Max => ("", "<=", ">"),
        Bound::MaxDrop => (" drop", "<=", ">"),
        Bound::MaxRelativeDrop => (" relative drop", "<=", ">"),
    };
    let relation = if verdict.outcome == Outcome::Pass { holds } else { broken };
    let of_category = case.category.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let from = verdict.clean.map(|clean| format!("clean {clean:.3} -> {figure:.3}, ")).unwrap_or_default();
    let over = judged.categories.map(|(few, all)| format!(", over {few} of {all} categories")).unwrap_or_default();
    let threshold = case.claim.threshold;
    let digits = digits(value, threshold);
    format!(
        "{}{of_category}{what} {value:.digits$} {relation} {threshold:.digits$} ({from}n={images}{over})",
        case.metric.name
    )
}

/// As many decimals as it takes to see a difference, three if there is none to see.
fn digits(value: f64, threshold: f64) -> usize {
    let differ = |digits: &usize| format!("{value:.digits$}") != format!("{threshold:.digits$}");
    (3..=9).find(differ).unwrap_or(3)
}
