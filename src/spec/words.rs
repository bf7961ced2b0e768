//! The closed sets of words that a spec and its checks take, with what each means.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Choice;
use crate::entry::Named as _;
use crate::task::Task;

impl Choice for Task {
    const ALL: &'static [(&'static str, Self)] = Self::ALL;

    fn summary(self) -> &'static str {
        self.entry().summary
    }
}

/// What a check asks of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// At least this.
    Min,
    /// At most this.
    Max,
    /// Clean minus perturbed is at most this.
    MaxDrop,
    /// The drop as a share of the clean value is at most this.
    MaxRelativeDrop,
    /// The baseline, or the reference model, is better by at most this.
    MaxRegression,
    /// The regression as a share of the other figure is at most this.
    MaxRelativeRegression,
    /// The model is better than the reference model by at least this.
    MinGain,
}

impl Choice for Bound {
    const ALL: &'static [(&'static str, Self)] = &[
        ("min", Self::Min),
        ("max", Self::Max),
        ("max_drop", Self::MaxDrop),
        ("max_relative_drop", Self::MaxRelativeDrop),
        ("max_regression", Self::MaxRegression),
        ("max_relative_regression", Self::MaxRelativeRegression),
        ("min_gain", Self::MinGain),
    ];

    fn summary(self) -> &'static str {
        self.meaning()
    }
}

/// How sure one has to be to judge, given that the images are a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The measured number decides.
    Point,
    /// Fails only if the whole interval lies beyond the threshold.
    Significant,
    /// Passes only if the whole interval lies within the threshold.
    NonInferior,
}

impl Choice for Rule {
    const ALL: &'static [(&'static str, Self)] =
        &[("point", Self::Point), ("significant", Self::Significant), ("non_inferior", Self::NonInferior)];

    fn summary(self) -> &'static str {
        match self {
            Self::Point => "the measured number decides; the rule of all bounds but those of a regression",
            Self::Significant => {
                "fails only if the whole interval lies beyond the threshold: no failure by chance. What is broken by its \
                 number alone passes as inconclusive, with the least loss that these images can show; where they could not \
                 even show that a model finds nothing, it is an error. The rule of `max_regression` and `max_relative_regression`"
            }
            Self::NonInferior => {
                "passes only if the whole interval lies within the threshold: no pass by chance. Too few images for that are an \
                 error that says how many it takes. For gates of safety"
            }
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a broken bound does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severeness {
    /// It fails the run.
    Error,
    /// It is told, and does not fail the run.
    Warn,
}

impl Choice for Severeness {
    const ALL: &'static [(&'static str, Self)] = &[("error", Self::Error), ("warn", Self::Warn)];

    fn summary(self) -> &'static str {
        match self {
            Self::Error => "a broken bound fails the run",
            Self::Warn => {
                "a broken bound is told, and does not fail the run; what could not be judged is still an error; it needs a `reason`"
            }
        }
    }
}

/// How the cases of one check are corrected for being many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Each stands for itself.
    None,
    /// Holm's.
    Holm,
}

impl Choice for Correction {
    const ALL: &'static [(&'static str, Self)] = &[("none", Self::None), ("holm", Self::Holm)];

    fn summary(self) -> &'static str {
        match self {
            Self::None => "each case stands for itself",
            Self::Holm => {
                "over the cases of a check whose rule is not `point`: bounds the chance that any of them is found wrongly \
                 (Holm 1979). What is found by itself and withheld as one of many is told as inconclusive"
            }
        }
    }
}

impl Bound {
    /// What it asks, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Min => "the figure is at least this",
            Self::Max => "the figure is at most this",
            Self::MaxDrop => "the clean figure is better by at most this",
            Self::MaxRelativeDrop => {
                "the clean figure is better by at most this share of it; of one below 0.01 there is no share: that is a failure \
                 where the model finds next to nothing on clean images (map50 below 0.05), else an error"
            }
            Self::MaxRegression => {
                "the accepted figure (`windtunnel baseline accept`), or that of the `reference` model, is better by at most \
                 this"
            }
            Self::MaxRelativeRegression => {
                "the accepted figure, or that of the `reference` model, is better by at most this share of it: 0.15 of a \
                 `latency_p50` of 20 ms allows 23 ms"
            }
            Self::MinGain => "the figure is better than the `reference` model's, or the accepted one, by at least this",
        }
    }

    /// Whether it compares with the clean figure.
    pub fn is_against_clean(self) -> bool {
        match self {
            Self::Min | Self::Max | Self::MaxRegression | Self::MaxRelativeRegression | Self::MinGain => false,
            Self::MaxDrop | Self::MaxRelativeDrop => true,
        }
    }

    /// Whether it limits what is lost against something.
    pub fn is_loss(self) -> bool {
        match self {
            Self::Min | Self::Max | Self::MinGain => false,
            Self::MaxDrop | Self::MaxRelativeDrop | Self::MaxRegression | Self::MaxRelativeRegression => true,
        }
    }

    /// Whether it compares with another model, or with the baseline.
    pub fn is_against_other(self) -> bool {
        match self {
            Self::Min | Self::Max | Self::MaxDrop | Self::MaxRelativeDrop => false,
            Self::MaxRegression | Self::MaxRelativeRegression | Self::MinGain => true,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How a check makes one figure of several conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Over perturbations, the mean of each one's mean over its levels: the arithmetic of mPC.
    Mean,
    /// The least favourable value.
    Worst,
}

impl Choice for Aggregate {
    const ALL: &'static [(&'static str, Self)] = &[("mean", Self::Mean), ("worst", Self::Worst)];

    fn summary(self) -> &'static str {
        match self {
            Self::Mean => "over perturbations, the mean of each one's mean over its levels: the arithmetic of mPC",
            Self::Worst => {
                "the condition that breaks the bound most, or comes nearest to it. The rules that look at intervals allow \
                 for the worst of many being one by chance (single-step maxT, Westfall and Young 1993)"
            }
        }
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
