//! The file: SQLite in write-ahead mode. Answers are kept in transactions as soon as they are worth one, so a killed process
//! loses next to nothing that was given; several processes may share one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// The version of the tables; SQLite's `user_version`.
const VERSION: i64 = 1;

/// SQLite's `application_id` of our files: "wtun".
const APPLICATION: i64 = 0x7774_756E;

/// How long a process waits for another one's transaction: a store shared by many is locked for milliseconds at a time.
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
    is_read_only: bool,
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
    /// Another process holds it.
    #[error(
        "the store {} is locked by another process, which was waited for: let that one end, or name another store with \
         `--store`", path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
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
        Self::connect(path, OpenFlags::default(), PATIENCE)
    }

    /// Opens the store at `path` if there is one; for reading alone where it cannot be written.
    ///
    /// # Errors
    /// There is a file that cannot be read, or is of another version.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, StoreError> {
        let flags = OpenFlags::default().difference(OpenFlags::SQLITE_OPEN_CREATE);
        if !path.exists() {
            return Ok(None);
        }
        match Self::connect(path, flags, PATIENCE) {
            Err(StoreError::Sqlite { source, .. }) if is_unwritable(&source) => Self::open_read_only(path).map(Some),
            opened => opened.map(Some),
        }
    }

    /// Opens a store that cannot be written, on a medium or in a folder of somebody else. Reading a file in write-ahead
    /// mode takes two files beside it: where they cannot be made, SQLite has to be told that nobody writes.
    fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::default() & !(OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_READ_WRITE);
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let log = fs::metadata(with_suffix(path, "-wal"));
        let is_at_rest = log.map_or(true, |log| log.len() == 0);
        let plain = Self::connect(Path::new(&uri(path, "")), flags, PATIENCE);
        let opened = match plain {
            Err(StoreError::Sqlite { .. }) if is_at_rest => {
                Self::connect(Path::new(&uri(path, "?immutable=1")), flags, PATIENCE)
            }
            opened => opened,
        };
        opened.map(|store| Self { path: path.to_path_buf(), ..store }).map_err(|error| error.at(path))
    }

    /// Whether nothing can be kept in it.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path, flags: OpenFlags, patience: Duration) -> Result<Self, StoreError> {
        let is_other = fs::metadata(path).is_ok_and(|found| !found.is_file());
        if is_other {
            let what = "a folder, a pipe or a device".to_owned();
            return Err(StoreError::Foreign { path: path.to_path_buf(), what });
        }
        let connection = Connection::open_with_flags(path, flags).map_err(|source| sqlite_error(path, source))?;
        let is_read_only = flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY);
        let store = Self { path: path.to_path_buf(), connection: Mutex::new(connection), is_read_only };
        match store.set_up(patience)? {
            Contents::Ours => Ok(store),
            Contents::Other(what) => Err(StoreError::Foreign { path: path.to_path_buf(), what }),
        }
    }

    /// Settles how the file is written. Of processes that do so at once SQLite turns some away at once, whatever its
    /// own time-out says: changing the journal's mode needs the file alone. So it is tried again and again, for
    /// `patience` in all.
    fn set_up(&self, patience: Duration) -> Result<Contents, StoreError> {
        const PAUSE: Duration = Duration::from_millis(10);
        let set_up = if self.is_read_only { look_through } else { set_up };
        for _ in 0..patience.as_millis() / PAUSE.as_millis() {
            match self.attempt(|connection| connection.busy_timeout(Duration::ZERO).and_then(|()| set_up(connection))) {
                Err(StoreError::Locked { .. }) => std::thread::sleep(PAUSE),
                settled => {
                    self.attempt(|connection| connection.busy_timeout(patience))?;
                    return settled;
                }
            }
        }
        Err(StoreError::Locked { path: self.path.clone() })
    }

    /// Does `work` on the connection, one thread at a time. Another process is waited for once: after that, what it
    /// holds is tried and not waited for.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.attempt(|connection| {
            let done = work(connection);
            if done.as_ref().is_err_and(is_busy) {
                connection.busy_timeout(Duration::ZERO)?;
            }
            done
        })
    }

    fn attempt<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        // A statement that panicked has changed nothing: each is a transaction of its own.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|source| sqlite_error(&self.path, source))
    }
}

