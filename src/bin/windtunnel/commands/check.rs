//! `windtunnel check`: everything that can be known without running a model on images.

use anyhow::bail;
use windtunnel::plan::Plan;
use windtunnel::run::{Probe, Trial, probe};

use crate::args::{Check, Global};
use crate::commands::run::NOTHING_SELECTED;
use crate::specs::{Found, plans};
use crate::terminal;

/// Exit code where a dataset or model cannot be used.
const UNUSABLE: u8 = 3;

/// Validates the specs; the exit code.
pub fn check(args: &Check, global: &Global) -> anyhow::Result<u8> {
    let style = terminal::style(global.color);
    let plans = match plans(&args.selection, style)? {
        Found::Plans(plans) => plans,
        Found::Invalid => return Ok(crate::USAGE),
        Found::Nothing => return Ok(NOTHING_SELECTED),
    };
    let mut code = 0;
    for planned in &plans {
        let plan = &planned.plan;
        let datasets = plan.datasets.iter().filter_map(|d| Some((&d.name, d.line, d.state.as_ref().err()?)));
        let models = plan.models.iter().filter_map(|m| Some((&m.name, m.line, m.state.as_ref().err()?)));
        let failures: Vec<_> = datasets.chain(models).collect();
        for (name, line, failure) in &failures {
            anstream::eprintln!("{}:{line}: `{name}`: {}", plan.file, failure.message);
            code = UNUSABLE;
        }
        for (dataset, data) in plan.datasets.iter().filter_map(|d| Some((&d.name, d.state.as_ref().ok()?))) {
            if let Some(all) = data.sampled_from {
                anstream::eprintln!(
                    "{}: note: dataset `{dataset}`: partial: {} of {all} images",
                    plan.file,
                    data.images.len()
                );
            }
            for warning in &data.warnings {
                anstream::eprintln!("{}: note: dataset `{dataset}`: {warning}", plan.file);
            }
        }
        if args.probe && failures.is_empty() {
            tell_probes(plan)?;
        }
        for note in &plan.notes {
            anstream::eprintln!("{}: note: {note}", plan.file);
        }
        if failures.is_empty() {
            anstream::eprintln!(
                "{}: {} cases on {} cells, ready to run",
                plan.file,
                plan.cases.len(),
                plan.cells.len()
            );
        }
    }
    Ok(code)
}

/// Images that a preprocessing is tried on.
const PROBED_IMAGES: usize = 16;

/// Ways of making pictures ready that are told beside the configured one.
const TOLD: usize = 3;

fn tell_probes(plan: &Plan) -> anyhow::Result<()> {
    let probes = match probe(plan, PROBED_IMAGES) {
        Ok(probes) => probes,
        Err(error) => bail!("cannot probe: {error}"),
    };
    for probe in &probes {
        tell_probe(&plan.file, probe);
    }
    Ok(())
}

fn tell_probe(file: &str, probe: &Probe) {
    let Probe { model, dataset, images, .. } = probe;
    anstream::eprintln!("{file}: probe of `{model}` on {images} images of `{dataset}`, AP50 by preprocessing:");
    let line = |trial: &Trial| match &trial.ap50 {
        Ok(ap50) => format!("{ap50:.3}"),
        Err(reason) => format!("fails: {reason}"),
    };
    anstream::eprintln!("  {}  as configured", line(&probe.configured));
    for trial in probe.others.iter().take(TOLD) {
        anstream::eprintln!("  {}  with {}", line(trial), trial.lines.join(", "));
    }
    if let Some(better) = probe.better() {
        anstream::eprintln!("{file}: warning: another preprocessing fits `{model}` better; in [model.{model}] set");
        for line in &better.lines {
            anstream::eprintln!("    {line}");
        }
    }
}
