//! Spec files: found, read, resolved; what is wrong with them is printed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use glob::Pattern;
use windtunnel::plan::{Plan, Unresolved, resolve};
use windtunnel::record::{RunSummary, still_open};
use windtunnel::report::{Style, counted};
use windtunnel::spec::{Diagnostics, ReportSpec, Source, load, profile_names, read_text};
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::args::{Overlay, Selection};
use crate::causes::with_causes;
use crate::clock::today;
use crate::surroundings::variable;
use crate::{remote, terminal};

/// A plan with where its spec wants its reports.
pub struct Planned {
    pub plan: Plan,
    pub report: ReportSpec,
    source: Source,
}

impl Planned {
    /// Prints what of the datasets and models cannot be used; whether there was any.
    pub fn tell_unusable(&self, style: Style) -> bool {
        let unusable = &self.plan.unusable;
        if !unusable.is_empty() {
            terminal::show(&format!("{}\n\n", unusable.render(&self.source, style.colored)));
        }
        !unusable.is_empty()
    }
}

/// What is wrong with a spec, with its texts.
pub type Wrong = (Diagnostics, Source);

/// What came of the specs that were named.
pub enum PlanOutcome {
    /// Those that have selected cases.
    Plans(Vec<Planned>),
    /// Some are wrong; the mistakes have been printed.
    Invalid(Vec<Wrong>),
    /// None has a selected case.
    Nothing,
}

/// Finds, reads and resolves all specs of `selection`; only their cases that did not pass when they were last run where
/// `last` has the history.
pub fn plans(selection: &Selection, last: Option<&Store>, style: Style) -> anyhow::Result<PlanOutcome> {
    let mut plans = Vec::new();
    let mut wrong = Vec::new();
    for path in files(&selection.specs)? {
        let source = source(&path, &selection.overlay)?;
        match plan(&source, selection, last)? {
            Ok(planned) => plans.push(planned),
            Err(Unresolved::NothingSelected) if last.is_some() => {
                tell!("{}: no such case was open after its last run", path.shown());
            }
            Err(Unresolved::NothingSelected) => {}
            Err(Unresolved::Invalid(diagnostics)) => {
                terminal::show(&format!("{}\n\n", diagnostics.render(&source, style.colored)));
                wrong.push((diagnostics, source));
            }
        }
    }
    if !wrong.is_empty() {
        let mistakes: usize = wrong.iter().map(|(diagnostics, _)| diagnostics.told()).sum();
        tell!("{}; nothing was run", counted(mistakes, "mistake"));
        return Ok(PlanOutcome::Invalid(wrong));
    }
    let ids = || plans.iter().flat_map(|planned: &Planned| &planned.plan.cases).map(|case| &case.id);
    if let Some(idle) = selection.filter.iter().find(|pattern| !ids().any(|id| pattern.matches(id))) {
        tell!("nothing selected: no case matches `{idle}`{}", wider(selection, idle));
        return Ok(PlanOutcome::Nothing);
    }
    if plans.is_empty() && last.is_some() {
        return Ok(PlanOutcome::Nothing);
    }
    refuse_equal_names(&plans)?;
    Ok(PlanOutcome::Plans(plans))
}

/// What to write where a pattern that matches no case is a part of some: patterns are of whole ids.
fn wider(selection: &Selection, idle: &Pattern) -> String {
    let wider = format!("*{}*", idle.as_str().trim_matches('*'));
    let Ok(filter) = Pattern::new(&wider) else { return String::new() };
    let selection = Selection { filter: vec![filter], ..selection.clone() };
    let planned = files(&selection.specs).into_iter().flatten().filter_map(|path| {
        let source = source(&path, &selection.overlay).ok()?;
        plan(&source, &selection, None).ok()?.ok()
    });
    match planned.map(|planned| planned.plan.cases.len()).sum() {
        0 => String::new(),
        cases => format!(": a pattern is of the whole id, and '{wider}' matches {}", counted(cases, "case")),
    }
}

/// Reports of one name would overwrite each other.
fn refuse_equal_names(plans: &[Planned]) -> anyhow::Result<()> {
    for (index, planned) in plans.iter().enumerate() {
        if let Some(earlier) = plans[..index].iter().find(|earlier| earlier.plan.name == planned.plan.name) {
            let (one, other, name) = (&earlier.plan.file, &planned.plan.file, &planned.plan.name);
            bail!("{one} and {other} are both called `{name}`: give one of them another `name`");
        }
    }
    Ok(())
}

fn plan(source: &Source, selection: &Selection, last: Option<&Store>) -> anyhow::Result<Result<Planned, Unresolved>> {
    let (spec, diagnostics): (_, Diagnostics) = match load(source) {
        Ok(loaded) => loaded,
        Err(diagnostics) => return Ok(Err(Unresolved::Invalid(diagnostics))),
    };
    let wanted = windtunnel::plan::Selection {
        filter: selection.filter.clone(),
        only: last.map(|store| open_cases(store, &spec.name)).transpose()?,
        seed: selection.seed,
        variables: &variable,
        today: Some(today()),
    };
    Ok(resolve(&spec, diagnostics, &wanted).map(|plan| Planned { plan, report: spec.report, source: source.clone() }))
}

