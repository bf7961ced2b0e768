//! Why there are no numbers to judge by.

use super::evidence::{Reading, Side, SideValues};
use super::{Ground, Outcome};
use crate::failure::{FailureKind, Measured};

/// Why there are no numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Unjudged {
    /// Error or skipped.
    pub outcome: Outcome,
    /// In words.
    pub reason: String,
    /// See [`super::Verdict::is_hollow`].
    pub is_hollow: bool,
    /// See [`super::Verdict::ground`].
    pub ground: Ground,
}

impl Unjudged {
    /// It could not be measured.
    pub(super) fn error(kind: FailureKind, reason: impl Into<String>) -> Self {
        Self { outcome: Outcome::Error(kind), reason: reason.into(), is_hollow: false, ground: Ground::Enough }
    }

    /// What the conditions leave is not enough to judge it by.
    pub(super) fn barren(ground: Ground, reason: impl Into<String>) -> Self {
        Self { ground, ..Self::error(FailureKind::Vacuous, reason) }
    }

    /// It was not measured, for a reason told elsewhere.
    pub(super) fn skipped(reason: &str) -> Self {
        Self { outcome: Outcome::Skipped, reason: reason.to_owned(), is_hollow: false, ground: Ground::Enough }
    }
}

impl Side {
    /// Whether a reading has no resamples.
    pub(super) fn is_undrawn(&self) -> bool {
        self.all().any(|reading| reading.draws.is_none())
    }

    /// The numbers as they were measured. What is blocked comes before what failed: its reason is told elsewhere.
    pub(super) fn point(&self) -> Result<SideValues<'_>, Unjudged> {
        if let Some(reason) = self.all().find_map(blocked) {
            return Err(Unjudged::skipped(reason));
        }
        if let Some(unmeasured) = self.all().find_map(|reading| value(reading).err()) {
            return Err(unmeasured);
        }
        self.values(|reading| value(reading).ok())
            .ok_or_else(|| Unjudged::error(FailureKind::Vacuous, "it reads no figure"))
    }
}

fn blocked(reading: &Reading) -> Option<&str> {
    match &reading.figure {
        Measured::Blocked(reason) => Some(reason),
        Measured::Value(_) | Measured::Failed(_) => None,
    }
}

fn value(reading: &Reading) -> Result<f64, Unjudged> {
    match &reading.figure {
        Measured::Value(Some(value)) if value.is_finite() => Ok(*value),
        Measured::Value(Some(value)) => Err(Unjudged::error(FailureKind::NonFinite, format!("the figure is {value}"))),
        Measured::Value(None) => Err(Unjudged::barren(
            Ground::Nothing,
            "there is nothing to measure it on: no object, or no detection of at least `min_confidence` (on clean images, for what compares with them)",
        )),
        Measured::Failed(failure) => Err(Unjudged::error(failure.kind, failure.message.clone())),
        Measured::Blocked(reason) => Err(Unjudged::skipped(reason)),
    }
}
