//! Shards on disk: found and read, and what was asked for as they keep it.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use glob::Pattern;
use windtunnel::file;
use windtunnel::plan::Plan;
use windtunnel::run::{Request, Shard};
use windtunnel::spec::is_remote;
use windtunnel::untrusted::Shown as _;

use crate::args::{Overlay, SHARDS, Selection};
use crate::{files, remote};

/// Ends the name of a shard's file.
pub const ENDING: &str = ".jsonl.gz";

/// What was asked for of one spec.
pub fn request(plan: &Plan, selection: &Selection) -> Request {
    Request {
        spec: plan.file.clone(),
        filter: selection.filter.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        profiles: selection.overlay.profile.clone(),
        sets: selection.overlay.set.clone(),
        limit: selection.overlay.limit,
        seed: selection.seed,
    }
}

/// What was asked for, to be asked for again.
pub fn selection(request: &Request) -> anyhow::Result<Selection> {
    let filter = request.filter.iter().map(|text| Pattern::new(text));
    Ok(Selection {
        specs: vec![request.spec.clone()],
        filter: filter.collect::<Result<_, _>>().context("its filter is no glob")?,
        overlay: Overlay { profile: request.profiles.clone(), set: request.sets.clone(), limit: request.limit },
        seed: request.seed,
    })
}

/// Where shards go: a folder, or an address.
#[derive(Debug, Clone)]
pub enum Destination {
    Folder { folder: PathBuf, name: String },
    Elsewhere(String),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { folder, name } => f.write_str(&folder.join(name).to_string_lossy()),
            Self::Elsewhere(address) => f.write_str(address),
        }
    }
}

impl Destination {
    /// The place of a shard called `name`.
    pub fn of(shards: &str, name: &str) -> Self {
        if is_remote(shards) {
            Self::Elsewhere(format!("{}/{name}", shards.trim_end_matches('/')))
        } else {
            Self::Folder { folder: PathBuf::from(shards), name: name.to_owned() }
        }
    }

    /// Finds out whether a shard can be written there, as far as that can be found out without writing it.
    pub fn probe(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder { folder, name } => {
                files::refuse_links(folder, Path::new(name))?;
                files::probe(&folder.join(name), "--shards")
            }
            Self::Elsewhere(address) => remote::probe(address),
        }
    }

    /// Writes a shard. One that cannot be written elsewhere is kept here: it can be hours of work.
    pub fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        match self {
            Self::Folder { folder, name } => files::write_below(folder, Path::new(name), bytes),
            Self::Elsewhere(address) => remote::put(address, bytes).or_else(|error| {
                let name = Path::new(address.rsplit('/').next().unwrap_or_default());
                files::write_below(Path::new(SHARDS), name, bytes)?;
                Err(error.context(format!("the shard is kept in {}", Path::new(SHARDS).join(name).shown())))
            }),
        }
    }
}

/// The shards in the files, folders, globs and addresses that are named, by suite; each with its file's name.
pub fn read(named: &[String]) -> anyhow::Result<Vec<Vec<(String, Shard)>>> {
    let (elsewhere, here): (Vec<String>, Vec<String>) = named.iter().cloned().partition(|name| is_remote(name));
    let mut shards = Vec::new();
    for path in files_of(&here)? {
        let name = path.shown();
        let file = file::open(&path).with_context(|| format!("cannot read {name}"))?;
        shards.push((name.clone(), Shard::read(file).context(name)?));
    }
    for address in elsewhere {
        let found = remote::read_all(&address, ENDING)?;
        if found.is_empty() {
            bail!("there is no shard at {address}: `windtunnel run --partition M/N --shards {address}` writes them");
        }
        for (name, bytes) in found {
            shards.push((name.clone(), Shard::read(bytes.as_slice()).context(name)?));
        }
    }
    let mut suites: Vec<Vec<(String, Shard)>> = Vec::new();
    for (name, shard) in shards {
        match suites.iter_mut().find(|suite| suite[0].1.suite() == shard.suite()) {
            Some(suite) => suite.push((name, shard)),
            None => suites.push(vec![(name, shard)]),
        }
    }
    Ok(suites)
}

/// The files, in order and each once.
fn files_of(named: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for name in named {
        let found = if Path::new(name).is_dir() {
            matches(&format!("{}/**/*{ENDING}", Pattern::escape(name.trim_end_matches('/'))))?
        } else if Path::new(name).exists() {
            vec![PathBuf::from(name)]
        } else {
            matches(name)?
        };
        if found.is_empty() {
            bail!("there is no shard at {name}: `windtunnel run --partition M/N` writes them");
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn matches(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let paths = glob::glob(pattern).with_context(|| format!("`{pattern}` is no glob"))?;
    Ok(paths.collect::<Result<_, _>>()?)
}
