//! `windtunnel check`: everything that can be known without running a model on images.

use anyhow::bail;
use windtunnel::catalog;
use windtunnel::exit::Exit;
use windtunnel::plan::Plan;
use windtunnel::predict::Agreement;
use windtunnel::report::{Style, counted};
use windtunnel::run::{EngineTrial, Exchange, Probe, Trial, diagnoses_of_results, engine_trials, idle, probe};
use windtunnel::spec::resolved;
use windtunnel::task::Task;

use crate::args::{Check, Global, Selection};
use crate::specs::{self, PlanOutcome, Wrong, plans};
use crate::{github, surroundings, terminal};

/// Validates the specs; the exit code.
pub fn check(args: &Check, global: &Global) -> anyhow::Result<Exit> {
    let style = terminal::style(global.color);
    let plans = match plans(&args.selection, None, style)? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(wrong) => return Ok(refused(&wrong)),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    if args.resolved {
        return print_resolved(&args.selection, style);
    }
    let wrong = specs::wrong_profiles(&args.selection, style)?;
    if !wrong.is_empty() {
        return Ok(refused(&wrong));
    }
    let mut code = Exit::Passed;
    for planned in &plans {
        let plan = &planned.plan;
        let is_unusable = planned.tell_unusable(style);
        if is_unusable {
            code = Exit::Unjudged;
        }
        tell_data(plan);
        if args.probe && !is_unusable {
            tell_probes(plan)?;
        }
        if args.engines && !is_unusable {
            tell_engine_trials(plan)?;
        }
        tell_notes(plan);
        if !is_unusable {
            say!("{}: {}, ready to run", plan.file, extent(plan));
        }
    }
    Ok(code)
}

/// Tells what readers found odd about the datasets.
fn tell_data(plan: &Plan) {
    for (dataset, data) in plan.datasets.iter().filter_map(|d| Some((&d.name, d.state.as_ref().ok()?))) {
        if let Some(all) = data.sampled_from {
            say!("{}: note: dataset `{dataset}`: partial: {} of {all} images", plan.file, data.images.len());
        }
        for warning in &data.warnings {
            say!("{}: note: dataset `{dataset}`: {warning}", plan.file);
        }
    }
}

/// Tells what would make a run judge less than it seems to.
fn tell_notes(plan: &Plan) {
    for condition in idle(plan) {
        say!(
            "{}: note: {condition} changes neither of two test pictures: where it changes none of the dataset's, nothing is \
             judged; set a level that does",
            plan.file
        );
    }
    for (model, variable) in unset(plan) {
        say!(
            "{}: note: model `{model}` cannot be asked here: the variable `{variable}` is not set: `export {variable}=...`, or hand \
             it to the job as a secret of that name",
            plan.file
        );
    }
    for note in &plan.notes {
        say!("{}: note: {note}", plan.file);
    }
}

/// Models and the variables of their secrets that are not set; of those that can be opened without them.
fn unset(plan: &Plan) -> impl Iterator<Item = (&str, &str)> {
    let opened = plan.models.iter().filter(|model| model.state.is_ok());
    opened.flat_map(|model| model.unset.iter().map(|variable| (model.name.as_str(), variable.as_str())))
}

/// `3 cases on 2 cells`
pub fn extent(plan: &Plan) -> String {
    format!("{} on {}", counted(plan.cases.len(), "case"), counted(plan.cells.len(), "cell"))
}

/// Ends a check of wrong specs, whose mistakes have been printed; the exit code.
fn refused(wrong: &[Wrong]) -> Exit {
    github::annotate(wrong);
    Exit::Misused
}

/// Prints the specs as they count.
fn print_resolved(selection: &Selection, style: Style) -> anyhow::Result<Exit> {
    let mut text = String::new();
    for path in specs::files(&selection.specs)? {
        let source = specs::source(&path, &selection.overlay)?;
        match resolved(&source, &catalog::section_keys) {
            Ok(one) => text.push_str(&one),
            Err(diagnostics) => {
                terminal::show(&format!("{}\n", diagnostics.render(&source, style.colored)));
                return Ok(Exit::Misused);
            }
        }
    }
    terminal::print(&text)?;
    Ok(Exit::Passed)
}

/// Images that a preprocessing is tried on.
const PROBED_IMAGES: usize = 16;

/// A figure below which a model finds nothing.
const NOTHING: f64 = 0.02;

/// Ways that are named beside the one that is advised, where chance does not tell them from it.
const RIVALS: usize = 2;

/// Names of a list that is written out.
const LISTED_NAMES: usize = 20;

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
    let unlabelled = plan
        .datasets
        .iter()
        .filter(|planned| planned.is_evaluated && planned.state.as_ref().is_ok_and(|data| !data.is_labelled));
    for dataset in unlabelled {
        say!(
            "{}: note: nothing is probed on `{}`, as only labels tell which preprocessing is right: label a few pictures, or hold the \
             model against one that you trust (`windtunnel parity`)",
            plan.file,
            dataset.name
        );
    }
    for note in diagnoses_of_results(plan) {
        say!("{}: warning: {note}", plan.file);
    }
    Ok(())
}

