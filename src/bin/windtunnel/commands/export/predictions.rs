//! `windtunnel export predictions`: what the store knows of every cell, as COCO results.

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::report::counted;
use windtunnel::untrusted::Shown as _;

use crate::answers::recalled;
use crate::args::{ExportPredictions, Global};
use crate::context::threads;
use crate::specs::{PlanOutcome, plans};
use crate::{cells, files, terminal};

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
    let Some(found) = recalled(plan, &args.store, (global, &threads(None)?), "nothing was written")? else {
        tell!(
            "run `windtunnel run {}` with the same options but `--out`, which keeps the answers of the models, or add \
             `--detections DIR` to it, which writes them as they come",
            plan.file
        );
        return Ok(Exit::Unjudged);
    };
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
