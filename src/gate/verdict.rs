//! What became of a claim.

use serde::{Deserialize, Serialize};

use crate::condition::ConditionName;
use crate::eval::Interval;
use crate::failure::FailureKind;

/// What became of a claim, with the numbers it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Pass, fail, error or skipped.
    pub outcome: Outcome,
    /// The quantity held against the threshold (a figure, a drop, a regression); `None` where it was not measured.
    pub value: Option<f64>,
    /// The figure on clean images, for bounds that compare with it.
    pub clean: Option<f64>,
    /// The figure on the images of the check.
    pub figure: Option<f64>,
    /// The figure of the other model or the baseline, for bounds that compare with it.
    #[serde(default)]
    pub other: Option<f64>,
    /// Of the quantity, by resampling images; `None` where none was drawn.
    #[serde(default)]
    pub interval: Option<Interval>,
    /// Whether the interval reaches to both sides of the threshold: these images cannot tell.
    #[serde(default)]
    pub inconclusive: bool,
    /// Whether it would stand by itself, and only the correction for many cases leaves it open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// The least quantity that would have been significant on these images, as one of many where it is.
    #[serde(default)]
    pub detectable: Option<f64>,
    /// The condition that the figures are of, where the worst of several counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<ConditionName>,
    /// How often resamples contradict the finding, one-sided; corrected where the check asks for it.
    #[serde(default)]
    pub p_value: Option<f64>,
    /// The reason of an error or a skip, or of a failure without numbers; else empty.
    pub reason: String,
    /// What somebody should know about how it was judged; mostly empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where `reason` or `note` is about how little the model says: what it would be without that.
    #[serde(skip)]
    pub silence: Option<SilenceTold>,
    /// Whether there was nothing to judge because the clean figure leaves nothing to lose, or to take a share of.
    #[serde(skip)]
    pub is_hollow: bool,
    /// What there was to judge it by.
    #[serde(skip)]
    pub ground: Ground,
}

/// What the conditions of a claim leave to judge it by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ground {
    /// Enough, or what is missing has nothing to do with them.
    #[default]
    Enough,
    /// Too little for so few images.
    FewImages,
    /// Nothing.
    Nothing,
}

/// How little a model says of clean images, which many verdicts may rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceTold {
    /// ``"`new` finds nothing of a score of at least 0.3 on 40 of 44 clean images"``
    pub told: String,
    /// What else there is to say, for who knows that.
    pub rest: String,
}

/// JUnit's four ends of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The bound holds.
    Pass,
    /// The bound is broken.
    Fail,
    /// It could not be judged.
    Error(FailureKind),
    /// It was not judged, for a reason told elsewhere or because the run was interrupted.
    Skipped,
}

impl Verdict {
    /// The same, for who knows how silent the model is.
    #[must_use]
    pub fn without_silence(&self) -> Self {
        let Some(SilenceTold { told, rest }) = &self.silence else { return self.clone() };
        let note = if self.note == *told { String::new() } else { self.note.clone() };
        Self { reason: rest.clone(), note, silence: None, ..self.clone() }
    }

    /// A verdict without numbers.
    pub fn without_numbers(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            value: None,
            clean: None,
            figure: None,
            other: None,
            interval: None,
            inconclusive: false,
            withheld: false,
            detectable: None,
            worst: None,
            p_value: None,
            reason: reason.into(),
            note: String::new(),
            silence: None,
            is_hollow: false,
            ground: Ground::Enough,
        }
    }
}
