//! Answers in the store: asked for and kept.

use std::time::Duration;

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::seal::{sealed, unsealed};
use super::{AnswerKey, Store, StoreError};
use crate::packed::Packed;

/// A model's answer to one frame, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptAnswer {
    /// What it said.
    pub answer: Packed,
    /// Whether the perturbation changed the picture at all.
    pub is_changed: bool,
    /// How long the model took, seconds.
    pub seconds: f64,
}

/// An answer on its way into the store.
#[derive(Debug)]
pub struct NewAnswer {
    key: AnswerKey,
    model: ModelRow,
    sealed: Vec<u8>,
    is_changed: bool,
    seconds: f64,
}

impl NewAnswer {
    /// An answer of `model`, to be found under `key`.
    pub fn new(key: AnswerKey, model: ModelRow, kept: &KeptAnswer) -> Self {
        let sealed = sealed(&sealed_with(&key, kept.is_changed), kept.answer.as_bytes());
        Self { key, model, sealed, is_changed: kept.is_changed, seconds: kept.seconds }
    }
}

/// The number of a model in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelRow(i64);

impl Store {
    /// The row of the model that `identity` stands for, made if there is none; `name` and `kind` are for people. `None`
    /// in a store that cannot be written and does not know it.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn model(&self, identity: &str, name: &str, kind: &str) -> Result<Option<ModelRow>, StoreError> {
        let insert = "INSERT INTO models (identity, name, kind) VALUES (?1, ?2, ?3)";
        let select = "SELECT id FROM models WHERE identity = ?1";
        let find = |connection: &mut rusqlite::Connection| {
            connection.query_row(select, [identity], |row| row.get(0).map(ModelRow)).optional()
        };
        let known = self.with(find)?;
        if known.is_some() || self.is_read_only() {
            return Ok(known);
        }
        self.with(|connection| {
            // Another process may have been faster.
            connection.execute(&format!("{insert} ON CONFLICT (identity) DO NOTHING"), [identity, name, kind])?;
            find(connection)
        })
    }

    /// The answer kept under `key`; one that is not as it was kept counts as none.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn get(&self, key: &AnswerKey) -> Result<Option<KeptAnswer>, StoreError> {
        let select = "SELECT detections, is_changed, seconds FROM answers WHERE key = ?1";
        self.with(|connection| {
            let row = connection.prepare_cached(select)?.query_row([&key.0[..]], |row| {
                let (is_changed, seconds) = (row.get(1)?, row.get(2)?);
                // The column is of a time when there were detections alone; the bytes say their kind themselves. A kind
                // that is not known counts as no answer: models of another task have other keys.
                let bytes = unsealed(&sealed_with(key, is_changed), row.get_ref(0)?.as_blob()?);
                let answer = bytes.and_then(|bytes| Packed::from_bytes(bytes).ok());
                Ok(answer.map(|answer| KeptAnswer { answer, is_changed, seconds }))
            });
            Ok(row.optional()?.flatten())
        })
    }

    /// Whether an answer is kept under `key`.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn has(&self, key: &AnswerKey) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM answers WHERE key = ?1";
        self.with(|connection| connection.prepare_cached(select)?.exists([&key.0[..]]))
    }

    /// Keeps answers, at `now` since 1970-01-01 UTC, all or none; they outlive the process once this returns.
    ///
    /// # Errors
    /// SQLite refuses: no space, no right to write.
    pub fn put(&self, answers: &[NewAnswer], now: Duration) -> Result<(), StoreError> {
        let insert = "INSERT OR REPLACE INTO answers (key, model, detections, is_changed, seconds, stored_unix)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let now = now.as_secs().cast_signed();
        self.with(|connection| {
            // Immediate: where another process writes, it is waited for before anything is done.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut statement = transaction.prepare_cached(insert)?;
            for NewAnswer { key, model, sealed, is_changed, seconds } in answers {
                statement.execute(params![&key.0[..], model.0, sealed, is_changed, seconds, now])?;
            }
            drop(statement);
            transaction.commit()
        })
    }

    /// How long the latest answers of the model took on average, seconds; `None` if none is kept.
    ///
    /// # Errors
    /// SQLite refuses.
    pub fn mean_seconds(&self, identity: &str) -> Result<Option<f64>, StoreError> {
        let mean = "SELECT avg(seconds) FROM (
                        SELECT seconds FROM answers WHERE model = (SELECT id FROM models WHERE identity = ?1)
                        ORDER BY rowid DESC LIMIT 1000)";
        self.with(|connection| connection.query_row(mean, [identity], |row| row.get(0)))
    }
}

/// What an answer is sealed with.
fn sealed_with(key: &AnswerKey, is_changed: bool) -> Vec<u8> {
    [&key.0[..], &[u8::from(is_changed)]].concat()
}
