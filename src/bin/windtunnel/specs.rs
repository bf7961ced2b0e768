//! Spec files: found, read, resolved; what is wrong with them is printed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use windtunnel::plan::{Plan, Unresolved, resolve};
use windtunnel::report::Style;
use windtunnel::spec::{Diagnostics, ReportSpec, Source, load};

use crate::args::Selection;
use crate::clock::today;

/// A plan with where its spec wants its reports.
pub struct Planned {
    pub plan: Plan,
    pub report: ReportSpec,
    /// The folder that relative report paths start from.
    pub folder: PathBuf,
}

/// What came of the specs that were named.
pub enum Found {
    /// Those that have selected cases.
    Plans(Vec<Planned>),
    /// Some are wrong; the mistakes have been printed.
    Invalid,
    /// None has a selected case.
    Nothing,
}

/// Finds, reads and resolves all specs of `selection`.
pub fn plans(selection: &Selection, style: Style) -> anyhow::Result<Found> {
    let mut plans = Vec::new();
    let mut mistakes = 0;
    for path in files(&selection.specs)? {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let source = Source::new(&path, text);
        match plan(&source, selection) {
            Ok(planned) => plans.push(planned),
            Err(Unresolved::NothingSelected) => {}
            Err(Unresolved::Invalid(diagnostics)) => {
                mistakes += diagnostics.len();
                anstream::eprintln!("{}\n", diagnostics.render(&source, style.colored));
            }
        }
    }
    if mistakes > 0 {
        let s = if mistakes == 1 { "" } else { "s" };
        anstream::eprintln!("{mistakes} mistake{s}; nothing was run");
        return Ok(Found::Invalid);
    }
    let ids = || plans.iter().flat_map(|planned: &Planned| &planned.plan.cases).map(|case| &case.id);
    if let Some(idle) = selection.filter.iter().find(|pattern| !ids().any(|id| pattern.matches(id))) {
        anstream::eprintln!("nothing selected: no case matches `{idle}`");
        return Ok(Found::Nothing);
    }
    refuse_equal_names(&plans)?;
    Ok(Found::Plans(plans))
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

fn plan(source: &Source, selection: &Selection) -> Result<Planned, Unresolved> {
    let (spec, diagnostics): (_, Diagnostics) = load(source).map_err(Unresolved::Invalid)?;
    let variables = |name: &str| std::env::var(name).ok();
    let wanted = windtunnel::plan::Selection {
        filter: selection.filter.clone(),
        seed: selection.seed,
        variables: &variables,
        today: Some(today()),
    };
    let plan = resolve(&spec, diagnostics, &wanted)?;
    Ok(Planned { plan, report: spec.report, folder: source.folder.clone() })
}

/// The spec files behind files, folders and globs, in order and each once.
fn files(named: &[String]) -> anyhow::Result<Vec<PathBuf>> {
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
            bail!("there is no spec at `{name}`");
        };
        if found.is_empty() {
            bail!("there is no spec (*.toml) in `{name}`");
        }
        files.extend(found.into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>());
    }
    Ok(files)
}

fn matches(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let paths = glob::glob(pattern).with_context(|| format!("`{pattern}` is not a glob"))?;
    let mut files = paths.collect::<Result<Vec<_>, _>>()?;
    files.sort();
    Ok(files)
}
