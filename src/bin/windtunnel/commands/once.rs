//! One run of some specs: evaluate, judge, report.

use std::path::PathBuf;

use windtunnel::exit::Exit;
use windtunnel::run::{Context, Threads, run as run_plan};
use windtunnel::untrusted::Shown as _;

use super::shard::shard;
use crate::args::{Global, Run};
use crate::context::{self, in_context};
use crate::delivery::Delivery;
use crate::engines::{asks_models, tell_engines, tell_unkept};
use crate::github::{self, Job};
use crate::specs::{PlanOutcome, Wrong, plans};
use crate::timings::Timings;
use crate::{interrupt, store, terminal};

/// What came of running the specs once.
pub struct Ran {
    pub code: Exit,
    /// What it writes: files, and folders with what belongs to it.
    pub places: Vec<PathBuf>,
}

impl From<Exit> for Ran {
    /// Nothing was written.
    fn from(code: Exit) -> Self {
        Self { code, places: Vec::new() }
    }
}

/// Runs the specs once, on `threads` where there are some already.
pub fn once(args: &Run, global: &Global, threads: Option<&Threads>) -> anyhow::Result<Ran> {
    let job = Job::find(!args.reporting.no_github);
    let mut timings = Timings::start();
    let style = terminal::style(global.color);
    let history = if args.last_failed { store::existing(&args.keeping.store)? } else { None };
    let last = if args.last_failed { Some(store::past(history.as_ref(), &args.keeping.store)?) } else { None };
    let plans = match plans(&args.selection, last, style)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(wrong) => return Ok(unrun(job, Exit::Misused, &wrong).into()),
        PlanOutcome::Nothing => return Ok(unrun(job, Exit::NothingSelected, &[]).into()),
    };
    for planned in plans.iter().filter(|_| global.quiet < 2) {
        planned.tell_unusable(style);
    }
    if let Some(part) = args.sharding.partition {
        return shard(&plans, part, args, global, job).map(Ran::from);
    }
    let store = if plans.iter().any(asks_models) {
        store::open(&args.keeping)
    } else {
        store::for_history(&args.keeping.store, args.keeping.no_cache, args.keeping.offline)
    }?;
    let mut delivery = Delivery::new(&plans, &args.reporting, global, store.as_ref())?;
    let asked = store.as_ref().filter(|_| plans.iter().any(asks_models));
    let places = delivery.places();
    let interrupted = interrupt::end_in_order();
    let own = if threads.is_none() { Some(context::threads(args.jobs)?) } else { None };
    let Some(threads) = threads.or(own.as_ref()) else { unreachable!("there are own ones where none were given") };
    let mut has_kept = None;
    timings.opened();
    for (at, planned) in plans.iter().enumerate() {
        if global.quiet == 0 {
            tell_engines(&planned.plan);
            if asked.is_some() {
                tell_unkept(&planned.plan);
            }
        }
        let plan = &planned.plan;
        let work = |context: &Context<'_>| run_plan(plan, context);
        let finished = in_context(plan, args, global, threads, asked, interrupted, work);
        timings.ran(plan, &finished);
        if finished.record.interrupted {
            has_kept = Some(asked.is_some());
        }
        let code = timings.reporting(|| delivery.deliver(planned, finished));
        let rest: Vec<&str> = plans[at + 1..].iter().map(|planned| planned.plan.file.as_str()).collect();
        if args.fail_fast && code != Exit::Passed && !rest.is_empty() {
            tell!("not run after the first failure: {}", rest.join(", "));
            break;
        }
    }
    let code = timings.reporting(|| delivery.finish(job))?;
    if let Some(has_kept) = has_kept {
        tell_interrupted(has_kept, args);
    }
    if args.timings {
        terminal::show(&timings.table(threads.count()));
    }
    Ok(Ran { code, places })
}

fn tell_interrupted(has_kept: bool, args: &Run) {
    if has_kept {
        let store = args.keeping.store.shown();
        tell!("interrupted: answers so far are kept in {store}; the same command goes on from there");
    } else {
        tell!("interrupted: nothing was kept, and the same command begins anew");
    }
}

/// Ends a job in which nothing was run; the exit code.
pub fn unrun(job: Option<Job>, code: Exit, wrong: &[Wrong]) -> Exit {
    if let Some(job) = job {
        job.report(&[], code, &[]);
        github::annotate(wrong);
    }
    code
}