impl StoreError {
    /// The same of the file at `path`.
    fn at(self, path: &Path) -> Self {
        let path = path.to_path_buf();
        match self {
            Self::Io { source, .. } => Self::Io { path, source },
            Self::Foreign { what, .. } => Self::Foreign { path, what },
            Self::Locked { .. } => Self::Locked { path },
            Self::Sqlite { source, .. } => Self::Sqlite { path, source },
        }
    }
}

/// What a file turned out to hold.
enum Contents {
    Ours,
    Other(String),
}

/// Settles how the file is written, and makes the tables of a new one.
fn set_up(connection: &mut Connection) -> rusqlite::Result<Contents> {
    // One transaction: another process may be making the tables just now.
    let snapshot = connection.transaction()?;
    let application: i64 = pragma(&snapshot, "application_id")?;
    let tables: i64 = snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    snapshot.finish()?;
    if application != APPLICATION && (application, tables) != (0, 0) {
        return Ok(Contents::Other(OTHER.to_owned()));
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
        other => return Ok(Contents::Other(of_version(other))),
    }
    transaction.execute_batch(HISTORY)?;
    transaction.commit()?;
    Ok(Contents::Ours)
}

/// Finds out what a file is that cannot be written.
fn look_through(connection: &mut Connection) -> rusqlite::Result<Contents> {
    if pragma(connection, "application_id")? != APPLICATION {
        return Ok(Contents::Other(OTHER.to_owned()));
    }
    match pragma(connection, "user_version")? {
        VERSION => Ok(Contents::Ours),
        other => Ok(Contents::Other(of_version(other))),
    }
}

const OTHER: &str = "a SQLite file of another program";

fn of_version(version: i64) -> String {
    format!("a store of version {version}, not {VERSION}")
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Whether the file, or the folder around it, cannot be written.
fn is_unwritable(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
}

/// An address of the file as SQLite reads them, with `options`.
fn uri(path: &Path, options: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let escaped = bytes.map(|byte| if is_plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") });
    format!("file:{}{options}", escaped.collect::<String>())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
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
        _ if is_busy(&source) => StoreError::Locked { path: path.to_path_buf() },
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

    #[test]
    fn a_store_that_another_process_holds_is_waited_for_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let patience = Duration::from_millis(300);
        let store = Store::connect(&path, OpenFlags::default(), patience).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let started = std::time::Instant::now();
        for _ in 0..20 {
            let error = store.remember(1, "suite", "{}").unwrap_err().to_string();
            assert!(error.contains("store.sqlite is locked by another process"), "{error}");
        }
        assert!(started.elapsed() < 5 * patience, "waited for each time");
        assert_eq!(store.runs(None).unwrap(), [], "what is not held is read");
        // As long as that for one who comes anew.
        let started = std::time::Instant::now();
        let Err(error) = Store::connect(&path, OpenFlags::default(), patience) else { panic!("it is held") };
        assert!(matches!(error, StoreError::Locked { .. }), "{error}");
        assert!((patience..20 * patience).contains(&started.elapsed()));
        drop(other);
        assert!(Store::open(&path).unwrap().remember(1, "suite", "{}").is_ok());
    }

    #[test]
    fn a_store_is_read_where_nothing_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("100% mine?#.sqlite");
        Store::open(&path).unwrap().remember(1, "suite", "{}").unwrap();
        let store = Store::open_read_only(&path).unwrap();
        assert!(store.is_read_only() && store.path() == path);
        assert_eq!(store.runs(None).unwrap().len(), 1);
        assert!(store.remember(2, "suite", "{}").is_err());
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
        let Err(error) = Store::open_read_only(&path) else { panic!("of another version") };
        assert!(error.to_string().contains("100% mine?#.sqlite is a store of version 9"), "{error}");
    }
}
