//! What a record holds of failure clusters: the slices of the datasets, and which of them lose most where.

use serde::{Deserialize, Serialize};

use crate::condition::ConditionName;
use crate::eval::Interval;
use crate::score::ImageLoss;

/// The failure clusters of a run, and what was looked at to find them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlicesRecord {
    /// The metric whose loss is looked at.
    pub metric: String,
    /// How much a slice must lose to be told.
    pub min_performance_drop: f64,
    /// The one-sided level that a corrected p-value must not exceed for a cluster to stand out.
    pub level: f64,
    /// Pairs of a slice and a perturbed cell that were looked at: what p-values are corrected for.
    pub looked_at: usize,
    /// The slices, by dataset and in the order of the attributes.
    pub slices: Vec<SliceRecord>,
    /// The clusters: those that stand out first, then by how much more they lose than the rest.
    pub clusters: Vec<ClusterRecord>,
}

/// A slice of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliceRecord {
    /// The dataset's name.
    pub dataset: String,
    /// `brightness:low`.
    pub slice: String,
    /// The least and the greatest value in it, where it is one of numbers.
    pub range: Option<[f64; 2]>,
    /// The unit of these.
    pub unit: String,
    /// Images in it, or with an object that is.
    pub images: usize,
    /// Objects in it, on clean images.
    pub objects: usize,
    /// Why it was not looked at.
    pub left_out: Option<String>,
}

/// A slice that loses under a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterRecord {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// The condition's name.
    pub condition: ConditionName,
    /// `brightness:low`.
    pub slice: String,
    /// The figure of the slice on clean images.
    pub clean: f64,
    /// The figure of the slice under the condition, over the categories that both have.
    pub figure: f64,
    /// What it loses.
    pub drop: f64,
    /// The interval of what it loses.
    pub interval: Option<Interval>,
    /// What all that is not in the slice loses.
    pub rest_drop: Option<f64>,
    /// How much more the slice loses than the rest.
    pub excess: Option<f64>,
    /// The interval of the excess.
    pub excess_interval: Option<Interval>,
    /// How compatible that is with no difference, one-sided, corrected for all that was looked at (Holm).
    pub p_value: Option<f64>,
    /// Whether it loses more than the rest beyond chance.
    pub stands_out: bool,
    /// The images that lost most, of a cluster that stands out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImageLoss>,
}
