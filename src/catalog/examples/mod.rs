//! Parts of specs that work, with every key in one of them: the examples of `windtunnel explain KEY`.
//!
//! `list` has them all with their places; `sections`, `datasets` and `models` are their texts.

mod datasets;
mod list;
mod models;
mod sections;

pub use list::{EXAMPLES, example};
