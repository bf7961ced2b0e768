//! The surroundings of a run, as the command line asks for them.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use anyhow::Context as _;
use windtunnel::run::{Context, Threads};
use windtunnel::store::Store;

use crate::args::{Global, Run};
use crate::clock::clock;
use crate::progress::Progress;

/// More threads than this only wait for each other.
const MAX_THREADS_PER_CORE: usize = 4;

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
