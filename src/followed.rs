//! Which files and folders were looked at, and what was there then: for who waits until one of them changes, or keeps what a file
//! said.
//!
//! One list for the whole process, kept by the doors of [`crate::file`] from [`start`] on, and not at all before: what a
//! reader opens deep within a dataset is on it, and no reader has to hand a list on. Times and sizes are compared, not
//! contents: they are had without reading, on network mounts and in containers, too, where the kernel tells of no changes.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// Nothing is followed before [`start`].
static LIST: Mutex<Option<Followed>> = Mutex::new(None);

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    places: BTreeMap<PathBuf, Sight>,
    /// The names in folders that were listed; hidden ones are no part of anything.
    listings: BTreeMap<PathBuf, BTreeSet<OsString>>,
}

/// What there is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Nothing that can be reached.
    Nothing,
    /// No regular file: what is in a folder is followed by itself.
    Other,
    /// A file.
    File(Stamp),
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Which file it is, and when anything about it changed: of two that are written within one tick of a clock, or that keep
    /// the time of what they were copied from.
    identity: [i128; 3],
}

/// What became of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is another than it was.
    Changed(PathBuf),
    /// It is there now.
    New(PathBuf),
    /// It is there no more.
    Gone(PathBuf),
}

/// Follows what is looked at from now on, and forgets what was before.
pub fn start() {
    *list() = Some(Followed::default());
}

/// What was looked at since [`start`].
pub fn so_far() -> Followed {
    list().clone().unwrap_or_default()
}

/// Takes a path off the list: a file of the program's own.
pub fn forget(path: &Path) {
    if let Some(followed) = list().as_mut() {
        followed.places.remove(path);
    }
}

/// Puts a path on the list, with what was found there. What was first seen stays: a file that changes while others are read
/// has changed.
pub(crate) fn saw(path: &Path, found: Option<&Metadata>) {
    if let Some(followed) = list().as_mut() {
        followed.places.entry(path.to_path_buf()).or_insert_with(|| Sight::of(found));
    }
}

/// Puts a folder on the list, with the names in it.
pub(crate) fn listed(folder: &Path, names: &[OsString]) {
    if let Some(followed) = list().as_mut() {
        followed.listings.entry(folder.to_path_buf()).or_insert_with(|| names.iter().cloned().collect());
    }
}

/// The names in a folder, sorted, but for hidden ones; the empty path is the folder that relative paths start from.
///
/// # Errors
/// It cannot be listed.
pub(crate) fn names_in(folder: &Path) -> io::Result<Vec<OsString>> {
    let listed = if folder == Path::new("") { Path::new(".") } else { folder };
    let names = fs::read_dir(listed)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<OsString>>>();
    let mut names = names?;
    names.retain(|name| !name.to_string_lossy().starts_with('.'));
    names.sort();
    Ok(names)
}

fn list() -> MutexGuard<'static, Option<Followed>> {
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Followed {
    /// The same places as they are now.
    #[must_use]
    pub fn again(&self) -> Self {
        let places = self.places.keys().map(|path| (path.clone(), Sight::of(fs::metadata(path).ok().as_ref())));
        let names = |folder: &Path| names_in(folder).unwrap_or_default().into_iter().collect();
        let listings = self.listings.keys().map(|folder| (folder.clone(), names(folder)));
        Self { places: places.collect(), listings: listings.collect() }
    }

    /// What differs `now`, sorted.
    pub fn changes(&self, now: &Self) -> Vec<Change> {
        let mut changes = BTreeSet::new();
        for (path, before) in &self.places {
            match (before, now.places.get(path).unwrap_or(&Sight::Nothing)) {
                (before, now) if before == now => {}
                (Sight::Nothing, _) => drop(changes.insert(Change::New(path.clone()))),
                (_, Sight::Nothing) => drop(changes.insert(Change::Gone(path.clone()))),
                (Sight::File(_) | Sight::Other, _) => drop(changes.insert(Change::Changed(path.clone()))),
            }
        }
        let none = BTreeSet::new();
        for (folder, before) in &self.listings {
            let now = now.listings.get(folder).unwrap_or(&none);
            changes.extend(now.difference(before).map(|name| Change::New(folder.join(name))));
            changes.extend(before.difference(now).map(|name| Change::Gone(folder.join(name))));
        }
        changes.into_iter().collect()
    }

    /// The files that were read or looked for, sorted.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.places.iter().filter(|(_, sight)| **sight != Sight::Other).map(|(path, _)| path.as_path())
    }
}

impl Stamp {
    /// That of a regular file, or of what a link to one leads to; it is not followed.
    pub fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().filter(Metadata::is_file).map(|found| Self::of_file(&found))
    }

    /// Whether a later change cannot leave the file with this stamp. Some file systems count time by two seconds: what is
    /// younger may be written once more within the same tick.
    pub fn is_settled(&self) -> bool {
        const TICK: Duration = Duration::from_secs(2);
        self.modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > TICK)
    }

    fn of_file(found: &Metadata) -> Self {
        Self { length: found.len(), modified: found.modified().ok(), identity: identity(found) }
    }
}

impl Sight {
    fn of(found: Option<&Metadata>) -> Self {
        match found {
            None => Self::Nothing,
            Some(found) if found.is_file() => Self::File(Stamp::of_file(found)),
            Some(_) => Self::Other,
        }
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> [i128; 3] {
    use std::os::unix::fs::MetadataExt as _;
    [found.ino().into(), found.ctime().into(), found.ctime_nsec().into()]
}

/// Size and time alone: Rust has no stable way to ask Windows for more.
#[cfg(not(unix))]
fn identity(_found: &Metadata) -> [i128; 3] {
    [0; 3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with two files, and what is followed of it.
    fn followed() -> (tempfile::TempDir, Followed) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let places = ["a", "b", "absent"].map(|name| (folder.path().join(name), Sight::Nothing)).into();
        let listings = [(folder.path().to_path_buf(), BTreeSet::new())].into();
        let followed = Followed { places, listings }.again();
        (folder, followed)
    }

    #[test]
    fn what_is_written_replaced_made_or_removed_has_changed_and_nothing_else() {
        let (folder, before) = followed();
        let path = |name: &str| folder.path().join(name);
        assert_eq!(before.changes(&before.again()), []);
        fs::write(path(".hidden"), "").unwrap();
        assert_eq!(before.changes(&before.again()), []);
        fs::write(path("a"), "longer").unwrap();
        fs::remove_file(path("b")).unwrap();
        fs::write(path("absent"), "").unwrap();
        let (changed, gone, new) = (Change::Changed(path("a")), Change::Gone(path("b")), Change::New(path("absent")));
        assert_eq!(before.changes(&before.again()), [changed, new, gone]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_same_size_and_time_that_takes_the_place_of_another_is_seen() {
        let (folder, before) = followed();
        let (a, other) = (folder.path().join("a"), folder.path().join(".other"));
        fs::write(&other, "x").unwrap();
        let time = fs::metadata(&a).unwrap().modified().unwrap();
        fs::File::options().write(true).open(&other).unwrap().set_modified(time).unwrap();
        fs::rename(other, &a).unwrap();
        assert_eq!(before.changes(&before.again()), [Change::Changed(a)]);
    }
}
