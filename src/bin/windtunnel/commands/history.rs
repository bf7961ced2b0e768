//! `windtunnel history`: the runs of the past, and how figures went from version to version.

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::record::RunSummary;
use windtunnel::report::{PastRun, history as listed, trend};
use windtunnel::store::Store;
use windtunnel::untrusted::{self, Shown as _};

use super::site::site;
use crate::args::{History, HistoryCommand, Trend};
use crate::history::past;
use crate::{records, store, terminal};

/// Shows the history, or adds to it; the exit code.
pub fn history(args: &History) -> anyhow::Result<Exit> {
    if let HistoryCommand::Import(wanted) = &args.command {
        let record = records::read(&wanted.record)?;
        let store = Store::open(&args.store)?;
        let found = serde_json::to_string(&RunSummary::of(&record))?;
        let id = store.remember(record.times.started_unix, &record.spec.name, &found)?;
        records::introduce(&wanted.record, &record);
        say!("run #{id}: {}", wanted.record.shown());
        return Ok(Exit::Passed);
    }
    if let HistoryCommand::Site(wanted) = &args.command {
        return site(wanted, &args.store);
    }
    let Some(store) = store::existing(&args.store)? else { bail!("there is no store at {}", args.store.shown()) };
    let text = match &args.command {
        HistoryCommand::List => listed(&past(&store, None)?),
        HistoryCommand::Show(wanted) => {
            let runs = past(&store, None)?;
            let Some(run) = runs.into_iter().find(|run| run.id == wanted.id) else {
                bail!("there is no run #{}: `windtunnel history list` lists them", wanted.id)
            };
            untrusted::json(serde_json::to_string_pretty(&run.found)? + "\n")
        }
        HistoryCommand::Trend(wanted) => shown(&past(&store, wanted.suite.as_deref())?, wanted)?,
        HistoryCommand::Import(_) | HistoryCommand::Site(_) => String::new(),
    };
    terminal::print(&text)?;
    Ok(Exit::Passed)
}

fn shown(runs: &[PastRun], wanted: &Trend) -> anyhow::Result<String> {
    let is_wanted = |key: &str| {
        let metric = key.rsplit('/').next().unwrap_or_default();
        if wanted.filter.is_empty() {
            return runs.iter().any(|run| run.found.metric == metric);
        }
        wanted.filter.iter().any(|pattern| pattern.matches(key))
    };
    let text = trend(runs, &is_wanted);
    if text.is_empty() {
        bail!("no figure of {} runs matches; keys are like `model/dataset/condition/map`", runs.len());
    }
    Ok(text)
}
