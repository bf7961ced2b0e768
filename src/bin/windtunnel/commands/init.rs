//! `windtunnel init`: a spec drafted from what lies around, measured, and written with thresholds that hold.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use windtunnel::exit::Exit;
use windtunnel::gate::Outcome;
use windtunnel::plan::Plan;
use windtunnel::record::{CaseRecord, Record, calibrate};
use windtunnel::report::{calibration, counted};
use windtunnel::run::{Context, Threads, run};
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, Init, STORE};
use crate::clock::clock;
use crate::context::threads;
use crate::files;
use crate::init::{Draft, Found, Model, dataset, look, model, plan, workflow_text};
use crate::progress::Progress;

/// Images that are looked at, at first.
const IMAGES: usize = 100;

/// Models that are compared, at first.
const MODELS: usize = 4;

/// How far below what was measured a threshold lies that has no interval to lie below.
const BELOW: f64 = 0.05;

/// Fewer images than this say little.
const MIN_IMAGES: usize = 50;

/// Writes a spec; the exit code.
pub fn init(args: &Init, global: &Global) -> anyhow::Result<Exit> {
    // Messages without a leading `./`.
    let folder: PathBuf = args.folder.components().filter(|part| *part != Component::CurDir).collect();
    let specs = folder.join("specs");
    let file = specs.join(format!("{}.toml", args.name));
    let workflow = folder.join(".github/workflows/windtunnel.yml");
    if !args.folder.is_dir() {
        bail!("there is no folder `{}`: name the one that holds the images and the models", args.folder.shown());
    }
    if file.symlink_metadata().is_ok() {
        bail!("{} is there already: move it away, or choose another --name", file.shown());
    }
    if args.github && workflow.symlink_metadata().is_ok() {
        bail!("{} is there already: move it away, or leave out --github", workflow.shown());
    }
    // Paths of a spec lead over its folder, which has to be there for that.
    let is_new = !specs.exists();
    std::fs::create_dir_all(&specs).with_context(|| format!("cannot make {}", specs.shown()))?;
    let drafted = draft_and_judge(args, &file, global);
    if drafted.is_err() && is_new {
        let _still_used = std::fs::remove_dir(&specs);
    }
    let (text, judged) = drafted?;
    files::write(&file, text.as_bytes())?;
    tell!("{}: {} cases, all hold", file.shown(), judged.cases.len());
    if args.github {
        files::write(&workflow, workflow_text().as_bytes())?;
        tell!("{}: judges every pull request;", workflow.shown());
        tell!("  put the account that holds windtunnel's repository in place of OWNER in it");
    }
    tell!("next: windtunnel run {}", file.shown());
    Ok(Exit::Passed)
}

/// The spec's text, and what came of running it.
fn draft_and_judge(args: &Init, file: &Path, global: &Global) -> anyhow::Result<(String, Record)> {
    let found = look(&args.folder);
    let mut draft = with_dataset(args, file, &found)?;
    draft.models = models(file, &draft, &found)?;
    let threads = threads(None)?;
    let measured = measure(&plan(file, draft.unjudged()).map_err(anyhow::Error::msg)?, &threads, global)?;
    let checks = if draft.is_labelled() {
        calibration(&calibrate(&measured, None), "the first run")
    } else {
        without_labels(&measured, &[])
    };
    let mut text = draft.whole(file, &checks);
    let mut judged = measure(&plan(file, text.clone()).map_err(anyhow::Error::msg)?, &threads, global)?;
    if judged.exit_code != Exit::Passed && !draft.is_labelled() {
        // Where a model says nothing of many clean pictures, saying nothing of all would hold as well: no check for that.
        let held = |case: &&CaseRecord| case.verdict.outcome != Outcome::Pass;
        let hollow: Vec<String> = judged.cases.iter().filter(held).map(|case| case.on.clone()).collect();
        let checks = without_labels(&measured, &hollow);
        if !checks.contains("[[check]]") {
            bail!(
                "the models say nothing of most of these pictures, so that nothing can be held: take pictures with things that \
                 they know, or models that are surer"
            );
        }
        text = draft.whole(file, &checks);
        judged = measure(&plan(file, text.clone()).map_err(anyhow::Error::msg)?, &threads, global)?;
    }
    if judged.exit_code != Exit::Passed {
        bail!("the drafted spec would not pass (exit code {}): please report this", judged.exit_code);
    }
    Ok((text, judged))
}

