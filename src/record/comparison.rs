//! What two models differ in, as a record keeps it.

use serde::{Deserialize, Serialize};

use crate::eval::Interval;

/// What two models differ in, on one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The dataset's name.
    pub dataset: String,
    /// Number of images.
    pub images: usize,
    /// The metric.
    pub metric: String,
    /// How the first model is called.
    pub one: String,
    /// How the second model is called.
    pub other: String,
    /// On clean images.
    pub clean: Difference,
    /// The mean over perturbations.
    pub mpc: Difference,
    /// Risk: less is better.
    pub risk: Difference,
    /// Condition by condition, clean apart.
    pub conditions: Vec<Difference>,
    /// Group by group.
    pub groups: Vec<Difference>,
    /// The mean over conditions, category by category.
    pub categories: Vec<Difference>,
    /// What is not in it, and why.
    pub notes: Vec<String>,
    /// What to do, with the reasons.
    pub recommendation: String,
}

/// One figure of both; `None` where it was not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// What it is of.
    pub name: String,
    /// The first model's.
    pub one: Option<f64>,
    /// The second model's.
    pub other: Option<f64>,
    /// The second minus the first.
    pub difference: Option<f64>,
    /// The interval of the difference, on resampled images, the same for both; `None` where a record holds no resamples.
    pub interval: Option<Interval>,
}
