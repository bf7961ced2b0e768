//! A mirror of objects: what lies at an address is kept in a folder here, and only what has changed is fetched again.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use object_store::ObjectMeta;
use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use windtunnel::untrusted::Shown as _;
use windtunnel::{file, followed};

use crate::files;

/// Where mirrors are kept.
const MIRRORS: &str = "target/windtunnel/mirrors";

/// Which state of an object was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct MirrorState {
    /// Bytes.
    size: u64,
    /// The store's own name of the content; where it has none, the time of the last change.
    version: String,
}

impl From<&ObjectMeta> for MirrorState {
    fn from(object: &ObjectMeta) -> Self {
        let version = object.e_tag.clone().unwrap_or_else(|| object.last_modified.to_rfc3339());
        Self { size: object.size, version }
    }
}

/// Brings what lies at `address` here: the path of the file, or of the folder.
pub fn mirror(address: &str) -> anyhow::Result<PathBuf> {
    let bucket = Bucket::open(address)?;
    let (scheme, rest) = address.split_once("://").context("no address")?;
    let host = rest.split(['/', '?']).next().unwrap_or_default().replace(':', "_");
    let root = Path::new(MIRRORS).join(scheme).join(host);
    let here = bucket.key.parts().fold(root.clone(), |path, part| path.join(part.as_ref()));
    let objects = bucket.objects()?;
    if objects.is_empty() {
        bail!("there is nothing there");
    }
    let paths: Vec<PathBuf> = objects
        .iter()
        .map(|object| object.location.parts().fold(root.clone(), |path, part| path.join(part.as_ref())))
        .collect();
    let index = index_of(&here);
    let known = read_index(&index);
    let is_missing = |object: &ObjectMeta, path: &Path| {
        known.get(object.location.as_ref()) != Some(&MirrorState::from(object))
            || fs::metadata(path).map(|file| file.len()).ok() != Some(object.size)
    };
    let missing: Vec<(&ObjectMeta, &PathBuf)> =
        objects.iter().zip(&paths).filter(|(object, path)| is_missing(object, path)).collect();
    forget_others(&known, &objects, &root)?;
    let wanted: Vec<ObjectMeta> = missing.iter().map(|(object, _)| (*object).clone()).collect();
    bucket.fetch(&wanted, |at, bytes| {
        if bytes.len() as u64 != wanted[at].size {
            bail!("{} changed while it was read: try again", wanted[at].location);
        }
        write(missing[at].1, bytes)
    })?;
    let states: BTreeMap<&str, MirrorState> =
        objects.iter().map(|object| (object.location.as_ref(), MirrorState::from(object))).collect();
    write(&index, &serde_json::to_vec(&states)?)?;
    if !wanted.is_empty() {
        let bytes: u64 = wanted.iter().map(|object| object.size).sum();
        let (new, all, megabytes) = (wanted.len(), objects.len(), bytes as f64 / 1e6);
        tell!("{address}: {new} of {all} files are new, {megabytes:.1} MB, in {}", here.shown());
    }
    Ok(here)
}

/// Writes a file below the mirrors' own folder, which alone may be a link.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    files::write_below(Path::new(MIRRORS), path.strip_prefix(MIRRORS).unwrap_or(path), bytes)
}

/// Where it is kept what was fetched: beside the file or folder.
fn index_of(here: &Path) -> PathBuf {
    let name = here.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    here.with_file_name(format!(".{name}.mirror.json"))
}

/// What was fetched; a damaged index only means that all is fetched again.
fn read_index(path: &Path) -> BTreeMap<String, MirrorState> {
    let read = file::read(path, file::MOST_OF_A_REPORT);
    // Written anew with every mirroring: that is no change of what was mirrored.
    followed::forget(path);
    read.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Removes what was mirrored and is there no more: it would be taken for a part of the dataset.
fn forget_others(known: &BTreeMap<String, MirrorState>, objects: &[ObjectMeta], root: &Path) -> anyhow::Result<()> {
    let there: HashSet<&str> = objects.iter().map(|object| object.location.as_ref()).collect();
    for name in known.keys().filter(|name| !there.contains(name.as_str())) {
        let path = root.join(name);
        if path.is_file() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.shown()))?;
        }
    }
    Ok(())
}
