//! The folder of an exported dataset: made beside its place and moved there whole; an earlier export makes room for it,
//! anything else is left alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use tempfile::TempDir;

/// The file with the labels.
pub const ANNOTATIONS: &str = "annotations.json";

/// The folder of the pictures.
pub const IMAGES: &str = "images";

/// Refuses a place that holds anything but an earlier export.
pub fn refuse(place: &Path) -> anyhow::Result<()> {
    let name = place.display();
    if let Some(file) = foreign(place).with_context(|| format!("cannot look into {name}"))? {
        bail!("{name} holds {}, which no export wrote: choose another --out, or move it away", file.display());
    }
    Ok(())
}

/// A new folder beside `place`.
pub fn beside(place: &Path) -> anyhow::Result<TempDir> {
    let parent = place.parent().unwrap_or(Path::new("."));
    let make = || {
        fs::create_dir_all(parent)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".windtunnel-");
        open_to_all(&mut builder);
        builder.tempdir_in(parent)
    };
    make().with_context(|| format!("cannot make a folder in {}", parent.display()))
}

/// Moves `made` to `place`.
pub fn settle(made: TempDir, place: &Path) -> anyhow::Result<()> {
    refuse(place)?;
    let aside = beside(place)?;
    let settle = || {
        if place.exists() {
            fs::rename(place, aside.path().join("earlier"))?;
        }
        fs::rename(made.path(), place)
    };
    settle().with_context(|| format!("cannot write {}", place.display()))?;
    let _moved = made.keep();
    Ok(())
}

#[derive(Deserialize)]
struct Annotations {
    info: Info,
    images: Vec<Image>,
}

#[derive(Deserialize)]
struct Info {
    windtunnel: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Image {
    file_name: PathBuf,
}

/// A file in `place` that is not of an earlier export; `None` where all are, or there are none.
fn foreign(place: &Path) -> io::Result<Option<PathBuf>> {
    if fs::symlink_metadata(place).is_ok_and(|found| !found.is_dir()) {
        return Ok(Some(place.to_path_buf()));
    }
    let mut found = Vec::new();
    files(place, &mut found)?;
    let annotations = place.join(ANNOTATIONS);
    let text = fs::read(&annotations).unwrap_or_default();
    let mut written: Vec<PathBuf> = match windtunnel::json::from_bytes(&text) {
        Ok(Annotations { info, images }) if !info.windtunnel.is_empty() => {
            images.iter().map(|image| place.join(IMAGES).join(&image.file_name)).collect()
        }
        Ok(_) | Err(_) => return Ok(found.into_iter().next()),
    };
    written.push(annotations);
    written.sort_unstable();
    Ok(found.into_iter().find(|file| written.binary_search(file).is_err()))
}

/// Every file in `folder` and below it, in order; none where there is no folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() { files(&entry.path(), found)? } else { found.push(entry.path()) }
    }
    Ok(())
}

/// Temporary folders are private by default, but datasets are read by other users' tools; the umask still applies.
#[cfg(unix)]
fn open_to_all(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o777));
}

#[cfg(not(unix))]
fn open_to_all(_builder: &mut tempfile::Builder<'_, '_>) {}
