//! What is known of records that were read before, for as long as their files stay the same. A site needs little of most of
//! them, and whole records take a hundred times as much memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use windtunnel::followed::Stamp;
use windtunnel::record::RunSummary;

use crate::{causes, records};

/// What a site needs of a record that it does not show.
#[derive(Debug)]
pub struct Glance {
    /// When the run began.
    pub started_unix: u64,
    /// What it found.
    pub found: RunSummary,
}

/// What a file said: of a record, or why it is none.
type Said = Result<Arc<Glance>, String>;

/// Records by their files.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<BTreeMap<PathBuf, (Stamp, Said)>>);

impl Shelf {
    /// What the record at `path` says; it is read if it is not known, or is another one than before.
    pub fn glance(&self, path: &Path) -> Said {
        let stamp = Stamp::of(path);
        if let Some(stamp) = stamp
            && let Some((then, said)) = self.kept().get(path)
            && *then == stamp
        {
            return said.clone();
        }
        let said = records::read(path)
            .map(|record| Arc::new(Glance { started_unix: record.times.started_unix, found: RunSummary::of(&record) }))
            .map_err(|error| causes::with_causes(&error));
        // What changed while it was read, or may change without a trace, is read again.
        match stamp.filter(|stamp| stamp.is_settled() && Stamp::of(path) == Some(*stamp)) {
            Some(stamp) => drop(self.kept().insert(path.to_path_buf(), (stamp, said.clone()))),
            None => drop(self.kept().remove(path)),
        }
        said
    }

    /// Forgets what is at none of `paths`, which are sorted.
    pub fn keep_only(&self, paths: &[PathBuf]) {
        self.kept().retain(|path, _| paths.binary_search(path).is_ok());
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, (Stamp, Said)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::*;

    /// Writes `text`, as if `age` ago.
    fn write(path: &Path, text: &str, age: Duration) {
        fs::write(path, text).unwrap();
        File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_stays_the_same_is_read_once_and_what_changes_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        let (shelf, long_ago) = (Shelf::default(), Duration::from_mins(1));
        write(&path, "{}", long_ago);
        let said = shelf.glance(&path).unwrap_err();
        assert!(said.contains("it is no record"), "{said}");
        // What is kept is told as long as the file looks the same.
        let told = "kept".to_owned();
        shelf.kept().get_mut(&path).unwrap().1 = Err(told.clone());
        assert_eq!(shelf.glance(&path).unwrap_err(), told);
        write(&path, "[]", Duration::from_secs(50));
        assert_ne!(shelf.glance(&path).unwrap_err(), told, "of the same length, at another time");
        // A file that was written just now may be written again within the same tick of its clock.
        write(&path, "{}", Duration::ZERO);
        let _said = shelf.glance(&path);
        assert!(shelf.kept().is_empty());
    }

    #[test]
    fn files_that_are_gone_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        let shelf = Shelf::default();
        for path in &paths {
            write(path, "{}", Duration::from_mins(1));
            let _said = shelf.glance(path);
        }
        shelf.keep_only(&paths[1..]);
        assert_eq!(shelf.kept().keys().collect::<Vec<_>>(), [&paths[1]]);
        fs::remove_file(&paths[1]).unwrap();
        assert!(shelf.glance(&paths[1]).unwrap_err().contains("cannot read"));
        assert!(shelf.kept().is_empty());
    }
}
