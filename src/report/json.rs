//! The record as JSON: two spaces of indentation, keys in a fixed order, a newline at the end.

use super::{ReportError, Reported, Reporter, Style};
use crate::entry::{Entry, Named};
use crate::record::Record;
use crate::untrusted;

/// `json`.
#[derive(Debug)]
pub struct Json;

impl Named for Json {
    fn entry(&self) -> Entry {
        Entry { name: "json", summary: "the record itself, for programs" }
    }
}

impl Reporter for Json {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        match runs {
            [(record, _)] => Ok(json(record)),
            _ => Err(ReportError::OneRun { format: self.entry().name, runs: runs.len() }),
        }
    }
}

/// `record` as a JSON document.
///
/// # Panics
/// Never: a record holds nothing that JSON cannot (serde writes absent and non-finite numbers as `null`).
pub fn json(record: &Record) -> String {
    let mut text = serde_json::to_string_pretty(record).expect("a record is made of strings, numbers and lists");
    text.push('\n');
    untrusted::json(text)
}