fn tell_probe(file: &str, probe: &Probe) {
    let Probe { model, dataset, figure, images, .. } = probe;
    say!("{file}: probe of `{model}` on {images} images of `{dataset}`, {figure} by preprocessing:");
    let line = |trial: &Trial| match &trial.found {
        Ok(found) => format!("{found:.3}"),
        Err(reason) => format!("fails: {reason}"),
    };
    say!("  {}  as configured", line(&probe.configured));
    let better = probe.better();
    let is_chosen = |trial: &Trial| better.is_some_and(|better| better.place == trial.place);
    let is_told = |(at, trial): &(usize, &Trial)| *at < TOLD || trial.is_of_preset || is_chosen(trial);
    for (_, trial) in probe.others.iter().enumerate().filter(is_told) {
        let few =
            if trial.images < *images && trial.images > 0 { format!(", on {}", trial.images) } else { String::new() };
        say!("  {}  with {}{}{few}", line(trial), trial.lines.join(", "), beside(probe, trial));
    }
    if probe.objects == 0 && probe.configured.found.is_ok() {
        say!(
            "{file}: warning: `{model}` finds nothing at all as configured: a `confidence` in [model.{model}] leaves out objects of a lower score"
        );
    }
    if let Some(as_one) = probe.as_one {
        say!(
            "{file}: warning: the boxes of `{model}` lie on the objects (AP50 {as_one:.3} with all categories taken as one), and their \
             names are others: in [model.{model}] write `labels` in the order of the model, or `rename` what it calls otherwise"
        );
    }
    if let Some(better) = better {
        tell_better(file, probe, better);
    } else if let Some(exchange) = &probe.exchange {
        tell_exchange(file, model, exchange);
    }
    let best = [&probe.configured].into_iter().chain(&probe.others).filter_map(|trial| trial.found.as_ref().ok());
    if probe.objects > 0 && probe.as_one.is_none() && best.fold(0.0, |most: f64, found| most.max(*found)) < NOTHING {
        say!(
            "{file}: warning: no way of making pictures ready makes `{model}` fit the labels of `{dataset}`: are its weights the \
             trained ones, and is it a model of these categories?"
        );
    }
    if let Some(untold) = probe.untold() {
        say!(
            "{file}: note: `{model}` as configured and with {} cannot be told apart on {images} images: chance explains the \
             difference; take what it was trained with, if you know it, or probe on a dataset with more images",
            untold.lines.join(", ")
        );
    }
}

fn tell_better(file: &str, probe: &Probe, better: &Trial) {
    let model = &probe.model;
    // Names that are one off are a list to be written anew, not a line to be set.
    if better.lines.iter().all(|line| line.starts_with('#')) {
        say!("{file}: warning: other names fit the outputs of `{model}` better; in [model.{model}] move");
    } else if better.is_of_preset {
        say!(
            "{file}: warning: what `preprocess` is by itself fits `{model}` better; in [model.{model}] leave out what is set beside it, \
             which is the same as"
        );
    } else {
        say!("{file}: warning: another preprocessing fits `{model}` better; in [model.{model}] set");
    }
    for line in &better.lines {
        say!("    {line}");
    }
    let rivals: Vec<String> = probe.rivals(better, RIVALS).iter().map(|rival| rival.lines.join(", ")).collect();
    if !rivals.is_empty() {
        say!(
            "{file}: note: it cannot be told from {} on {} images: take what `{model}` was trained with, if you know it",
            rivals.join(" or from "),
            better.images
        );
    }
}

fn tell_exchange(file: &str, model: &str, exchange: &Exchange) {
    let told = &exchange.told;
    let Some(labels) = &exchange.labels else {
        say!("{file}: warning: `{model}` calls {told}: are its names in the order of its outputs?");
        return;
    };
    say!(
        "{file}: warning: `{model}` calls {told}: is the order of `labels` right? With these names {:.3} is right; in [model.{model}] set",
        exchange.right
    );
    if labels.len() <= LISTED_NAMES {
        say!("    labels = {labels:?}");
    } else {
        say!("    # these names of `labels` exchanged");
    }
}

/// ` (-0.012 to 0.054 above the configured one)`, where both have a figure.
fn beside(probe: &Probe, trial: &Trial) -> String {
    let Some(gain) = trial.gain else { return String::new() };
    let is_above =
        probe.configured.found.as_ref().ok().zip(trial.found.as_ref().ok()).is_some_and(|(now, then)| then > now);
    let by_chance = if is_above && gain.low <= 0.0 { ": chance explains it" } else { "" };
    format!(" ({:.3} to {:.3} above{by_chance})", gain.low, gain.high)
}

/// Images that engines are tried on.
const TRIED_IMAGES: usize = 4;

fn tell_engine_trials(plan: &Plan) -> anyhow::Result<()> {
    let trials = match engine_trials(plan, TRIED_IMAGES, &surroundings::variable) {
        Ok(trials) => trials,
        Err(error) => bail!("cannot try the engines: {error}"),
    };
    if trials.is_empty() {
        say!("{}: no model that more than one engine can run", plan.file);
    }
    for EngineTrial { model, dataset, outcome } in &trials {
        match outcome {
            Ok(agreement) => tell_agreement(&plan.file, plan.task, model, dataset, agreement),
            Err(why) => say!("{}: `{model}` runs on one engine alone: {why}", plan.file),
        }
    }
    Ok(())
}

fn tell_agreement(file: &str, task: Task, model: &str, dataset: &str, agreement: &Agreement) {
    let Agreement { engines: [one, other], frames, outputs, answers, scores, unpaired } = agreement;
    say!("{file}: `{model}` on {one} and on {other}, {} of `{dataset}`:", counted(*frames, "image"));
    for (name, apart) in outputs {
        say!("  output `{name}`: up to {:.1e} apart, of values up to {:.3}", apart.by, apart.of);
    }
    let (sides, scores) = (answers.by, scores.by);
    match task {
        Task::Detect => {
            say!(
                "  boxes: sides up to {sides:.1e} pixels apart, scores up to {scores:.1e}, {unpaired} found by one alone"
            );
        }
        Task::Classify => say!("  classes: scores up to {scores:.1e} apart"),
    }
    if !agreement.holds() {
        say!(
            "{file}: warning: the engines differ on `{model}` by more than rounding: set `engine` to the one that you ship \
             with, and report the model"
        );
    }
}
