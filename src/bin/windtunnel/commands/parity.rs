//! `windtunnel parity`: whether two model files, or two engines of one, are the same model; the spec that asks it is written,
//! run, and kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Parser as _;
use windtunnel::exit::Exit;
use windtunnel::gate::Outcome;
use windtunnel::plan::Plan;
use windtunnel::record::{CaseRecord, Record};
use windtunnel::run::{OutputsApart, outputs_apart};
use windtunnel::untrusted::Shown as _;

use super::run;
use crate::args::{Args, Command, Global, Parity, ParityModel, ParityTask};
use crate::init::{
    Draft, Guess, Limit, Model, Surroundings, dataset, detects, look, model, plan, section_name, toml_string,
};
use crate::{files, records};

/// Images that are looked at where nobody says how many.
const IMAGES: usize = 200;

/// Pictures whose raw outputs are held against each other.
const PICTURES: usize = 8;

/// How narrow an interval it is told for how many pictures it would take: half of its width.
const WANTED: f64 = 0.01;

/// Drafts, runs and tells; the exit code of the run.
pub fn parity(args: &Parity, global: &Global) -> anyhow::Result<Exit> {
    let file = PathBuf::from("specs").join(format!("{}.toml", args.name));
    if file.symlink_metadata().is_ok() {
        bail!(
            "{0} is there already: run it with `windtunnel run {0}`, move it away, or choose another --name",
            file.shown()
        );
    }
    let is_new = !Path::new("specs").exists();
    std::fs::create_dir_all("specs").context("cannot make specs")?;
    let drafted = drafted(args, &file);
    if drafted.is_err() && is_new {
        let _still_used = std::fs::remove_dir("specs");
    }
    let Drafted { draft, text, plan } = drafted?;
    files::write(&file, text.as_bytes())?;
    say!("{}: written; from now on `windtunnel run {0}`", file.shown());
    let words = ["windtunnel".into(), "run".into(), file.clone().into_os_string(), "--intervals".into()];
    let Command::Run(wanted) = Args::try_parse_from::<_, std::ffi::OsString>(words)?.command else {
        bail!("`run` is not understood: please report this");
    };
    let code = run(&wanted, global)?;
    let record = records::read(&records::folder_of(&args.name, false).join(records::RECORD))?;
    let [reference, candidate] = draft.models.as_slice() else {
        bail!("the draft has lost a model: please report this")
    };
    tell_agreement(&record, &reference.name, &candidate.name);
    tell_outputs(&plan, &reference.name, &candidate.name);
    Ok(code)
}

/// A spec that can be run.
struct Drafted {
    draft: Draft,
    text: String,
    /// What it means, with its models opened.
    plan: Plan,
}

/// The draft, its text and its plan.
fn drafted(args: &Parity, file: &Path) -> anyhow::Result<Drafted> {
    let mut draft = with_dataset(args, file)?;
    let data = dataset(file, &draft).map_err(anyhow::Error::msg)?;
    let mut models: Vec<Model> = Vec::new();
    for wanted in [&args.reference, &args.candidate] {
        let ParityModel { path, engine } = wanted;
        if !path.is_file() {
            bail!("there is no file `{}`", path.shown());
        }
        let taken: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        let is_of_one_file = args.reference.path == args.candidate.path;
        let stem = match engine {
            Some(engine) if is_of_one_file => {
                path.with_file_name(format!("{}_{engine}.onnx", path.file_stem().unwrap_or_default().to_string_lossy()))
            }
            _ => path.clone(),
        };
        let tried = Model { name: section_name(&stem, &taken), path: path.clone(), lines: Vec::new() };
        let fit = model(file, &draft, &tried, &data, args.labels.as_deref()).map_err(|misfit| {
            // What the reason says of keys is of a spec, which is not there yet.
            anyhow::anyhow!("{}: {}; here by `--labels` or `--task`", path.shown(), misfit.reason)
        })?;
        let mut found = fit.model;
        found.lines.extend(engine.iter().map(|engine| format!("engine = {}", toml_string(engine))));
        models.push(found);
    }
    draft.models = models;
    let text = draft.parity(file, args.min);
    // What is wrong with it is told before it is written.
    let plan = plan(file, text.clone()).map_err(anyhow::Error::msg)?;
    Ok(Drafted { draft, text, plan })
}

