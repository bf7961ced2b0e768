//! The runs that the store remembers.

use anyhow::Context as _;
use junit_report::OffsetDateTime;
use windtunnel::record::{Record, RunSummary};
use windtunnel::report::PastRun;
use windtunnel::store::{RememberedRun, Store};

/// The runs in the store, the oldest first.
pub fn past(store: &Store, suite: Option<&str>) -> anyhow::Result<Vec<PastRun>> {
    store.runs(suite)?.iter().map(read).collect()
}

/// The runs of a record's suite before its own, the oldest first; where its own is not remembered, those that started
/// before it.
pub fn before(store: &Store, record: &Record) -> anyhow::Result<Vec<PastRun>> {
    let mut runs = store.runs(Some(&record.spec.name))?;
    let (started, found) = (record.times.started_unix, serde_json::to_string(&RunSummary::of(record))?);
    match runs.iter().rposition(|run| run.started_unix == started && run.found == found) {
        Some(own) => runs.truncate(own),
        None => runs.retain(|run| run.started_unix < started),
    }
    runs.iter().map(read).collect()
}

fn read(run: &RememberedRun) -> anyhow::Result<PastRun> {
    let found = serde_json::from_str(&run.found).with_context(|| {
        format!("run #{} of the store cannot be read: name another one with `--store`, or remove it", run.id)
    })?;
    let when =
        OffsetDateTime::from_unix_timestamp(run.started_unix.cast_signed()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (when.date(), when.time());
    Ok(PastRun { id: run.id, when: format!("{date} {:02}:{:02}", time.hour(), time.minute()), found })
}
