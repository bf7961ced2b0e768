//! The runs of the past: what each found, in short, in the same file as the answers.

use rusqlite::params;

use super::{Store, StoreError};

/// A run that is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct RememberedRun {
    /// Counted up.
    pub id: i64,
    /// Seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// The suite's name.
    pub suite: String,
    /// What it found; JSON.
    pub found: String,
}

impl Store {
    /// Remembers a run; its id.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn remember(&self, started_unix: u64, suite: &str, found: &str) -> Result<i64, StoreError> {
        let insert = "INSERT INTO runs (started_unix, suite, found) VALUES (?1, ?2, ?3)";
        self.with(|connection| {
            connection.execute(insert, params![started_unix.cast_signed(), suite, found])?;
            Ok(connection.last_insert_rowid())
        })
    }

    /// The runs of a suite, or of all, in the order in which they were started.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn runs(&self, suite: Option<&str>) -> Result<Vec<RememberedRun>, StoreError> {
        let select = "SELECT id, started_unix, suite, found FROM runs WHERE ?1 IS NULL OR suite = ?1
                      ORDER BY started_unix, id";
        self.with(|connection| {
            let mut select = connection.prepare(select)?;
            let rows = select.query_map(params![suite], |row| {
                Ok(RememberedRun {
                    id: row.get(0)?,
                    started_unix: row.get::<_, i64>(1)?.cast_unsigned(),
                    suite: row.get(2)?,
                    found: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_by_suite_in_the_order_of_their_start() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.sqlite")).unwrap();
        store.remember(20, "a", "{}").unwrap();
        store.remember(10, "a", "{}").unwrap();
        store.remember(15, "b", "{}").unwrap();
        let started = |suite| store.runs(suite).unwrap().iter().map(|run| run.started_unix).collect::<Vec<_>>();
        assert_eq!(started(Some("a")), [10, 20]);
        assert_eq!(started(None), [10, 15, 20]);
    }
}
