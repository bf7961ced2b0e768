//! The road: execute, score, judge, illustrate, seal. The only file that knows all of it.

use crate::gate::Outcome;
use crate::plan::Plan;
use crate::record::{Record, comparisons};
use crate::run::context::Context;
use crate::run::execute::Predictions;
use crate::run::execute::answer::{all_cells, execute};
use crate::run::execute::gather::Gathering;
use crate::run::execute::shard::{Image, Joined};
use crate::run::fail_fast::execute_until_failure;
use crate::run::findings::augmentations::{audit, wanted_by_audits};
use crate::run::findings::clusters::clusters;
use crate::run::findings::data_figures::data_figures;
use crate::run::findings::diagnosis::{Finding, findings};
use crate::run::findings::drawn::{Drawn, wanted_by, wanted_by_all, wanted_by_rules};
use crate::run::findings::evidence::Witness;
use crate::run::findings::inspector::Inspector;
use crate::run::findings::judge::Judged;
use crate::run::findings::kept_cells::kept_cells;
use crate::run::findings::{judge, score};
use crate::run::pictures::illustrate::Picture;
use crate::run::pictures::{illustrate, samples};
use crate::run::seal;
use crate::score::Scorecard;
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

/// Runs `plan`.
#[must_use]
pub fn run(plan: &Plan, context: &Context<'_>) -> Finished {
    let started = (context.clock)();
    let predictions =
        if context.is_failing_fast { execute_until_failure(plan, context) } else { execute(plan, context) };
    let mut finished = finish(plan, predictions, context);
    finished.record.times.started_unix = started.as_secs();
    finished.record.times.seconds = ((context.clock)().saturating_sub(started)).as_secs_f64();
    finished
}

/// Takes the answers of all shards of `plan` down the rest of the road, as if one machine had found them.
#[must_use]
pub fn merge(plan: &Plan, joined: Joined, context: &Context<'_>) -> Finished {
    let began = (context.clock)();
    let Joined { images, answers, started, took } = joined;
    let mut predictions = Predictions::none(plan);
    Gathering::new(plan, &all_cells(plan)).gather(&mut predictions, |take| {
        for Image { dataset, at, outcome } in images {
            take(dataset, at, outcome);
        }
        answers
    });
    let mut finished = finish(plan, predictions, context);
    finished.record.times.started_unix = started.as_secs();
    finished.record.times.seconds = took.saturating_add((context.clock)().saturating_sub(began)).as_secs_f64();
    finished
}

/// Scores, judges, illustrates and seals.
fn finish(plan: &Plan, mut predictions: Predictions, context: &Context<'_>) -> Finished {
    context.events.scoring();
    let scoring = (context.clock)();
    let watch = Stopwatch::new(context.clock);
    let mut notes = Vec::new();
    let scorecard = watch.time(Phase::Score, || {
        let mut inspector = Inspector::new(plan, Some(&predictions), context);
        let data = data_figures(plan, &plan.cases, &mut inspector);
        let mut scorecard = Scorecard { data, ..score::score(plan, &predictions, context.threads) };
        for Finding { cell, note, verdict } in findings(plan, &predictions, &scorecard, &all_cells(plan)) {
            scorecard.broken.insert(cell, verdict);
            notes.extend(note);
        }
        scorecard
    });
    predictions.notes.extend(notes);
    let (drawn, verdicts) = watch.time(Phase::Judge, || judge(plan, &predictions, &scorecard, context));
    let exhibits = watch
        .time(Phase::Draw, || illustrate::illustrate(plan, &predictions, &scorecard, &drawn, &verdicts, context.store));
    let kept = watch.time(Phase::Score, || kept_cells(plan, &predictions, &scorecard, &drawn));
    let mut record = seal::seal(plan, &predictions, &scorecard, &drawn, &verdicts, &exhibits);
    record.cells.iter_mut().zip(kept).for_each(|(cell, kept)| cell.kept = kept);
    record.audits = audit(&Witness { plan, predictions: &predictions, scorecard: &scorecard, drawn: &drawn });
    record.comparisons = comparisons(&record);
    record.slices = watch.time(Phase::Score, || clusters(plan, &predictions, &scorecard, context));
    record.interrupted = predictions.interrupted;
    let (sampled, mut pictures) = watch.time(Phase::Draw, || samples::samples(plan, context));
    record.samples = sampled;
    record.times.phases = predictions.phases.plus(watch.spent());
    record.times.score_seconds = ((context.clock)().saturating_sub(scoring)).as_secs_f64();
    pictures.extend(exhibits.into_iter().flat_map(|exhibit| exhibit.pictures));
    Finished { record, pictures, predictions }
}

/// Judges on what the rules need, then draws for what failed by its number alone: nobody should hear of a failure without
/// how sure it is.
fn judge(plan: &Plan, predictions: &Predictions, scorecard: &Scorecard, context: &Context<'_>) -> (Drawn, Vec<Judged>) {
    let mut drawn = Drawn::new(context.is_drawing_all);
    let mut wanted = if context.is_drawing_all { wanted_by_all(plan) } else { wanted_by_rules(plan) };
    wanted.extend(wanted_by_audits(plan));
    drawn.draw(plan, predictions, scorecard, wanted, context);
    drawn.measure_slices(plan, predictions, scorecard, &plan.cases, context);
    drawn.measure_silence(plan, predictions, &plan.cases, context);
    let verdicts = judge::judge(&Witness { plan, predictions, scorecard, drawn: &drawn });
    let failed = plan.cases.iter().zip(&verdicts).filter(|(_, judged)| judged.verdict.outcome == Outcome::Fail);
    let wanted = failed.flat_map(|(case, _)| wanted_by(case)).collect();
    let is_more = drawn.draw(plan, predictions, scorecard, wanted, context);
    let again = is_more.then(|| judge::judge(&Witness { plan, predictions, scorecard, drawn: &drawn }));
    (drawn, again.unwrap_or(verdicts))
}
