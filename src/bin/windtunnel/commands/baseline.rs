//! `windtunnel baseline`: the accepted figures of a suite; shown, compared with a record, or replaced by a record's.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::baseline::{Baseline, details_path};
use windtunnel::record::{Acceptance, Record, accepted};
use windtunnel::report::{baseline_changes, baseline_table};
use windtunnel::untrusted::Shown as _;

use crate::args::{Accept, BaselineArgs, BaselineCommand, ShowBaseline};
use crate::clock::today;
use crate::{files, records, terminal};

/// Does what is asked of the baseline; the exit code.
pub fn baseline(args: &BaselineArgs) -> anyhow::Result<u8> {
    match &args.command {
        BaselineCommand::Accept(wanted) => accept(wanted)?,
        BaselineCommand::Show(wanted) => show(wanted)?,
        BaselineCommand::Diff(wanted) => {
            let (path, record) = records::named_or_only(wanted.record.as_ref())?;
            let (file, baseline) = of_record(&record)?;
            let Some(baseline) = baseline else { bail!("there is no baseline at {}", file.shown()) };
            let now = accepted(&record, &Acceptance { reason: "", date: "" });
            tell!("{} against {}", path.shown(), file.shown());
            terminal::print(&baseline_changes(&baseline, &now))?;
        }
    }
    Ok(0)
}

/// The baseline that a record's spec uses.
fn of_record(record: &Record) -> anyhow::Result<(PathBuf, Option<Baseline>)> {
    let path = PathBuf::from(&record.spec.baseline);
    let baseline = Baseline::read(&path)?;
    Ok((path, baseline))
}

fn show(wanted: &ShowBaseline) -> anyhow::Result<()> {
    let path = match &wanted.file {
        Some(path) => path.clone(),
        None => PathBuf::from(records::named_or_only(None)?.1.spec.baseline),
    };
    let Some(baseline) = Baseline::read(&path)? else { bail!("there is no baseline at {}", path.shown()) };
    terminal::print(&baseline_table(&baseline))
}

fn accept(wanted: &Accept) -> anyhow::Result<()> {
    if is_ci() && !wanted.force {
        bail!(
            "a baseline is accepted by people and reviewed with the change that needs it, not by a CI job; to do it all the \
             same, add `--force`"
        );
    }
    if wanted.reason.trim().is_empty() {
        bail!("say why with `--reason`: it is reviewed with the figures");
    }
    let (path, record) = records::named_or_only(wanted.record.as_ref())?;
    refuse_unfit(&path, &record)?;
    let (year, month, day) = today();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let reason = wanted.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let now = accepted(&record, &Acceptance { reason: &reason, date: &date });
    let (file, before) = of_record(&record)?;
    let mut merged = before.clone().unwrap_or_default();
    // A suite's figures are replaced as a whole: what its spec no longer measures is no longer accepted.
    let is_of_suite = |key: &str| key.split('/').next() == Some(record.spec.name.as_str());
    merged.entries.retain(|key, _| !is_of_suite(key));
    merged.details.retain(|key, _| !is_of_suite(key));
    let changes = baseline_changes(&before.unwrap_or_default(), &now);
    merged.entries.extend(now.entries);
    merged.details.extend(now.details);
    let details = details_path(&file);
    [&details, &file].into_iter().try_for_each(|file| refuse_links(file))?;
    files::write(&details, merged.details_text().as_bytes())?;
    files::write(&file, merged.text().as_bytes())?;
    tell!("{}", changes.trim_end_matches('\n'));
    tell!("accepted from {}: {}", path.shown(), file.shown());
    Ok(())
}

/// A baseline is no report that a link to it may be followed.
fn refuse_links(file: &Path) -> anyhow::Result<()> {
    let (folder, name) = (file.parent().unwrap_or(Path::new("")), file.file_name().unwrap_or_default());
    files::refuse_links(folder, Path::new(name))
}

/// Whether a CI service runs this, by the variables that the common ones set.
fn is_ci() -> bool {
    const SERVICES: [&str; 7] =
        ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "BUILDKITE"];
    let is_set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "false");
    SERVICES.iter().any(|name| is_set(name))
}

/// Refuses records that somebody would regret.
fn refuse_unfit(path: &Path, record: &Record) -> anyhow::Result<()> {
    let name = path.shown();
    if record.interrupted {
        bail!("{name} is of a run that was interrupted: run it to its end");
    }
    if record.spec.is_filtered {
        bail!("{name} holds some of the spec's cases only: accept a run without `-k`");
    }
    if let Some(failed) = record.setup.first() {
        bail!("{name} holds what could not be set up: {}", failed.failure.message);
    }
    if let Some(cell) = record.cells.iter().find(|cell| cell.failure.is_some() || cell.blocked.is_some()) {
        bail!("{name} holds cells that were not measured: {}/{}/{}", cell.model, cell.dataset, cell.condition);
    }
    Ok(())
}
