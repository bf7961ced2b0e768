//! What a record holds of the answers of classifiers.

use serde::{Deserialize, Serialize};

use crate::score::ReliabilityBin;

/// What was said of the labelled images of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassesRecord {
    /// The wrong answers: those that are more than on the clean images first, by how much more; of equal ones those of more
    /// images.
    pub confusions: Vec<ConfusionRecord>,
    /// By the highest score, in 15 bins of equal width: how often such answers are right.
    pub reliability: Vec<ReliabilityBin>,
}

/// Images of one class that are said to be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionRecord {
    /// The category that they are labelled.
    pub label: String,
    /// The one that was said; `None` for a class that the dataset does not have.
    pub said: Option<String>,
    /// How many on clean images; `None` where those were not measured.
    pub clean: Option<usize>,
    /// How many here.
    pub images: usize,
}

impl ConfusionRecord {
    /// By how many more images than on the clean ones.
    pub fn more(&self) -> usize {
        self.images.saturating_sub(self.clean.unwrap_or(0))
    }

    /// `RBC said to be WBC`.
    pub fn told(&self) -> String {
        let said = self.said.as_deref().unwrap_or("a class that the dataset does not have");
        format!("{} said to be {said}", self.label)
    }
}
