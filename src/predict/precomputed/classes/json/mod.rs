//! JSON files of classes: a list of `{image, label, score}` or of `{image, scores}`, the same an object a line or in a table,
//! or `{file: {label: score}}`.
//!
//! `read` finds out which, `stream` hands the rows on, `item` is a row, and `scores` are those of a row.

mod item;
mod read;
mod scores;
mod stream;

pub use read::read;
