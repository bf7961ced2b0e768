//! `windtunnel run`: evaluate, judge, report.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use anyhow::Context as _;
use windtunnel::plan::Plan;
use windtunnel::run::{Context, Threads, run as run_plan};
use windtunnel::store::Store;

use super::shard::shard;
use crate::args::{Global, Run};
use crate::clock::clock;
use crate::delivery::Delivery;
use crate::github::{self, Job};
use crate::progress::Progress;
use crate::specs::{Found, Planned, Wrong, plans};
use crate::timings::Timings;
use crate::{interrupt, store, terminal};

/// Exit code where no case matches.
pub const NOTHING_SELECTED: u8 = 4;

/// More threads than this only wait for each other.
const MAX_THREADS_PER_CORE: usize = 4;

/// Runs the specs; the exit code.
pub fn run(args: &Run, global: &Global) -> anyhow::Result<u8> {
    let job = Job::find(!args.reporting.no_github);
    let mut timings = Timings::start();
    let style = terminal::style(global.color);
    let history = if args.last_failed { store::existing(&args.keeping.store)? } else { None };
    let last = if args.last_failed { Some(store::past(history.as_ref(), &args.keeping.store)?) } else { None };
    let plans = match plans(&args.selection, last, style)? {
        Found::Plans(plans) => plans,
        Found::Invalid(wrong) => return Ok(unrun(job, crate::USAGE, &wrong)),
        Found::Nothing => return Ok(unrun(job, NOTHING_SELECTED, &[])),
    };
    for planned in plans.iter().filter(|_| global.quiet < 2) {
        planned.tell_unusable(style);
    }
    if let Some(part) = args.sharding.partition {
        return shard(&plans, part, args, global, job);
    }
    let store = if plans.iter().any(asks_models) {
        store::open(&args.keeping)
    } else {
        store::for_history(&args.keeping.store, args.keeping.no_cache)
    }?;
    let mut delivery = Delivery::new(&plans, &args.reporting, global, store.as_ref())?;
    let asked = store.as_ref().filter(|_| plans.iter().any(asks_models));
    let (interrupted, threads) = (interrupt::end_in_order(), threads(args.jobs)?);
    timings.opened();
    for (at, planned) in plans.iter().enumerate() {
        if global.quiet == 0 {
            tell_engines(&planned.plan);
        }
        let plan = &planned.plan;
        let work = |context: &Context<'_>| run_plan(plan, context);
        let finished = in_context(&plan.name, args, global, &threads, asked, interrupted, work);
        timings.ran(&finished.record);
        let code = timings.reporting(|| delivery.deliver(planned, finished));
        let rest: Vec<&str> = plans[at + 1..].iter().map(|planned| planned.plan.file.as_str()).collect();
        if args.fail_fast && code != 0 && !rest.is_empty() {
            anstream::eprintln!("not run after the first failure: {}", rest.join(", "));
            break;
        }
    }
    let code = timings.reporting(|| delivery.finish(job))?;
    if args.timings {
        anstream::eprint!("{}", timings.table(threads.count()));
    }
    Ok(code)
}

/// Ends a job in which nothing was run; the exit code.
pub fn unrun(job: Option<Job>, code: u8, wrong: &[Wrong]) -> u8 {
    if let Some(job) = job {
        job.report(&[], code, &[]);
        github::annotate(wrong);
    }
    code
}

/// Whether any model is asked: result files are not.
pub fn asks_models(planned: &Planned) -> bool {
    planned.plan.models.iter().any(|model| model.state.as_ref().is_ok_and(|model| model.needs_pixels()))
}

/// Says what runs the models whose spec leaves it open: figures differ in the last digits from engine to engine.
pub fn tell_engines(plan: &Plan) {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for model in &plan.models {
        let Ok(opened) = &model.state else { continue };
        let settings = opened.card().settings;
        let is_open = settings.get("engine_wanted").is_some_and(|wanted| wanted == "auto");
        if let Some(engine) = settings.get("engine").and_then(|engine| engine.as_str()).filter(|_| is_open) {
            chosen.entry(engine.to_owned()).or_default().push(format!("`{}`", model.name));
        }
    }
    for (engine, models) in chosen {
        anstream::eprintln!("{}: engine = \"auto\" is {engine} for {}", plan.name, models.join(", "));
    }
}

/// The threads that `jobs` asks for, the calling one among them: a command asks for them once.
pub fn threads(jobs: Option<u16>) -> anyhow::Result<Threads> {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let count = jobs.map_or(cores, usize::from).min(MAX_THREADS_PER_CORE * cores);
    Threads::with_this(count).with_context(|| format!("{count} threads cannot be started: ask for fewer with `--jobs`"))
}

/// Does `work` on the suite called `name` in the surroundings that the command line asks for.
pub fn in_context<T>(
    name: &str,
    args: &Run,
    global: &Global,
    threads: &Threads,
    store: Option<&Store>,
    interrupted: &AtomicBool,
    work: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let progress = Progress::new(name, global.quiet > 0);
    let clock = clock();
    let done = work(&Context {
        threads,
        clock: &clock,
        events: &progress,
        interrupted,
        store,
        is_offline: args.keeping.offline,
        is_drawing_all: args.reporting.intervals,
        is_failing_fast: args.fail_fast,
    });
    progress.finish();
    done
}
