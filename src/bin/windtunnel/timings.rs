//! Where the time of a command went, for people.

use std::time::{Duration, Instant};

use windtunnel::plan::Plan;
use windtunnel::report::accuracy_over_latency;
use windtunnel::run::{Finished, ModelTime};
use windtunnel::stopwatch::Phases;

use crate::clock::now;
use crate::engines::engine_of;

/// What a command spends, from its start on.
pub struct Timings {
    started: Instant,
    opening: Duration,
    phases: Phases,
    /// By suite and name, with what runs it.
    models: Vec<(String, ModelTime)>,
    /// Accuracy over latency, of every suite that timed its models.
    speeds: String,
    reporting: Duration,
}

impl Timings {
    /// The command starts.
    pub fn start() -> Self {
        Self {
            started: now(),
            opening: Duration::ZERO,
            phases: Phases::default(),
            models: Vec::new(),
            speeds: String::new(),
            reporting: Duration::ZERO,
        }
    }

    /// Specs, datasets, models and the store are open.
    pub fn opened(&mut self) {
        self.opening = self.started.elapsed();
    }

    /// A spec was run.
    pub fn ran(&mut self, plan: &Plan, finished: &Finished) {
        self.phases = self.phases.plus(finished.record.times.phases);
        self.speeds += &accuracy_over_latency(&finished.record);
        for (model, time) in plan.models.iter().zip(&finished.predictions.models) {
            let engine = engine_of(model).map(|engine| format!(" on {engine}")).unwrap_or_default();
            self.models.push((format!("{}: `{}`{engine}", plan.name, model.name), *time));
        }
    }

    /// Writes reports.
    pub fn reporting<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = now();
        let result = work();
        self.reporting += before.elapsed();
        result
    }

    /// A table of all parts, with each one's share of their sum.
    pub fn table(&self, threads: usize) -> String {
        let opening = ("opening specs, data and models", self.opening.as_secs_f64());
        let reporting = ("reports", self.reporting.as_secs_f64());
        let parts: Vec<(&str, f64)> = [opening].into_iter().chain(self.phases.named()).chain([reporting]).collect();
        let sum: f64 = parts.iter().map(|(_, seconds)| seconds).sum();
        let row =
            |(part, seconds): &(&str, f64)| format!("  {part:<30} {seconds:9.3} s {:5.1} %\n", 100.0 * seconds / sum);
        let rows: String = parts.iter().map(row).collect();
        let wall = self.started.elapsed().as_secs_f64();
        format!(
            "time, summed over {threads} threads up to the store\n{rows}  {:<30} {wall:9.3} s\n{}{}",
            "in all, by the clock",
            self.engines(),
            self.speeds
        )
    }

    /// The time of engines alone, by model; nothing where none was asked.
    fn engines(&self) -> String {
        let asked: Vec<&(String, ModelTime)> = self.models.iter().filter(|(_, time)| time.asked > 0).collect();
        let line = |(model, time): &&(String, ModelTime)| {
            let each = 1000.0 * time.inference / time.asked as f64;
            format!("  {:9.3} s, {each:.1} ms each of {} frames: {model}\n", time.inference, time.asked)
        };
        let lines: String = asked.iter().map(line).collect();
        if lines.is_empty() { lines } else { format!("inference by model\n{lines}") }
    }
}
