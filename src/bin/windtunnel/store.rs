//! Where answers are kept: the store that a command line asks for.

use std::path::Path;

use anyhow::{Context as _, bail};
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::args::Keeping;

/// The store to run with; `None` where none is wanted.
pub fn open(keeping: &Keeping) -> anyhow::Result<Option<Store>> {
    if keeping.no_cache {
        return Ok(None);
    }
    if keeping.offline {
        return match existing(&keeping.store)? {
            Some(store) => Ok(Some(store)),
            None => bail!("`--offline` asks only the store, but there is none at {}", keeping.store.shown()),
        };
    }
    let store = Store::open(&keeping.store).context("answers cannot be kept (`--no-cache` runs without)")?;
    Ok(Some(store))
}

/// The store of a run that asks no model, for its history alone; `offline` takes one that cannot be written, or none.
pub fn for_history(path: &Path, no_cache: bool, offline: bool) -> anyhow::Result<Option<Store>> {
    if no_cache {
        return Ok(None);
    }
    if offline {
        return existing(path);
    }
    Ok(Some(Store::open(path).context("runs cannot be remembered (`--no-cache` runs without)")?))
}

/// The store, for its history.
pub fn past<'s>(store: Option<&'s Store>, path: &Path) -> anyhow::Result<&'s Store> {
    store.with_context(|| {
        format!("`--last-failed` needs the history of a run, but there is no store at {}", path.shown())
    })
}

/// The store at `path`, if there is one.
pub fn existing(path: &Path) -> anyhow::Result<Option<Store>> {
    Ok(Store::open_existing(path)?)
}
