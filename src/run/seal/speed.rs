//! How fast models are, in the record.

use crate::eval::{Interval, Resamples};
use crate::metric::{LEAST_OF_P95, Speed};
use crate::position::{DatasetAt, ModelAt};
use crate::record::SpeedRecord;
use crate::run::execute::timed::Timed;
use crate::run::findings::Findings;
use crate::run::findings::drawn::SEED;

/// Of every model that was timed.
pub fn speeds(findings: &Findings<'_>) -> Vec<SpeedRecord> {
    let timed = findings.predictions.times.iter();
    timed.filter_map(|(&(model, dataset), timed)| speed(findings, model, dataset, timed.value()?)).collect()
}

fn speed(findings: &Findings<'_>, model: ModelAt, dataset: DatasetAt, timed: &Timed) -> Option<SpeedRecord> {
    let plan = findings.plan;
    let Timed { calls, phases } = timed;
    let once = vec![1; calls.count()];
    let figure = |which: Speed| calls.figure(which, &once);
    let median = Speed::Percentile(50);
    let draws = Resamples::new(calls.count(), plan.resamples, SEED);
    let draws: Vec<f64> = draws.iter().filter_map(|weights| calls.figure(median, &weights)).collect();
    let of_call = |seconds: f64| 1000.0 * seconds / calls.count() as f64;
    Some(SpeedRecord {
        model: plan.models[model].name.clone(),
        dataset: plan.datasets[dataset].name.clone(),
        calls: calls.count(),
        batch: calls.batch(),
        latency_p50: figure(median)?,
        interval: Interval::percentile(&draws, plan.confidence),
        latency_p95: figure(Speed::Percentile(95)).filter(|_| calls.count() >= LEAST_OF_P95),
        throughput: figure(Speed::Throughput)?,
        preprocess: of_call(phases.preprocess),
        inference: of_call(phases.inference),
        decode: of_call(phases.decode),
    })
}
