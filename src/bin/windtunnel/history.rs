//! The runs that the store remembers.

use anyhow::Context as _;
use windtunnel::record::{Record, RunSummary};
use windtunnel::report::PastRun;
use windtunnel::store::{RememberedRun, Store};

use crate::clock::minute;

/// The runs in the store, the oldest first.
pub fn past(store: &Store, suite: Option<&str>) -> anyhow::Result<Vec<PastRun>> {
    store.runs(suite)?.iter().map(read).collect()
}

/// The runs of a record's suite before its own, the oldest first; where its own is not remembered, those that started
/// before it.
pub fn before(store: &Store, record: &Record) -> anyhow::Result<Vec<PastRun>> {
    let runs = past(store, Some(&record.spec.name))?;
    Ok(earlier(runs, record.times.started_unix, &RunSummary::of(record)))
}

/// Those of the runs of a suite, the oldest first, that are before the one that `started` then and `found` that.
pub fn earlier(mut runs: Vec<PastRun>, started: u64, found: &RunSummary) -> Vec<PastRun> {
    match runs.iter().rposition(|run| run.started_unix == started && run.found == *found) {
        Some(own) => runs.truncate(own),
        None => runs.retain(|run| run.started_unix < started),
    }
    runs
}

/// The runs in the store, the oldest first, each by itself where one cannot be read.
pub fn each(store: &Store) -> anyhow::Result<Vec<anyhow::Result<PastRun>>> {
    Ok(store.runs(None)?.iter().map(read).collect())
}

fn read(run: &RememberedRun) -> anyhow::Result<PastRun> {
    let found = serde_json::from_str(&run.found).with_context(|| {
        format!("run #{} of the store cannot be read: name another one with `--store`, or remove it", run.id)
    })?;
    Ok(PastRun { id: run.id, started_unix: run.started_unix, when: minute(run.started_unix), found })
}
