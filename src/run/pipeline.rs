//! The road: execute, score, judge, illustrate, seal. The only file that knows all of it.

use super::execute::Predictions;
use super::illustrate::Picture;
use super::{Context, execute, illustrate, judge, score, seal};
use crate::plan::Plan;
use crate::record::Record;

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
    let predictions = execute::execute(plan, context);
    context.events.scoring();
    let scoring = (context.clock)();
    let scorecard = score::score(plan, &predictions, context.threads);
    let verdicts = judge::judge(plan, &scorecard);
    let exhibits = illustrate::illustrate(plan, &predictions, &scorecard, &verdicts);
    let mut record = seal::seal(plan, &predictions, &scorecard, &verdicts, &exhibits);
    record.interrupted = predictions.interrupted;
    record.times.started_unix = started.as_secs();
    record.times.score_seconds = ((context.clock)().saturating_sub(scoring)).as_secs_f64();
    record.times.seconds = ((context.clock)().saturating_sub(started)).as_secs_f64();
    let pictures = exhibits.into_iter().filter_map(|exhibit| exhibit.picture).collect();
    Finished { record, pictures, predictions }
}
