//! Shards on disk: found and read, and what was asked for as they keep it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use glob::Pattern;
use windtunnel::file;
use windtunnel::plan::Plan;
use windtunnel::run::{Request, Shard};

use crate::args::{Overlay, Selection};

/// Ends the name of a shard's file.
const ENDING: &str = ".jsonl.gz";

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

/// The shards in the files, folders and globs that are named, by suite; each with its file's name.
pub fn read(named: &[String]) -> anyhow::Result<Vec<Vec<(String, Shard)>>> {
    let mut suites: Vec<Vec<(String, Shard)>> = Vec::new();
    for path in files(named)? {
        let name = path.display().to_string();
        let file = file::open(&path).with_context(|| format!("cannot read {name}"))?;
        let shard = Shard::read(file).with_context(|| name.clone())?;
        match suites.iter_mut().find(|suite| suite[0].1.suite() == shard.suite()) {
            Some(suite) => suite.push((name, shard)),
            None => suites.push(vec![(name, shard)]),
        }
    }
    Ok(suites)
}

/// The files, in order and each once.
fn files(named: &[String]) -> anyhow::Result<Vec<PathBuf>> {
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
