//! Records on disk: found and read.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use windtunnel::file;
use windtunnel::record::Record;
use windtunnel::untrusted::Shown as _;

/// Where runs leave their records, a folder per suite.
const FOLDER: &str = "target/windtunnel";

/// Reads a record.
pub fn read(path: &Path) -> anyhow::Result<Record> {
    let bytes = file::read(path, file::MOST_OF_A_REPORT).with_context(|| format!("cannot read {}", path.shown()))?;
    Record::from_json(&bytes).with_context(|| format!("cannot use {}", path.shown()))
}

/// The record named, or the only one that runs have left.
pub fn named_or_only(named: Option<&PathBuf>) -> anyhow::Result<(PathBuf, Record)> {
    let path = match named {
        Some(path) => path.clone(),
        None => only()?,
    };
    let record = read(&path)?;
    Ok((path, record))
}

fn only() -> anyhow::Result<PathBuf> {
    let mut found: Vec<PathBuf> = glob::glob(&format!("{FOLDER}/*/record.json"))?.filter_map(Result::ok).collect();
    match found.len() {
        0 => bail!("there is no record in {FOLDER}: run a spec first, or name a record"),
        1 => Ok(found.remove(0)),
        _ => {
            let names = found.iter().map(|path| path.shown()).collect::<Vec<_>>().join("\n  ");
            bail!("there are several records; name one of them:\n  {names}")
        }
    }
}
