//! `windtunnel merge`: the shards of a run on many machines, joined, judged and reported as one run.

use std::sync::atomic::AtomicBool;

use windtunnel::exit::Exit;
use windtunnel::run::{Context, Joined, Shard, join, merge as merge_shards};

use super::once::unrun;
use crate::args::{Global, Merge};
use crate::causes::with_causes;
use crate::clock::clock;
use crate::context::threads;
use crate::delivery::Delivery;
use crate::engines::tell_unnamed_parts;
use crate::github::Job;
use crate::progress::Progress;
use crate::specs::{PlanOutcome, Planned, Wrong, plans};
use crate::{shards, store, terminal};

/// Joins and judges; the exit code.
pub fn merge(args: &Merge, global: &Global) -> anyhow::Result<Exit> {
    let job = Job::find(!args.reporting.no_github);
    let suites = match shards::read(&args.shards) {
        Ok(suites) => suites,
        Err(error) => {
            tell!("error: {}", with_causes(&error));
            return Ok(unrun(job, Exit::NotWhole, &[]));
        }
    };
    let mut planned = Vec::new();
    let mut joined = Vec::new();
    for shards in suites {
        match whole(shards, global)? {
            Ok((plan, shards)) => {
                planned.push(plan);
                joined.push(shards);
            }
            Err(NotMerged { code, wrong }) => return Ok(unrun(job, code, &wrong)),
        }
    }
    let store = store::for_history(&args.store, args.no_cache, false)?;
    let mut delivery = Delivery::new(&planned, &args.reporting, global, store.as_ref())?;
    let threads = threads(args.jobs)?;
    for (planned, joined) in planned.iter().zip(joined) {
        let progress = Progress::new(&planned.plan.name, global.quiet > 0);
        let clock = clock();
        let context = Context {
            threads: &threads,
            clock: &clock,
            events: &progress,
            interrupted: &AtomicBool::new(false),
            store: None,
            is_offline: true,
            is_drawing_all: args.reporting.intervals,
            is_failing_fast: false,
        };
        let finished = merge_shards(&planned.plan, joined, &context);
        progress.finish();
        delivery.deliver(planned, finished);
    }
    delivery.finish(job)
}

/// Why shards were not merged; it has been printed.
struct NotMerged {
    /// The exit code.
    code: Exit,
    /// What is wrong with their spec.
    wrong: Vec<Wrong>,
}

/// The plan of one suite's shards, if they make it up.
fn whole(shards: Vec<(String, Shard)>, global: &Global) -> anyhow::Result<Result<(Planned, Joined), NotMerged>> {
    let (file, first) = &shards[0];
    let suite = first.suite().to_owned();
    let here = |error: anyhow::Error| {
        error.context(format!("{file} is of {}: merge in the folder that it was run in", first.request().spec))
    };
    let selection = shards::selection(first.request()).map_err(here)?;
    let mut found = match plans(&selection, None, terminal::style(global.color)).map_err(here)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(wrong) => return Ok(Err(NotMerged { code: Exit::Misused, wrong })),
        PlanOutcome::Nothing => return Ok(Err(NotMerged { code: Exit::NothingSelected, wrong: Vec::new() })),
    };
    let planned = found.remove(0);
    let parts = shards.len();
    match join(&planned.plan, shards) {
        Ok(joined) => {
            if parts > 1 && global.quiet == 0 {
                tell_unnamed_parts(&planned.plan);
            }
            Ok(Ok((planned, joined)))
        }
        Err(not_whole) => {
            tell!("error: {suite}: {not_whole}");
            Ok(Err(NotMerged { code: Exit::NotWhole, wrong: Vec::new() }))
        }
    }
}
