//! One accepted figure, and when a new one may be compared with it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::digest::Digest;

/// The key of a figure: `suite/model/dataset/condition/metric`, or with `metric(category)` at the end.
pub fn key(suite: &str, [model, dataset, condition, metric]: [&str; 4], category: Option<&str>) -> String {
    let of_category = category.map(|category| format!("({category})")).unwrap_or_default();
    format!("{suite}/{model}/{dataset}/{condition}/{metric}{of_category}")
}

/// An accepted figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptedFigure {
    /// The figure.
    pub value: f64,
    /// Its interval by resampling images, if one was drawn.
    pub interval: Option<[f64; 2]>,
    /// On how many images.
    pub images: usize,
    /// What it was measured on, and how.
    #[serde(flatten)]
    pub identity: Identity,
    /// The model's short digest; a new version has another one.
    pub model: Option<String>,
    /// The short digest of its details; `None` where it was accepted without.
    #[serde(default)]
    pub details: Option<String>,
    /// A digest of what it is compared by, so that no part is changed without the others; see [`AcceptedFigure::sealed`].
    pub seal: String,
    /// The version of the program.
    pub tool: String,
    /// Why it was accepted.
    pub reason: String,
    /// When, `2026-11-24`.
    pub date: String,
}

impl AcceptedFigure {
    /// The entry with the seal that belongs to it at `key`. What only people read (why, when, by which version) may be
    /// mended without breaking it.
    #[must_use]
    pub fn sealed(self, key: &str) -> Self {
        Self { seal: self.seal_at(key), ..self }
    }

    /// Whether it is as it was when it was sealed at `key`.
    pub fn is_sealed(&self, key: &str) -> bool {
        self.seal == self.seal_at(key)
    }

    fn seal_at(&self, key: &str) -> String {
        let compared =
            json!([key, self.value, self.interval, self.images, self.identity, self.model, self.details]).to_string();
        Digest::of_bytes(compared.as_bytes()).short()
    }
}

/// What makes two figures comparable: short digests, 12 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The annotation files and the sample taken of them.
    pub dataset: Option<String>,
    /// The image files; `None` if nobody looked at them.
    pub pictures: Option<String>,
    /// What is done to the pictures, the seed and the revision of each perturbation among it.
    pub condition: String,
    /// The metric's definition with its settings.
    pub definition: String,
}

/// Why two figures are not comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlike {
    /// The labels differ.
    Dataset,
    /// The image files differ.
    Pictures,
    /// Another seed, other levels, or another revision of a perturbation.
    Condition,
    /// The metric means something else.
    Definition,
}

impl Unlike {
    /// What has changed, in words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Dataset => "the dataset has changed (its labels, or the sample of it)",
            Self::Pictures => "the dataset's image files have changed",
            Self::Condition => "the perturbation has changed (its level, its revision, or the seed)",
            Self::Definition => "the metric's definition has changed",
        }
    }
}

impl Identity {
    /// How `other` differs in a way that makes a comparison meaningless; `None` if it does not.
    pub fn unlike(&self, other: &Self) -> Option<Unlike> {
        let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        if self.dataset != other.dataset {
            Some(Unlike::Dataset)
        } else if differ(&self.pictures, &other.pictures) {
            Some(Unlike::Pictures)
        } else if self.condition != other.condition {
            Some(Unlike::Condition)
        } else if self.definition != other.definition {
            Some(Unlike::Definition)
        } else {
            None
        }
    }
}
