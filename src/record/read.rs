//! Reading a record back that a run has written.

use serde::Deserialize;

use super::{Record, VERSION};
use crate::json::{JsonError, from_bytes};

/// The oldest format that is read. It differs from today's in what a case is compared with: see
/// [`ComparedWith`](super::ComparedWith).
const OLDEST: u32 = 3;

/// Why a text is no record that this program reads.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecordError {
    /// It is no JSON, or not a record's.
    #[error("it is no record: {0}")]
    Shape(JsonError),
    /// It is a record of another format.
    #[error(
        "it is a record of format {0}, this program reads formats {OLDEST} to {VERSION}: run the spec again with this program"
    )]
    Version(u64),
}

#[derive(Deserialize)]
struct Head {
    version: u64,
}

impl Record {
    /// The record that JSON text holds.
    ///
    /// # Errors
    /// It holds none, or one of a format that is not read.
    pub fn from_json(text: &[u8]) -> Result<Self, RecordError> {
        let Head { version } = from_bytes(text).map_err(RecordError::Shape)?;
        if !(u64::from(OLDEST)..=u64::from(VERSION)).contains(&version) {
            return Err(RecordError::Version(version));
        }
        let record: Self = from_bytes(text).map_err(RecordError::Shape)?;
        // What is read is written again as today's.
        Ok(Self { version: VERSION, ..record })
    }
}
