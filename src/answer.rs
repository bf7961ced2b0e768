//! What a model answers about one picture.

use crate::detection::Detection;

/// The answer to a frame, of the kind that its task has. An error is never an answer without anything in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The objects in it, by falling score.
    Objects(Vec<Detection>),
}
