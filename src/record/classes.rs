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

impl ClassesRecord {
    /// What the bins of several cells make together.
    pub fn pooled<'r>(cells: impl Iterator<Item = &'r Self>) -> Vec<ReliabilityBin> {
        let mut pooled: Vec<[f64; 3]> = Vec::new();
        for cell in cells {
            pooled.resize(cell.reliability.len(), [0.0; 3]);
            for (sums, bin) in pooled.iter_mut().zip(&cell.reliability) {
                let images = bin.images as f64;
                let parts = [images, images * bin.accuracy.unwrap_or(0.0), images * bin.confidence.unwrap_or(0.0)];
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
        }
        let mean = |sum: f64, images: f64| (images > 0.0).then(|| sum / images);
        let bin = |[images, right, confidence]: [f64; 3]| ReliabilityBin {
            images: images as usize,
            accuracy: mean(right, images),
            confidence: mean(confidence, images),
        };
        pooled.into_iter().map(bin).collect()
    }
}

/// Images of one class that are said to be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionRecord {
    /// The category that they are labelled.
    pub label: String,
    /// The one that was said; `None` for a class that the dataset does not have.
    pub said: Option<String>,
    /// How many on clean images, of the other model, or accepted; `None` where that was not measured.
    pub before: Option<usize>,
    /// How many here.
    pub images: usize,
}

impl ConfusionRecord {
    /// By how many more images than before.
    pub fn more(&self) -> usize {
        self.images.saturating_sub(self.before.unwrap_or(0))
    }

    /// `RBC said to be WBC`.
    pub fn told(&self) -> String {
        let said = self.said.as_deref().unwrap_or("a class that the dataset does not have");
        format!("{} said to be {said}", self.label)
    }
}