/// A draft with the first dataset that can be read.
fn with_dataset(args: &Init, file: &Path, found: &Found) -> anyhow::Result<Draft> {
    let mut failures = Vec::new();
    for guess in &found.datasets {
        let name = args.name.clone();
        let mut draft = Draft { name, dataset: guess.clone(), limit: None, min_images: 1, models: Vec::new() };
        match dataset(file, &draft) {
            Ok(data) => {
                let images = data.images.len();
                draft.limit = (images > IMAGES).then_some((IMAGES, images));
                draft.min_images = images.min(MIN_IMAGES);
                let categories = match data.is_labelled {
                    true => format!("{} categories", data.categories.len()),
                    false => "no labels: nothing here says what is in them".to_owned(),
                };
                let path = &guess.path;
                let split = guess.split.as_ref().map(|split| format!(" ({split})")).unwrap_or_default();
                tell!("dataset: {}{split}: {}, {}, {categories}", named(path), guess.format, counted(images, "image"));
                return Ok(draft);
            }
            Err(reason) => failures.push(format!("{}: {reason}", named(&guess.path))),
        }
    }
    let folder = args.folder.shown();
    if failures.is_empty() {
        bail!(
            "no dataset in {folder}: looked for COCO JSON, a data.yaml and VOC XML files, with their images, and for pictures"
        );
    }
    bail!("no dataset in {folder} can be read:\n  {}", failures.join("\n  "));
}

/// What the least stable model says now, as checks: the threshold of each condition lies below what was measured, by what is
/// left out of its interval or by [`BELOW`]. Conditions in `left_out` get none.
fn without_labels(measured: &Record, left_out: &[String]) -> String {
    let mut checks = String::from("# What the models do now, less a little; the thresholds are yours to judge.\n");
    let is_held = |name: &str| !left_out.iter().any(|left_out| left_out == name);
    for condition in measured.conditions.iter().filter(|one| !one.steps.is_empty() && is_held(&one.name.0)) {
        let of_condition = measured.cells.iter().filter(|cell| cell.condition == condition.name);
        let figures = of_condition.filter_map(|cell| {
            let figure = cell.figures.get("stability").copied().flatten()?;
            Some((figure, cell.interval.map_or(figure - BELOW, |interval| interval.low.min(figure - BELOW / 2.0))))
        });
        let Some((figure, low)) = figures.reduce(|one, other| if other.1 < one.1 { other } else { one }) else {
            continue;
        };
        let threshold = (100.0 * low).floor() / 100.0;
        if threshold > 0.0 {
            let _infallible = write!(
                checks,
                "\n[[check]]\non = \"{}\"\nmetric = \"stability\"\nmin = {threshold:.2}  # {figure:.3} now\n",
                condition.name
            );
        }
    }
    checks
}

/// A path below the folder that was looked into; the folder itself is `.`.
fn named(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.shown() }
}

/// The models that can be used on the dataset.
fn models(file: &Path, draft: &Draft, found: &Found) -> anyhow::Result<Vec<Model>> {
    let data = dataset(file, draft).map_err(anyhow::Error::msg)?;
    let mut usable: Vec<Model> = Vec::new();
    let mut failures = Vec::new();
    for path in &found.models {
        if usable.len() == MODELS {
            tell!("model: {}: left out, {MODELS} are enough for a start", path.shown());
            continue;
        }
        let taken: Vec<&str> = usable.iter().map(|model| model.name.as_str()).collect();
        let tried = Model { name: name(path, &taken), path: path.clone(), lines: Vec::new() };
        match model(file, draft, &tried, &data) {
            Ok(model) => {
                tell!("model: {}", path.shown());
                usable.push(model);
            }
            Err(reason) => {
                // The reason may begin with the path as the draft would name it.
                let name = format!("{}: ", path.shown());
                let reason = reason.split_once(&name).map_or(reason.as_str(), |(_, reason)| reason);
                tell!("model: {name}left out: {reason}");
                failures.push(path);
            }
        }
    }
    if usable.is_empty() && failures.is_empty() {
        if let Some(weights) = found.weights.first() {
            bail!(
                "no ONNX file found, but {0}: export it first, with what it was trained with (Ultralytics: `yolo export \
                 model={0} format=onnx`)",
                weights.shown()
            );
        }
        bail!(
            "no model found: put an ONNX file here (`yolo export format=onnx`), or write a spec for a hosted model, a \
             server or a script: `windtunnel explain` lists them"
        );
    }
    if usable.is_empty() {
        bail!("no model can be used on this dataset; `windtunnel check --probe` on a spec of your own tells more");
    }
    Ok(usable)
}

/// A section's name for a file, unlike those that are taken.
fn name(path: &Path, taken: &[&str]) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let letters = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let mut name: String = stem.chars().map(letters).collect();
    if name.is_empty() || name == "labels" {
        name.push_str("_model");
    }
    let plain = name.clone();
    let mut number = 2;
    while taken.contains(&name.as_str()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    name
}

/// Runs a plan; the answers are kept for the runs to come.
fn measure(plan: &Plan, threads: &Threads, global: &Global) -> anyhow::Result<Record> {
    let store = Store::open(&PathBuf::from(STORE)).context("answers cannot be kept")?;
    let progress = Progress::new(&plan.name, global.quiet > 0);
    let clock = clock();
    let context = Context {
        threads,
        clock: &clock,
        events: &progress,
        interrupted: &AtomicBool::new(false),
        store: Some(&store),
        is_offline: false,
        is_drawing_all: true,
        is_failing_fast: false,
    };
    let finished = run(plan, &context);
    progress.finish();
    let record = finished.record;
    match record.setup.first() {
        Some(failed) => bail!("{}", failed.failure.message),
        None => Ok(record),
    }
}
