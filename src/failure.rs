//! Why something could not be judged: a kind that tools can sort by, and a message that people can act on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// JUnit's `type`.
    pub kind: FailureKind,
    /// Names the thing, the place and the way out.
    pub message: String,
}

/// Sorts of failure; their words are the `type` of JUnit's `<error>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A model does not open, or its results cannot be read.
    ModelLoad,
    /// Labels or image files are unusable.
    Dataset,
    /// A model failed on a frame, or a cell could not be scored.
    Inference,
    /// A number is NaN or infinite.
    NonFinite,
    /// A model did not answer in time.
    Timeout,
    /// The check could not have failed, or there is nothing to measure it on.
    Vacuous,
    /// The baseline cannot be compared with, or there is none and one is required.
    Baseline,
}

/// What came of measuring something.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured<T> {
    /// It was measured.
    Value(T),
    /// It could not be.
    Failed(Failure),
    /// It was not, for a reason told elsewhere, or because the run was interrupted.
    Blocked(String),
}

impl<T> Measured<T> {
    /// The value, if it was measured.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Failed(_) | Self::Blocked(_) => None,
        }
    }

    /// Measures further on a value; failures stay as they are.
    pub fn and_then<U>(&self, further: impl FnOnce(&T) -> Measured<U>) -> Measured<U> {
        match self {
            Self::Value(value) => further(value),
            Self::Failed(failure) => Measured::Failed(failure.clone()),
            Self::Blocked(reason) => Measured::Blocked(reason.clone()),
        }
    }
}

impl Failure {
    /// A failure with its message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModelLoad => "model_load",
            Self::Dataset => "dataset",
            Self::Inference => "inference",
            Self::NonFinite => "non_finite",
            Self::Timeout => "timeout",
            Self::Vacuous => "vacuous",
            Self::Baseline => "baseline",
        })
    }
}
