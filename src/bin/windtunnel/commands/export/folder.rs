//! The folder of an exported dataset: made beside its place and moved there whole; an earlier export makes room for it,
//! anything else is left alone. What a killed export left is tidied by the next one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use tempfile::TempDir;
use windtunnel::file;
use windtunnel::untrusted::Shown as _;

use crate::files;
use crate::interrupt::writing;

/// The file with the labels.
pub const ANNOTATIONS: &str = "annotations.json";

/// The folder of the pictures.
pub const IMAGES: &str = "images";

/// Refuses a place that holds anything but an earlier export.
pub fn refuse(place: &Path) -> anyhow::Result<()> {
    let name = place.shown();
    if let Some(file) = foreign(place).with_context(|| format!("cannot look into {name}"))? {
        bail!("{name} holds {}, which no export wrote: choose another --out, or move it away", file.shown());
    }
    Ok(())
}

/// A folder in the making, beside the place that it is for. For as long as its process lives, its lock is held.
pub struct Making {
    lock: fs::File,
    around: TempDir,
}

/// The file that tells whether anybody is at work in a folder.
const LOCK: &str = "lock";

/// The folder that is made.
const MADE: &str = "made";

/// Holds an earlier export, under its name, while the new one takes its place.
const EARLIER: &str = "earlier";

impl Making {
    /// A new folder beside `place`.
    pub fn beside(place: &Path) -> anyhow::Result<Self> {
        let parent = parent(place);
        let make = || {
            fs::create_dir_all(parent)?;
            let _whole = writing();
            let around = files::temporary_name().tempdir_in(parent)?;
            let lock = fs::File::create_new(around.path().join(LOCK))?;
            // Where there are no locks, what is left of a killed export stays until it is old.
            let _unlocked = lock.try_lock();
            fs::create_dir(around.path().join(MADE))?;
            Ok::<_, io::Error>(Self { lock, around })
        };
        make().with_context(|| format!("cannot write into {}: choose another --out", parent.shown()))
    }

    /// The folder.
    pub fn path(&self) -> PathBuf {
        self.around.path().join(MADE)
    }

    /// Moves it to `place`. A process that is killed in between leaves both, and [`tidy`] puts the earlier one back.
    pub fn settle(self, place: &Path) -> anyhow::Result<()> {
        refuse(place)?;
        let earlier = self.around.path().join(EARLIER);
        let earlier_one = earlier.join(place.file_name().unwrap_or_default());
        let settle = || {
            let _whole = writing();
            if !place.exists() {
                return fs::rename(self.path(), place);
            }
            fs::create_dir(&earlier)?;
            fs::rename(place, &earlier_one)?;
            fs::rename(self.path(), place).or_else(|error| fs::rename(&earlier_one, place).and(Err(error)))
        };
        settle().with_context(|| format!("cannot write {}", place.shown()))?;
        drop(self.lock);
        Ok(())
    }
}

fn parent(place: &Path) -> &Path {
    place.parent().unwrap_or(Path::new("."))
}

/// Removes what killed exports left beside `place`, and puts back what they had moved away.
pub fn tidy(place: &Path) {
    let parent = parent(place);
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let (path, is_folder) = (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_dir()));
        if !is_folder || !entry.file_name().to_str().is_some_and(files::is_temporary) {
            continue;
        }
        if !is_dead(&path) {
            continue;
        }
        for earlier in fs::read_dir(path.join(EARLIER)).into_iter().flatten().flatten() {
            let place = parent.join(earlier.file_name());
            if fs::symlink_metadata(&place).is_err() {
                let _kept = fs::rename(earlier.path(), place);
            }
        }
        // Whoever may not remove it has no use for an error, either.
        let _gone = fs::remove_dir_all(path);
    }
}

/// Whether nobody is at work in a folder; without a lock it is told by its age.
fn is_dead(folder: &Path) -> bool {
    match file::open(&folder.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => files::is_stale(folder),
    }
}

#[derive(Deserialize)]
struct Annotations {
    info: Info,
    images: Vec<ExportedImage>,
}

#[derive(Deserialize)]
struct Info {
    windtunnel: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct ExportedImage {
    file_name: PathBuf,
}

/// A file in `place` that is not of an earlier export; `None` where all are, or there are none.
fn foreign(place: &Path) -> io::Result<Option<PathBuf>> {
    if fs::symlink_metadata(place).is_ok_and(|found| !found.is_dir()) {
        return Ok(Some(place.to_path_buf()));
    }
    let mut found = Vec::new();
    files_in(place, &mut found)?;
    let annotations = place.join(ANNOTATIONS);
    let text = file::read(&annotations, file::MOST_OF_A_REPORT).unwrap_or_default();
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
fn files_in(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => return Ok(()),
        entries => entries?,
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() { files_in(&entry.path(), found)? } else { found.push(entry.path()) }
    }
    Ok(())
}
