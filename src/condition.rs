//! Conditions: what was done to the images of a cell, and the names under which users meet them in ids and tables.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A step of the standard ladder of a perturbation, 1 (weakest) to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Severity(u8);

impl Severity {
    /// All five steps, weakest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// The step `value`, or `None` outside 1..=5.
    pub fn new(value: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|s| i64::from(s.0) == value)
    }

    /// 1..=5.
    pub fn value(self) -> u8 {
        self.0
    }

    /// 0..=4, for tables with a row per step.
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How strongly a perturbation is applied, as the spec asked for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// The kind has one strength only (a flip).
    Fixed,
    /// A step of the standard ladder.
    Severity(Severity),
    /// The kind's parameter in its own unit (degrees, pixels, ...).
    Value(f64),
}

impl Level {
    /// Whether `name` stands for this level; numbers are compared as numbers.
    pub fn is_called(self, name: &str) -> bool {
        let number = match self {
            Self::Fixed => return false,
            Self::Severity(severity) => f64::from(severity.0),
            Self::Value(value) => value,
        };
        name.parse() == Ok(number)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed => Ok(()),
            Self::Severity(severity) => write!(f, "{severity}"),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

/// Clean images, or one perturbation of the spec at one level.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The images as they are in the dataset.
    Clean,
    /// The images after a perturbation, named as in the spec.
    Perturbed {
        /// The name after `perturbation.` in the spec.
        perturbation: String,
        /// The strength.
        level: Level,
    },
}

/// The name of the clean condition in ids, tables and `on = "clean"`.
pub const CLEAN: &str = "clean";

impl Condition {
    /// The perturbation's name; `clean` for none.
    pub fn perturbation(&self) -> &str {
        match self {
            Self::Clean => CLEAN,
            Self::Perturbed { perturbation, .. } => perturbation,
        }
    }

    /// Whether nothing was done to the images.
    pub fn is_clean(&self) -> bool {
        matches!(self, Self::Clean)
    }
}

/// `clean`, `blur@3`, `rotation@-15`, or `flip` for a kind with one strength.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => f.write_str(CLEAN),
            Self::Perturbed { perturbation, level: Level::Fixed } => f.write_str(perturbation),
            Self::Perturbed { perturbation, level } => write!(f, "{perturbation}@{level}"),
        }
    }
}

/// The name of a condition in records and ids; see [`Condition`]'s display form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConditionName(pub String);

impl From<&Condition> for ConditionName {
    fn from(condition: &Condition) -> Self {
        Self(condition.to_string())
    }
}

impl fmt::Display for ConditionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn perturbed(level: Level) -> String {
        Condition::Perturbed { perturbation: "x".into(), level }.to_string()
    }

    #[test]
    fn names_are_short_and_carry_the_level() {
        assert_eq!(Condition::Clean.to_string(), "clean");
        assert_eq!(perturbed(Level::Fixed), "x");
        assert_eq!(perturbed(Level::Value(-15.0)), "x@-15");
        assert_eq!(perturbed(Level::Value(0.25)), "x@0.25");
        assert_eq!(perturbed(Level::Severity(Severity::new(3).unwrap())), "x@3");
    }

    #[test]
    fn severities_are_one_to_five() {
        assert_eq!(Severity::new(0), None);
        assert_eq!(Severity::new(6), None);
        assert_eq!(Severity::new(5).map(Severity::index), Some(4));
    }
}
