//! From which score on a detection counts where a model is used.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::detection::{Category, Detection};

/// The score from which a detection is a claim: one for all categories, and others for some.
#[derive(Debug, Clone, PartialEq)]
pub struct MinConfidence {
    all: f64,
    own: BTreeMap<u64, f64>,
}

impl MinConfidence {
    /// `own` is by the ids of categories; all others have `all`, 0..=1 each.
    pub fn new(all: f64, own: BTreeMap<u64, f64>) -> Self {
        Self { all, own }
    }

    /// That of a category.
    pub fn of(&self, category_id: u64) -> f64 {
        self.own.get(&category_id).copied().unwrap_or(self.all)
    }

    /// Whether a detection is a claim.
    pub fn admits(&self, detection: &Detection) -> bool {
        detection.score >= self.of(detection.category_id)
    }

    /// With each multiplied by `factor`.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        let own = self.own.iter().map(|(&id, one)| (id, factor * one)).collect();
        Self { all: factor * self.all, own }
    }
}

impl From<f64> for MinConfidence {
    fn from(all: f64) -> Self {
        Self::new(all, BTreeMap::new())
    }
}

impl fmt::Display for MinConfidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.own.is_empty() { write!(f, "{}", self.all) } else { f.write_str("the model's own of its category") }
    }
}

/// The same, as people write it: of all categories, or of some by their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OwnConfidence {
    /// Of all.
    All(f64),
    /// Of each that is named.
    Each(BTreeMap<String, f64>),
}

impl OwnConfidence {
    /// With the ids of `categories`; those that have no own have `suite`'s.
    pub fn of(&self, categories: &[Category], suite: f64) -> MinConfidence {
        match self {
            Self::All(all) => (*all).into(),
            Self::Each(by_name) => {
                let own = categories.iter().filter_map(|one| Some((one.id, *by_name.get(&one.name)?))).collect();
                MinConfidence::new(suite, own)
            }
        }
    }
}
