//! Result files of classes: `csv` and `json` read `rows`, `cell` makes answers of them, and `files` gives these.

pub(in crate::predict) mod cell;
mod csv;
mod files;
mod json;
mod rows;
#[cfg(test)]
mod taken;

pub use cell::ClassMeaning;
pub use files::ClassFiles;
