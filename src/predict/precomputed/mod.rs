//! `kind = "precomputed"`: COCO results JSON files, one per condition, for teams that infer elsewhere.
//!
//! `kind` reads the options; `result` is what a file says, `pictures` finds the image that a result is of, `cell` holds
//! the results of one file against the dataset, and `files` answers from them.

mod cell;
mod files;
mod kind;
mod pictures;
mod result;

pub use kind::Precomputed;
