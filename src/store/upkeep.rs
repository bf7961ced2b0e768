//! What a store holds, and forgetting some of it.

use std::time::Duration;

use super::{Store, StoreError};

/// What a store holds of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// The model's name in the spec that asked it first.
    pub model: String,
    /// The kind of predictor.
    pub kind: String,
    /// Answers kept.
    pub answers: u64,
    /// Bytes of their detections.
    pub bytes: u64,
    /// What those answers took together when they were made, seconds.
    pub seconds: f64,
}

impl Store {
    /// What it holds, model by model, in the order in which they were first asked.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn holdings(&self) -> Result<Vec<Holding>, StoreError> {
        let sums = "SELECT name, kind, count(key), coalesce(sum(length(detections)), 0), total(seconds)
                    FROM models LEFT JOIN answers ON model = id GROUP BY id ORDER BY id";
        self.with(|connection| {
            let mut select = connection.prepare(sums)?;
            let rows = select.query_map([], |row| {
                Ok(Holding {
                    model: row.get(0)?,
                    kind: row.get(1)?,
                    answers: row.get::<_, i64>(2)?.cast_unsigned(),
                    bytes: row.get::<_, i64>(3)?.cast_unsigned(),
                    seconds: row.get(4)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Forgets answers kept before `before` (time since 1970-01-01 UTC); how many.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn forget_before(&self, before: Duration) -> Result<usize, StoreError> {
        let looks = "DELETE FROM looks WHERE stored_unix < ?1";
        self.with(|connection| connection.execute(looks, [i64::try_from(before.as_secs()).unwrap_or(i64::MAX)]))?;
        self.forget("DELETE FROM answers WHERE stored_unix < ?1", before.as_secs())
    }

    /// Forgets the oldest answers until the detections of the rest take at most `bytes`; how many.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn forget_beyond(&self, bytes: u64) -> Result<usize, StoreError> {
        let delete = "DELETE FROM answers WHERE rowid IN (SELECT id FROM (
                          SELECT rowid AS id, sum(length(detections)) OVER (ORDER BY stored_unix DESC, rowid DESC) AS total
                          FROM answers) WHERE total > ?1)";
        self.forget(delete, bytes)
    }

    /// Forgets what `delete` says, and gives the space on disk back.
    fn forget(&self, delete: &str, limit: u64) -> Result<usize, StoreError> {
        self.with(|connection| {
            let gone = connection.execute(delete, [i64::try_from(limit).unwrap_or(i64::MAX)])?;
            connection.execute("DELETE FROM models WHERE id NOT IN (SELECT model FROM answers)", [])?;
            connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
            Ok(gone)
        })
    }
}
