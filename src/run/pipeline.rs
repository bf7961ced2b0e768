//! The road: execute, score, judge, illustrate, seal. The only file that knows all of it.

use std::time::Duration;

use super::context::Context;
use super::execute::Predictions;
use super::execute::answer::{all_cells, execute};
use super::execute::gather::Gathering;
use super::execute::shard::{Joined, ShardImage};
use super::execute::time::time_models;
use super::fail_fast::execute_until_failure;
use super::findings::Findings;
use super::findings::augmentations::{augmentations, wanted_by_augmentations};
use super::findings::clusters::clusters;
use super::findings::data_figures::data_figures;
use super::findings::diagnosis::{BrokenModel, broken_models};
use super::findings::drawn::{wanted_by, wanted_by_all, wanted_by_comparisons, wanted_by_rules};
use super::findings::inspector::Inspector;
use super::findings::judge::{Judged, judge};
use super::findings::kept_cells::kept_cells;
use super::findings::score::score;
use super::pictures::exhibit::Picture;
use super::pictures::glimpses::glimpses;
use super::pictures::illustrate::illustrate;
use super::pictures::samples::samples;
use super::seal::{Came, seal};
use crate::gate::Outcome;
use crate::plan::Plan;
use crate::record::{Record, Times};
use crate::stopwatch::{Phase, Stopwatch};

/// What a run leaves behind.
pub struct Finished {
    /// Everything it found.
    pub record: Record,
    /// The pictures that the record names.
    pub pictures: Vec<Picture>,
    /// What the models answered.
    pub predictions: Predictions,
}

/// When a run began, and what is to be added to the time since `watched`.
struct Began {
    started: Duration,
    watched: Duration,
    before: Duration,
}

/// Runs `plan`.
pub fn run(plan: &Plan, context: &Context<'_>) -> Finished {
    let started = (context.clock)();
    let mut predictions =
        if context.is_failing_fast { execute_until_failure(plan, context) } else { execute(plan, context) };
    if !context.is_failing_fast {
        time_models(plan, &plan.cases, context, &mut predictions);
    }
    finish(plan, predictions, context, &Began { started, watched: started, before: Duration::ZERO })
}

/// Takes the answers of all shards of `plan` down the rest of the road, as if one machine had found them.
pub fn merge(plan: &Plan, joined: Joined, context: &Context<'_>) -> Finished {
    let watched = (context.clock)();
    let Joined { images, answers, started, took } = joined;
    let mut predictions = Predictions::none(plan);
    Gathering::new(plan, &all_cells(plan)).gather(&mut predictions, |take| {
        for ShardImage { dataset, at, outcome } in images {
            take(dataset, at, outcome);
        }
        answers
    });
    finish(plan, predictions, context, &Began { started, watched, before: took })
}

/// Scores, judges, illustrates and seals.
fn finish(plan: &Plan, predictions: Predictions, context: &Context<'_>, began: &Began) -> Finished {
    context.events.scoring();
    let scoring = (context.clock)();
    let watch = Stopwatch::new(context.clock);
    let mut findings = Findings::new(plan, predictions, context.is_drawing_all);
    watch.time(Phase::Score, || score_all(&mut findings, context));
    let verdicts = watch.time(Phase::Judge, || judge_all(&mut findings, context));
    let exhibits = watch.time(Phase::Draw, || illustrate(&findings, &verdicts, context.store));
    let (samples, mut pictures) = watch.time(Phase::Draw, || samples(plan, context));
    let (glimpses, of_glimpses) = watch.time(Phase::Draw, || glimpses(&findings, &exhibits, context));
    pictures.extend(of_glimpses);
    let (kept, clusters) = watch.time(Phase::Score, || (kept_cells(&findings), clusters(&findings, context)));
    let augmentations = augmentations(&findings);
    let came = Came { verdicts: &verdicts, exhibits: &exhibits, kept, augmentations, clusters, glimpses, samples };
    let record = seal(&findings, came, || {
        let now = (context.clock)();
        Times {
            started_unix: began.started.as_secs(),
            seconds: began.before.saturating_add(now.saturating_sub(began.watched)).as_secs_f64(),
            score_seconds: now.saturating_sub(scoring).as_secs_f64(),
            phases: findings.predictions.phases.plus(watch.spent()),
            ..Times::default()
        }
    });
    pictures.extend(exhibits.into_iter().flat_map(|exhibit| exhibit.pictures));
    Finished { record, pictures, predictions: findings.predictions }
}

/// The figures of datasets and of cells, and which models are broken by them.
fn score_all(findings: &mut Findings<'_>, context: &Context<'_>) {
    let plan = findings.plan;
    let cells = all_cells(plan);
    findings.scorecard.data = data_figures(plan, &plan.cases, &mut Inspector::new(findings, context));
    findings.scorecard.cells = score(findings, &cells, context.threads).into();
    for BrokenModel { cell, note, verdict } in broken_models(findings, &cells) {
        findings.scorecard.broken.insert(cell, verdict);
        findings.predictions.notes.extend(note);
    }
}

/// Judges on what the rules need, then draws for what failed by its number alone: nobody should hear of a failure without
/// how sure it is.
fn judge_all(findings: &mut Findings<'_>, context: &Context<'_>) -> Vec<Judged> {
    let plan = findings.plan;
    let mut wanted = if context.is_drawing_all { wanted_by_all(plan) } else { wanted_by_rules(plan) };
    wanted.extend(wanted_by_augmentations(plan));
    findings.draw(wanted, context);
    findings.measure_slices(&plan.cases, context);
    findings.measure_silence(&plan.cases, context);
    findings.measure_parity(&plan.cases, context);
    let verdicts = judge(findings, &plan.cases);
    let failed = plan.cases.iter().zip(&verdicts).filter(|(_, judged)| judged.verdict.outcome == Outcome::Fail);
    let wanted = failed.flat_map(|(case, _)| wanted_by(case)).collect();
    let verdicts = if findings.draw(wanted, context) { judge(findings, &plan.cases) } else { verdicts };
    // After the verdicts: which model is better must not change what is said of a check.
    findings.draw(wanted_by_comparisons(plan), context);
    verdicts
}
