//! `windtunnel export predictions`: what the store knows of every cell, as COCO results.

use std::sync::atomic::AtomicBool;

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::failure::Measured;
use windtunnel::plan::{Cell, Plan};
use windtunnel::report::counted;
use windtunnel::run::{Context, Predictions, execute};
use windtunnel::untrusted::Shown as _;

use crate::args::{ExportPredictions, Global};
use crate::clock::clock;
use crate::context::threads;
use crate::progress::Progress;
use crate::specs::{PlanOutcome, plans};
use crate::{cells, files, store, terminal};

/// Writes the cells; the exit code.
pub fn predictions(args: &ExportPredictions, global: &Global) -> anyhow::Result<Exit> {
    let planned = match plans(&args.selection, None, terminal::style(global.color))? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(_) => return Ok(Exit::Misused),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    let [planned] = planned.as_slice() else {
        bail!("{} specs would write over each other: name one", planned.len());
    };
    let plan = &planned.plan;
    cells::probe(&args.out, plan, "--out")?;
    let found = recall(plan, args, global)?;
    let missing = missing(plan, &found);
    if !missing.is_empty() {
        tell!("error: nothing was written, as {} of {} cells have no answers:", missing.len(), plan.cells.len());
        for line in &missing {
            tell!("  {line}");
        }
        tell!(
            "run `windtunnel run {}` with the same options but `--out`, which keeps the answers of the models, or add \
             `--detections DIR` to it, which writes them as they come",
            plan.file
        );
        return Ok(Exit::Unjudged);
    }
    let written = match cells::write(&args.out, plan, &found) {
        Ok(written) => written,
        Err(error) => {
            tell!("error: {error:#}");
            return Ok(Exit::Unjudged);
        }
    };
    if global.quiet == 0 {
        say!("{}: {} of {}", args.out.shown(), counted(plan.cells.len(), "cell"), plan.name);
    }
    files::tell_others(&args.out, "*/*/*.json", &written)?;
    Ok(Exit::Passed)
}

/// What the store has, asking no model.
fn recall(plan: &Plan, args: &ExportPredictions, global: &Global) -> anyhow::Result<Predictions> {
    let store = store::existing(&args.store)?;
    let (clock, progress) = (clock(), Progress::new(&plan.name, global.quiet > 0));
    let found = execute(
        plan,
        &Context {
            threads: &threads(None)?,
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

/// The cells that cannot be written, and why.
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
