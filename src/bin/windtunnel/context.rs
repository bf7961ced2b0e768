//! The surroundings of a run, as the command line asks for them.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use anyhow::Context as _;
use windtunnel::plan::Plan;
use windtunnel::position::ModelAt;
use windtunnel::run::{Context, Events, Threads};
use windtunnel::store::Store;

use crate::args::{Global, Run};
use crate::clock::clock;
use crate::progress::Progress;
use crate::savings::Savings;

/// More threads than this only wait for each other.
const MAX_THREADS_PER_CORE: usize = 4;

/// The threads that `jobs` asks for, the calling one among them: a command asks for them once.
pub fn threads(jobs: Option<u16>) -> anyhow::Result<Threads> {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let count = jobs.map_or(cores, usize::from).min(MAX_THREADS_PER_CORE * cores);
    Threads::with_this(count).with_context(|| format!("{count} threads cannot be started: ask for fewer with `--jobs`"))
}

/// Does `work` on a plan in the surroundings that the command line asks for.
pub fn in_context<T>(
    plan: &Plan,
    args: &Run,
    global: &Global,
    threads: &Threads,
    store: Option<&Store>,
    interrupted: &AtomicBool,
    work: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let progress = Progress::new(&plan.name, global.quiet > 0);
    let watched = Watched { name: &plan.name, progress: &progress, savings: Savings::new(plan, threads.count()) };
    let clock = clock();
    let done = work(&Context {
        threads,
        clock: &clock,
        events: &watched,
        interrupted,
        store,
        is_offline: args.keeping.offline,
        is_drawing_all: args.reporting.intervals,
        is_failing_fast: args.fail_fast,
    });
    progress.finish();
    done
}

/// Progress, and what an engine that is not there would save.
struct Watched<'a> {
    name: &'a str,
    progress: &'a Progress,
    savings: Savings,
}

impl Events for Watched<'_> {
    fn started(&self, images: usize, predictions: usize) {
        self.savings.started(predictions);
        self.progress.started(images, predictions);
    }

    fn took(&self, model: ModelAt, frames: usize, seconds: f64) {
        if let Some(line) = self.savings.took(model, frames, seconds) {
            self.progress.note(&format!("{}: {line}", self.name));
        }
    }

    fn predicted(&self, predictions: usize) {
        self.savings.answered(predictions);
        self.progress.predicted(predictions);
    }

    fn dropped(&self, predictions: usize) {
        self.progress.dropped(predictions);
    }

    fn timing(&self, calls: usize) {
        self.progress.timing(calls);
    }

    fn scoring(&self) {
        self.progress.scoring();
    }
}
