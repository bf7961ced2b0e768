//! Records on disk: where runs leave them, found and read, and told of before they are used.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use windtunnel::file;
use windtunnel::record::{Lack, Record};
use windtunnel::report::about;
use windtunnel::untrusted::Shown as _;

use crate::clock::moment;
use crate::files;

/// Where runs leave their records, a folder per suite.
pub const FOLDER: &str = "target/windtunnel";

/// The folder, in a suite's own, of runs of some of its cases: they leave the record of the whole run alone.
pub const SELECTED: &str = "selected";

/// A record's file in its folder.
pub const RECORD: &str = "record.json";

/// What a command does with a record that nobody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It shows what is there.
    Any,
    /// It takes figures from it, of a run that came to its end; what could not be measured is told.
    Whole,
}

/// Where a run of the suite called `name` leaves its record, and what belongs to it.
pub fn folder_of(name: &str, is_filtered: bool) -> PathBuf {
    let whole = Path::new(FOLDER).join(name);
    if is_filtered { whole.join(SELECTED) } else { whole }
}

/// Reads a record.
pub fn read(path: &Path) -> anyhow::Result<Record> {
    let bytes = file::read(path, file::MOST_OF_A_REPORT).with_context(|| format!("cannot read {}", path.shown()))?;
    Record::from_json(&bytes).with_context(|| format!("cannot use {}", path.shown()))
}

/// The record named, or the only one that runs have left; which run it is of has been told.
pub fn named_or_only(named: Option<&PathBuf>, need: Need) -> anyhow::Result<(PathBuf, Record)> {
    let (path, record) = found(named, need)?;
    introduce(&path, &record);
    Ok((path, record))
}

/// The record named, or the only one that runs have left.
pub fn found(named: Option<&PathBuf>, need: Need) -> anyhow::Result<(PathBuf, Record)> {
    let path = match named {
        Some(path) => of_file(path)?,
        None => only()?,
    };
    let record = read(&path)?;
    let is_part = |lack: &Lack<'_>| matches!(lack, Lack::Interrupted | Lack::Filtered);
    if let Some(lack) = record.lack().filter(is_part).filter(|_| named != Some(&path) && need == Need::Whole) {
        let name = path.shown();
        bail!("{name} {lack}: {}; to take it all the same, name it: {name}", lack.way_out());
    }
    Ok((path, record))
}

/// The record that a file is: itself, or of a spec the one that its last run left.
pub fn of_file(path: &Path) -> anyhow::Result<PathBuf> {
    if path.extension().is_none_or(|extension| extension != "toml") || !path.is_file() {
        return Ok(path.to_owned());
    }
    let whole = path.canonicalize().with_context(|| format!("cannot read {}", path.shown()))?;
    let is_its = |record: &Record| Path::new(&record.spec.file).canonicalize().is_ok_and(|file| file == whole);
    let left = matches(&format!("{FOLDER}/*/{RECORD}"))?;
    // One that cannot be read is of no run that could be taken.
    let mut its: Vec<PathBuf> = left.into_iter().filter(|record| read(record).is_ok_and(|one| is_its(&one))).collect();
    match its.len() {
        0 => bail!(
            "{spec} is a spec, and no run of it has left a record in {FOLDER}: `windtunnel run {spec}` leaves one",
            spec = path.shown()
        ),
        1 => Ok(its.remove(0)),
        _ => {
            let names = its.iter().map(|path| path.shown()).collect::<Vec<_>>().join("\n  ");
            bail!("{} is a spec of several suites; name the record of one:\n  {names}", path.shown())
        }
    }
}

/// Tells which run a record is of.
pub fn introduce(path: &Path, record: &Record) {
    tell!("{}: {}", path.shown(), about(record, &moment(record.times.started_unix)));
}

/// The folder where a record's pictures lie: beside it, or, for a copy of the last run's record, beside that one.
pub fn pictures_of<'p>(path: &'p Path, record: &Record) -> std::borrow::Cow<'p, Path> {
    let beside = path.parent().unwrap_or(Path::new(""));
    let last = folder_of(&record.spec.name, record.spec.is_filtered);
    let is_copy = || read(&last.join(RECORD)).is_ok_and(|other| other == *record);
    if beside != last && is_copy() { last.into() } else { beside.into() }
}

/// The records in `folder`, and up to two folders deeper: beside each other as runs leave them, or one such folder per job of
/// a CI. What cannot be looked into is `unread`. Where nobody named the folder, it may be missing.
pub fn below(folder: &Path, is_named: bool, unread: &mut Vec<String>) -> anyhow::Result<Vec<PathBuf>> {
    const DEPTH: usize = 2;
    if !folder.is_dir() {
        if folder.exists() {
            bail!("{} is a file: name the folder that holds reports", folder.shown());
        }
        if is_named {
            bail!("there is no folder {}: name the one that holds reports", folder.shown());
        }
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    gather(folder, DEPTH, &mut found, unread);
    if found.is_empty() && is_named {
        let inside = folder.join(FOLDER);
        let way_out = if inside.is_dir() {
            format!("name {}, where runs leave them", inside.shown())
        } else {
            format!("name the folder that holds reports; without one, {FOLDER} is taken")
        };
        bail!("there is no {RECORD} in {}: {way_out}", folder.shown());
    }
    Ok(found)
}

fn gather(folder: &Path, depth: usize, found: &mut Vec<PathBuf>, unread: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut entries: Vec<PathBuf> = match entries {
        Ok(entries) => entries,
        Err(error) => return unread.push(format!("cannot look into {}: {error}", folder.shown())),
    };
    entries.sort();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    found.extend(entries.iter().filter(|path| name(path) == RECORD).cloned());
    for inner in entries.iter().filter(|path| depth > 0 && path.is_dir() && !files::is_temporary(&name(path))) {
        gather(inner, depth - 1, found, unread);
    }
}

fn only() -> anyhow::Result<PathBuf> {
    let mut found = matches(&format!("{FOLDER}/*/{RECORD}"))?;
    match found.len() {
        0 => match matches(&format!("{FOLDER}/*/{SELECTED}/{RECORD}"))?.first() {
            Some(selected) => bail!(
                "there is no record of a whole run in {FOLDER}: run without `-k` and `--last-failed`, or name one of some \
                 cases: {}",
                selected.shown()
            ),
            None => bail!("there is no record in {FOLDER}: run a spec first, or name a record"),
        },
        1 => Ok(found.remove(0)),
        _ => {
            let names = found.iter().map(|path| path.shown()).collect::<Vec<_>>().join("\n  ");
            bail!("there are several records; name one of them:\n  {names}")
        }
    }
}

fn matches(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    Ok(glob::glob(pattern)?.filter_map(Result::ok).collect())
}
