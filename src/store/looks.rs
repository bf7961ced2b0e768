//! How images look, in the store: measured once per file.

use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::seal::{sealed, unsealed};
use super::{Store, StoreError};

impl Store {
    /// What was measured under `key`; what is not as it was kept counts as nothing.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn look(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let select = "SELECT measured FROM looks WHERE key = ?1";
        let kept: Option<Vec<u8>> =
            self.with(|connection| connection.prepare_cached(select)?.query_row([key], |row| row.get(0)).optional())?;
        Ok(kept.and_then(|kept| Some(unsealed(key.as_bytes(), &kept)?.to_vec())))
    }

    /// Keeps what was measured, at `now` since 1970-01-01 UTC.
    ///
    /// # Errors
    /// SQLite refuses: no space, no right to write.
    pub fn keep_look(&self, key: &str, measured: &[u8], now: Duration) -> Result<(), StoreError> {
        let insert = "INSERT OR REPLACE INTO looks (key, measured, stored_unix) VALUES (?1, ?2, ?3)";
        let row = params![key, sealed(key.as_bytes(), measured), now.as_secs().cast_signed()];
        self.with(|connection| connection.prepare_cached(insert)?.execute(row).map(|_| ()))
    }
}
