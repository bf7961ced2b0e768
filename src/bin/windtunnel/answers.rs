//! The answers that the store has to every cell of a plan; no model is asked.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use windtunnel::failure::Measured;
use windtunnel::plan::{Cell, Plan};
use windtunnel::run::{Context, Predictions, Threads, execute};

use crate::args::Global;
use crate::clock::clock;
use crate::progress::Progress;
use crate::store;

/// What the store at `path` has; `None` after telling which cells it has no answers to, and what brings them there. `without`
/// is what then comes of the command.
pub fn recalled(
    plan: &Plan,
    path: &Path,
    (global, threads): (&Global, &Threads),
    without: &str,
) -> anyhow::Result<Option<Predictions>> {
    let found = recall(plan, path, global, threads)?;
    let missing = missing(plan, &found);
    if missing.is_empty() {
        return Ok(Some(found));
    }
    tell!("error: {without}, as {} of {} cells have no answers:", missing.len(), plan.cells.len());
    for line in &missing {
        tell!("  {line}");
    }
    Ok(None)
}

fn recall(plan: &Plan, path: &Path, global: &Global, threads: &Threads) -> anyhow::Result<Predictions> {
    let store = store::existing(path)?;
    let (clock, progress) = (clock(), Progress::new(&plan.name, global.quiet > 0));
    let found = execute(
        plan,
        &Context {
            threads,
            clock: &clock,
            events: &progress,
            interrupted: &AtomicBool::new(false),
            store: store.as_ref(),
            is_offline: true,
            is_drawing_all: false,
            is_failing_fast: false,
        },
    );
    progress.finish();
    Ok(found)
}

/// The cells without answers, and why.
fn missing(plan: &Plan, found: &Predictions) -> Vec<String> {
    let name = |cell: &Cell| {
        let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
        format!("{model}/{dataset}/{}", plan.conditions[cell.condition].condition)
    };
    let reason = |(cell, measured): (&Cell, &Measured<_>)| match measured {
        Measured::Value(_) => None,
        Measured::Failed(failure) => Some(format!("{}: {}", name(cell), failure.message)),
        Measured::Blocked(reason) => Some(format!("{}: {reason}", name(cell))),
    };
    plan.cells.iter().zip(&found.cells).filter_map(reason).collect()
}
