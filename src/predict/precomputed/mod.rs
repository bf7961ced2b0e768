//! `kind = "precomputed"`: result files, one per condition, for teams that infer elsewhere: COCO results JSON of objects, CSV
//! or JSON of classes.
//!
//! `kind` reads the options, `pattern` says which file is of which cell, and `pictures` finds the image that a result is
//! of. Of objects `result` is what a file says, `cell` holds it against the dataset, and `files` answers from it; `classes`
//! are those of whole pictures.

mod cell;
pub(super) mod classes;
mod files;
mod kind;
mod pattern;
pub(super) mod pictures;
mod result;

pub use kind::Precomputed;
