//! The file: SQLite in write-ahead mode. Every answer is its own transaction, so a killed process loses none that was
//! given; several processes may share one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// The version of the tables; SQLite's `user_version`.
const VERSION: i64 = 1;

/// SQLite's `application_id` of our files: "wtun".
const APPLICATION: i64 = 0x7774_756E;

/// How long a process waits for another one's transaction.
const PATIENCE: Duration = Duration::from_secs(30);

const TABLES: &str = "
CREATE TABLE models (id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE answers (
    key BLOB NOT NULL UNIQUE,
    model INTEGER NOT NULL REFERENCES models (id),
    is_changed INTEGER NOT NULL,
    seconds REAL NOT NULL,
    stored_unix INTEGER NOT NULL,
    detections BLOB NOT NULL
);
";

/// Made also in a store of a program that remembered no runs, and no looks.
const HISTORY: &str = "
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    started_unix INTEGER NOT NULL,
    suite TEXT NOT NULL,
    found TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS looks (
    key TEXT NOT NULL PRIMARY KEY,
    measured BLOB NOT NULL,
    stored_unix INTEGER NOT NULL
) WITHOUT ROWID;
";

/// A file of answers, open.
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be made.
    #[error("cannot make the store {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not one of ours, or of another version.
    #[error("{} is {what}: name another one with `--store`, or remove it", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// SQLite refuses.
    #[error("the store {}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl Store {
    /// Opens the store at `path`, made if there is none.
    ///
    /// # Errors
    /// It cannot be made or read, or is of another version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_folder(folder).map_err(|source| StoreError::Io { path: path.to_path_buf(), source })?;
        }
        Self::connect(path, OpenFlags::default())
    }

    /// Opens the store at `path` if there is one.
    ///
    /// # Errors
    /// There is a file that cannot be read, or is of another version.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, StoreError> {
        let flags = OpenFlags::default().difference(OpenFlags::SQLITE_OPEN_CREATE);
        if path.exists() { Self::connect(path, flags).map(Some) } else { Ok(None) }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let is_other = fs::metadata(path).is_ok_and(|found| !found.is_file());
        if is_other {
            let what = "a folder, a pipe or a device".to_owned();
            return Err(StoreError::Foreign { path: path.to_path_buf(), what });
        }
        let connection = Connection::open_with_flags(path, flags).map_err(|source| sqlite_error(path, source))?;
        let store = Self { path: path.to_path_buf(), connection: Mutex::new(connection) };
        match store.set_up()? {
            Found::Ours => Ok(store),
            Found::Other(what) => Err(StoreError::Foreign { path: path.to_path_buf(), what }),
        }
    }

    /// Settles how the file is written. Of processes that do so at once SQLite turns some away at once, whatever its own
    /// time-out says: changing the journal's mode needs the file alone.
    fn set_up(&self) -> Result<Found, StoreError> {
        const PAUSE: Duration = Duration::from_millis(10);
        let tries = PATIENCE.as_millis() / PAUSE.as_millis();
        for _ in 1..tries {
            match self.with(set_up) {
                Err(StoreError::Sqlite { source, .. }) if is_busy(&source) => std::thread::sleep(PAUSE),
                settled => return settled,
            }
        }
        self.with(set_up)
    }

    /// Does `work` on the connection, one thread at a time.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        // A statement that panicked has changed nothing: each is a transaction of its own.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|source| sqlite_error(&self.path, source))
    }
}

/// What a file turned out to be.
enum Found {
    Ours,
    Other(String),
}

/// Settles how the file is written, and makes the tables of a new one.
fn set_up(connection: &mut Connection) -> rusqlite::Result<Found> {
    connection.busy_timeout(PATIENCE)?;
    // One transaction: another process may be making the tables just now.
    let snapshot = connection.transaction()?;
    let application: i64 = pragma(&snapshot, "application_id")?;
    let tables: i64 = snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    snapshot.finish()?;
    if application != APPLICATION && (application, tables) != (0, 0) {
        return Ok(Found::Other("a SQLite file of another program".to_owned()));
    }
    connection.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
    // Immediate: of two processes that find an empty file, one makes the tables and the other finds them.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match pragma(&transaction, "user_version")? {
        0 => {
            let version = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
            transaction.execute_batch(&format!("{TABLES} {version}"))?;
        }
        VERSION => {}
        other => return Ok(Found::Other(format!("a store of version {other}, not {VERSION}"))),
    }
    transaction.execute_batch(HISTORY)?;
    transaction.commit()?;
    Ok(Found::Ours)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// The folder, with a note for git that what is in it is nobody's source.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    // Also in a folder that a run made which was killed right after.
    if !folder.exists() || folder.read_dir()?.next().is_none() {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(".gitignore"), "*\n")?;
    }
    Ok(())
}

fn sqlite_error(path: &Path, source: rusqlite::Error) -> StoreError {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Foreign { path: path.to_path_buf(), what: format!("no store, or a damaged one ({source})") }
        }
        _ => StoreError::Sqlite { path: path.to_path_buf(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_open_a_new_file_at_once_find_a_store() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("store.sqlite");
            std::thread::scope(|scope| {
                let open = || Store::open(&path).map(drop).map_err(|error| error.to_string());
                let opened: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                for one in opened {
                    assert_eq!(one.join().unwrap(), Ok(()));
                }
            });
        }
    }
}
