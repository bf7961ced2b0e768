//! The record as JSON: two spaces of indentation, keys in a fixed order, a newline at the end.

use crate::record::Record;

/// `record` as a JSON document.
///
/// # Panics
/// Never: a record holds nothing that JSON cannot (serde writes absent and non-finite numbers as `null`).
#[must_use]
pub fn json(record: &Record) -> String {
    let mut text = serde_json::to_string_pretty(record).expect("a record is made of strings, numbers and lists");
    text.push('\n');
    text
}