/// A draft with the pictures that are named, or that lie around.
fn with_dataset(args: &Parity, file: &Path) -> anyhow::Result<Draft> {
    let wanted = args.dataset.clone().unwrap_or_else(|| PathBuf::from("."));
    let folder = if wanted.is_file() { wanted.parent().unwrap_or(Path::new("")).to_path_buf() } else { wanted.clone() };
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    if !folder.is_dir() {
        bail!("there is no `{}`: name a folder of pictures, or a file of labels beside its pictures", wanted.shown());
    }
    let is_here = folder == Path::new(".");
    let Surroundings { datasets, pictures, .. } = look(&folder);
    if let Some(guess) = pictures {
        // Folders may be classes, or cameras and days: somebody says so, or the model does.
        let guess = if is_here { guess } else { guess.below(&folder) };
        let detects = || detects(file, &draft_of(args, guess.clone()), &args.reference.path, args.labels.as_deref());
        if args.task == Some(ParityTask::Detect) || (args.task.is_none() && detects()) {
            return first_that_reads(args, file, &wanted, &[guess]);
        }
    }
    let is_wanted = |guess: &&Guess| !wanted.is_file() || folder.join(&guess.path) == wanted;
    let datasets: Vec<Guess> = datasets
        .iter()
        .filter(is_wanted)
        .map(|guess| if is_here { guess.clone() } else { guess.below(&folder) })
        .collect();
    first_that_reads(args, file, &wanted, &datasets)
}

/// A draft with a dataset and no models yet.
fn draft_of(args: &Parity, guess: Guess) -> Draft {
    Draft {
        name: args.name.clone(),
        dataset: Some(guess),
        categories: None,
        limit: None,
        min_images: 1,
        elsewhere: Vec::new(),
        models: Vec::new(),
        classifies: args.task == Some(ParityTask::Classify),
    }
}

/// A draft with the first dataset that can be read.
fn first_that_reads(args: &Parity, file: &Path, wanted: &Path, datasets: &[Guess]) -> anyhow::Result<Draft> {
    let mut reasons = Vec::new();
    for guess in datasets {
        let mut draft = draft_of(args, guess.clone());
        match dataset(file, &draft) {
            Ok(data) => {
                let most = args.limit.unwrap_or(IMAGES);
                draft.limit = Limit::of_parity(most, data.images.len());
                return Ok(draft);
            }
            Err(reason) => reasons.push(reason),
        }
    }
    match reasons.first() {
        Some(reason) => bail!("the pictures in {} cannot be used: {reason}", wanted.shown()),
        None => bail!("there are no pictures in {}: name a folder of them by --dataset", wanted.shown()),
    }
}

/// What the two say alike, condition by condition, and how many pictures would tell it more exactly.
fn tell_agreement(record: &Record, reference: &str, candidate: &str) {
    say!("");
    say!(
        "agreement of {candidate} with {reference}, on {} pictures:",
        record.datasets.first().map_or(0, |data| data.images)
    );
    let is_of_agreement = |case: &&CaseRecord| case.metric == "agreement";
    for case in record.cases.iter().filter(is_of_agreement) {
        let figure = case.verdict.figure.map_or_else(|| case.verdict.reason.clone(), |figure| format!("{figure:.3}"));
        let interval = case.verdict.interval.map(|interval| format!("  {:.3}..{:.3}", interval.low, interval.high));
        let mark = if case.verdict.outcome == Outcome::Pass { "" } else { "  below the bound" };
        say!("  {:<16} {figure}{}{mark}", case.on, interval.unwrap_or_default());
    }
    let widest = record.cases.iter().filter(is_of_agreement).filter_map(|case| {
        let interval = case.verdict.interval?;
        Some((case, (interval.high - interval.low) / 2.0))
    });
    if let Some((case, half)) =
        widest.max_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|(_, half)| *half > WANTED)
    {
        let needed = (case.images as f64 * (half / WANTED).powi(2)).ceil();
        say!(
            "  to know the least certain of these ({}) to within {WANTED}: about {needed} pictures like these",
            case.on
        );
    }
    for speed in &record.times.speeds {
        let speed_of = format!("{:.2} ms a call ({:.1} pictures a second)", speed.latency_p50, speed.throughput);
        say!("  {}: {speed_of}", speed.model);
    }
}

/// How far the networks' own outputs are apart.
fn tell_outputs(plan: &Plan, reference: &str, candidate: &str) {
    match outputs_apart(plan, [reference, candidate], PICTURES) {
        OutputsApart::Compared(outputs) => {
            say!("raw outputs, the largest difference on up to {PICTURES} clean pictures:");
            for (name, apart) in outputs {
                say!("  {}: {:.3e}, of values up to {:.3e}", name, apart.by, apart.of);
            }
        }
        OutputsApart::Unlike(reason) => say!("raw outputs are not compared: {reason}"),
    }
}
