//! `windtunnel baseline`: the accepted figures of a suite; shown, compared with a record, or replaced by a record's.

use std::path::{Path, PathBuf};

use anyhow::bail;
use windtunnel::baseline::{Baseline, details_path};
use windtunnel::exit::Exit;
use windtunnel::failure::FailureKind;
use windtunnel::gate::Outcome;
use windtunnel::record::{Acceptance, CaseRecord, ComparedWith, Record, accepted};
use windtunnel::report::{baseline_changes, baseline_table, counted};
use windtunnel::untrusted::Shown as _;

use crate::again::with_draws;
use crate::args::{Accept, BaselineArgs, BaselineCommand, Global, ShowBaseline};
use crate::causes::with_causes;
use crate::clock::today;
use crate::records::Need;
use crate::{files, records, surroundings, terminal};

/// Does what is asked of the baseline; the exit code.
pub fn baseline(args: &BaselineArgs, global: &Global) -> anyhow::Result<Exit> {
    match &args.command {
        BaselineCommand::Accept(wanted) => accept(wanted, global)?,
        BaselineCommand::Show(wanted) => show(wanted)?,
        BaselineCommand::Diff(wanted) => {
            let (path, record) = records::named_or_only(wanted.record.as_ref(), Need::Whole)?;
            let (file, baseline) = of_record(&record)?;
            let Some(baseline) = baseline else { bail!("there is no baseline at {}", file.shown()) };
            let now = accepted(&record, &Acceptance { reason: "", date: "" });
            tell!("{} against {}", path.shown(), file.shown());
            terminal::print(&baseline_changes(&baseline, &now))?;
        }
    }
    Ok(Exit::Passed)
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
        None => PathBuf::from(records::found(None, Need::Any)?.1.spec.baseline),
    };
    let Some(baseline) = Baseline::read(&path)? else { bail!("there is no baseline at {}", path.shown()) };
    terminal::print(&baseline_table(&baseline))
}

fn accept(wanted: &Accept, global: &Global) -> anyhow::Result<()> {
    if is_ci() && !wanted.force {
        bail!(
            "a baseline is accepted by people and reviewed with the change that needs it, not by a CI job; to do it all the \
             same, add `--force`"
        );
    }
    if wanted.reason.trim().is_empty() {
        bail!("say why with `--reason`: it is reviewed with the figures");
    }
    let (path, record) = records::named_or_only(wanted.record.as_ref(), Need::Any)?;
    refuse_unfit(&path, &record, wanted.failed)?;
    let (year, month, day) = today();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let reason = wanted.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let acceptance = Acceptance { reason: &reason, date: &date };
    let now = with_resamples(&record, &acceptance, global)?;
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
    say!("{}", changes.trim_end_matches('\n'));
    say!("accepted from {}: {}", path.shown(), file.shown());
    Ok(())
}

/// The figures of `record`, each with its resamples: a check that pairs them may come only later. Of a run that cannot be
/// looked at again only those are taken that have them.
fn with_resamples(record: &Record, acceptance: &Acceptance<'_>, global: &Global) -> anyhow::Result<Baseline> {
    let mut now = accepted(record, acceptance);
    let lacking: Vec<String> = now.entries.keys().filter(|key| !now.has_draws(key)).cloned().collect();
    let Some(first) = lacking.first() else { return Ok(now) };
    match with_draws(record.clone(), terminal::style(global.color)) {
        Ok(record) => Ok(accepted(&record, acceptance)),
        Err(error) if lacking.len() == now.entries.len() => Err(error),
        Err(error) => {
            let what = counted(lacking.len(), "figure");
            tell!(
                "note: {what} without resamples left out ({first}), for no check could pair them: {}",
                with_causes(&error)
            );
            for key in &lacking {
                now.entries.remove(key);
                now.details.remove(key);
            }
            Ok(now)
        }
    }
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
    let is_set = |name: &str| surroundings::text(name).is_some_and(|value| value != "false");
    SERVICES.iter().any(|name| is_set(name))
}

/// Refuses records that somebody would regret: of a part of a run, and, unless `takes_failed`, of a run in which more failed
/// than the comparison with the baseline that is to be replaced.
fn refuse_unfit(path: &Path, record: &Record, takes_failed: bool) -> anyhow::Result<()> {
    let name = path.shown();
    if let Some(lack) = record.lack() {
        bail!("{name} {lack}: {}", lack.way_out());
    }
    let is_old_baseline = |case: &CaseRecord| case.other == Some(ComparedWith::Baseline);
    let is_wrong = |case: &&CaseRecord| match case.verdict.outcome {
        Outcome::Pass | Outcome::Skipped => false,
        Outcome::Fail => !case.is_waived(),
        Outcome::Error(kind) => kind != FailureKind::Baseline,
    };
    let wrong: Vec<&CaseRecord> = record.cases.iter().filter(is_wrong).filter(|case| !is_old_baseline(case)).collect();
    if let Some(first) = wrong.first().filter(|_| !takes_failed) {
        bail!(
            "{name} is of a run in which {} did not hold ({}): mend it and run again, or accept its figures all the same with \
             `--failed`",
            counted(wrong.len(), "check"),
            first.id
        );
    }
    Ok(())
}