/// What is wrong with the specs under each of their profiles; it has been printed.
pub fn wrong_profiles(selection: &Selection, style: Style) -> anyhow::Result<Vec<Wrong>> {
    let mut wrong = Vec::new();
    for path in files(&selection.specs)? {
        let plain = source(&path, &selection.overlay)?;
        for name in profile_names(&plain) {
            let source = plain.clone().with_profile(&name);
            if let Err(Unresolved::Invalid(diagnostics)) = plan(&source, selection, None)? {
                terminal::show(&format!("{}\n\n", diagnostics.render(&source, style.colored)));
                tell!("{}: wrong with --profile {name}", path.shown());
                wrong.push((diagnostics, source));
            }
        }
    }
    Ok(wrong)
}

/// The cases of a suite that did not pass when they were last run.
fn open_cases(store: &Store, suite: &str) -> anyhow::Result<BTreeSet<String>> {
    let runs = store.runs(Some(suite))?;
    let runs: Vec<RunSummary> = runs
        .iter()
        .map(|run| serde_json::from_str(&run.found))
        .collect::<Result<_, _>>()
        .context("the history cannot be read")?;
    if runs.is_empty() {
        bail!("`{suite}` was never run to its end: run it without --last-failed first");
    }
    Ok(still_open(&runs))
}

/// The spec at `path` as it is written.
pub fn written(path: &Path) -> anyhow::Result<Source> {
    if let Some(what) = foreign(path) {
        bail!("{} is {what}; `windtunnel init` drafts a spec from your data and models", path.shown());
    }
    Ok(Source::new(path, read_text(path)?))
}

/// The spec at `path` with what the command line changes in it, and with its data elsewhere brought here.
pub fn source(path: &Path, overlay: &Overlay) -> anyhow::Result<Source> {
    let source = written(path)?;
    let source = overlay.profile.iter().fold(source, |source, name| source.with_profile(name));
    let source = overlay.set.iter().fold(source, |source, assignment| source.with_set(assignment));
    let source = match overlay.limit {
        Some(images) => source.with_limit(images as usize),
        None => source,
    };
    let mirrors = source.remote().into_iter().map(|address| {
        let here = remote::mirror(&address).map_err(|error| with_causes(&error));
        (address, here)
    });
    let mirrors = mirrors.collect();
    Ok(source.with_mirrors(mirrors))
}

/// What a file is instead of a spec, by its ending, and where a spec names it.
fn foreign(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()?.to_lowercase().as_str() {
        "onnx" => Some("an ONNX model, not a spec: the `path` of a `[model.NAME]` names it"),
        "pt" | "pth" | "safetensors" | "engine" | "tflite" => {
            Some("a model, not a spec: export it as ONNX, and name that in the `path` of a `[model.NAME]`")
        }
        "json" | "jsonl" => Some(
            "JSON, not a spec: labels are named in the `path` of a `[dataset.NAME]`, results in that of a `[model.NAME]`",
        ),
        "yaml" | "yml" | "xml" => Some("a file of labels, not a spec: the `path` of a `[dataset.NAME]` names it"),
        "jpg" | "jpeg" | "png" | "bmp" | "webp" | "tif" | "tiff" => Some("a picture, not a spec"),
        _ => None,
    }
}

/// The spec files behind files, folders and globs, in order and each once.
pub fn files(named: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for name in named {
        let path = Path::new(name);
        let found = if path.is_dir() {
            matches(&format!("{}/**/*.toml", glob::Pattern::escape(name.trim_end_matches('/'))))?
        } else if path.exists() {
            vec![path.to_path_buf()]
        } else if name.contains(['*', '?', '[']) {
            matches(name)?
        } else {
            match elsewhere(path) {
                Some(place) => bail!("there is no spec at `{name}`, but at `{0}`: `windtunnel run {0}`", place.shown()),
                None => bail!(
                    "there is no spec at `{name}`: name one, or let `windtunnel init` draft one from your data and models"
                ),
            }
        };
        if found.is_empty() {
            bail!("there is no spec (*.toml) in `{name}`: `windtunnel init` drafts one from your data and models");
        }
        files.extend(found.into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>());
    }
    Ok(files)
}

/// A folder of specs in a folder beside the one that was looked for: `windtunnel init data` writes into data/specs.
fn elsewhere(wanted: &Path) -> Option<PathBuf> {
    let beside = wanted.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folders = std::fs::read_dir(beside).ok()?.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = folders.map(|folder| folder.join(wanted.file_name().unwrap_or_default())).collect();
    found.retain(|place| place.is_dir());
    found.sort();
    let first = found.into_iter().next()?;
    Some(first.strip_prefix(".").map(Path::to_path_buf).unwrap_or(first))
}

fn matches(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let paths = glob::glob(pattern).with_context(|| format!("`{pattern}` is not a glob"))?;
    let mut files = paths.collect::<Result<Vec<_>, _>>()?;
    files.sort();
    Ok(files)
}
