//! `windtunnel cache`: what the store of answers holds, and forgetting some of it.

use std::time::Duration;

use anyhow::bail;
use windtunnel::exit::Exit;
use windtunnel::store::{Holding, Store};
use windtunnel::untrusted::Shown as _;

use crate::args::{Cache, CacheCommand, Clean};
use crate::clock::clock;
use crate::{store, terminal};

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

/// Shows or cleans the store; the exit code.
pub fn cache(args: &Cache) -> anyhow::Result<Exit> {
    let Some(store) = store::existing(&args.store)? else {
        tell!("there is no store at {}", args.store.shown());
        return Ok(Exit::Passed);
    };
    match &args.command {
        CacheCommand::Size => size(&store)?,
        CacheCommand::Clean(wanted) => clean(&store, wanted)?,
    }
    Ok(Exit::Passed)
}

fn size(store: &Store) -> anyhow::Result<()> {
    let mebibytes = |bytes: u64| bytes as f64 / MIB as f64;
    let mut lines: Vec<String> = Vec::new();
    for Holding { model, kind, answers, bytes, seconds } in store.holdings()? {
        let size = mebibytes(bytes);
        lines.push(format!("{model} ({kind}): {answers} answers, {size:.1} MiB, {seconds:.0} s of inference"));
    }
    let file = mebibytes(std::fs::metadata(store.path())?.len());
    lines.push(format!("{}: {file:.1} MiB on disk\n", store.path().shown()));
    terminal::print(&lines.join("\n"))
}

fn clean(store: &Store, wanted: &Clean) -> anyhow::Result<()> {
    if !wanted.all && wanted.older_than.is_none() && wanted.larger_than.is_none() {
        bail!("say what to forget: `--older-than DAYS`, `--larger-than MIB`, or `--all`");
    }
    let mut gone = 0;
    if let Some(days) = wanted.older_than {
        gone += store.forget_before(clock()().saturating_sub(Duration::from_secs(days.saturating_mul(DAY))))?;
    }
    if let Some(size) = wanted.larger_than {
        gone += store.forget_beyond(size.saturating_mul(MIB))?;
    }
    if wanted.all {
        gone += store.forget_beyond(0)?;
    }
    say!("{gone} answers forgotten");
    Ok(())
}
