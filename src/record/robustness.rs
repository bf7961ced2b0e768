//! What a record holds of robustness over many conditions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::condition::ConditionName;
use crate::eval::Interval;

/// One image in one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// The image's file name.
    pub file_name: String,
    /// What became of it.
    #[serde(flatten)]
    pub found: ImageFound,
    /// Agreement with the answers on the clean image, 0..=1; `None` for clean images.
    pub stability: Option<f64>,
}

/// What a model found in an image, by its task.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ImageFound {
    /// Objects, at the claims' confidence and IoU 0.5.
    Objects {
        /// F1, 0..=1.
        f1: f64,
        /// Objects that nothing found.
        missed: usize,
    },
    /// The class of the whole image.
    Class {
        /// The probability that its label was given, 0..=1; `None` where it has no label, or where the answer does not say.
        label_score: Option<f64>,
        /// Whether its label is the answer; `None` where it has no label.
        is_right: Option<bool>,
    },
}

/// How robust a model is on a dataset; `None` where something was not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobustnessRecord {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// The metric's mean over perturbations of each one's mean over its levels.
    pub mpc: Option<f64>,
    /// That as a share of the clean figure.
    pub rpc: Option<f64>,
    /// Mean corruption error in per cent, where the conditions are ImageNet-C's; see `mce`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mce: Option<f64>,
    /// Of what the errors are above the clean one; see `relative_mce`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_mce: Option<f64>,
    /// 0..=100, less is better: 100 times the mean over `groups` of `affected`.
    pub risk: Option<f64>,
    /// Group by group.
    pub groups: Vec<GroupRecord>,
    /// Category by category; none where single categories have no such figure.
    #[serde(default)]
    pub categories: Vec<CategoryMean>,
    /// Where each ladder of severities breaks the model.
    pub breaking_points: Vec<BreakingPoint>,
}

/// A group of perturbations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// Its name.
    pub group: String,
    /// The mean over its conditions of the share of affected images, 0..=1.
    pub affected: Option<f64>,
    /// The interval of `affected`, where it was drawn.
    #[serde(default)]
    pub affected_interval: Option<Interval>,
    /// The mean over its perturbations of each one's mean figure.
    pub figure: Option<f64>,
    /// The interval of `figure`, where it was drawn.
    #[serde(default)]
    pub interval: Option<Interval>,
}

/// A category's figure, clean and perturbed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryMean {
    /// The category's name.
    pub category: String,
    /// On clean images.
    pub clean: Option<f64>,
    /// The mean over perturbations of each one's mean over its levels.
    pub figure: Option<f64>,
}

/// Where a perturbation breaks a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakingPoint {
    /// The perturbation's name.
    pub perturbation: String,
    /// The severity, interpolated, at which the metric falls to half its clean value; `None` if it does not by the last.
    pub severity: Option<f64>,
    /// By severity, how many images first lose an object there.
    pub first_lost: BTreeMap<String, usize>,
}

/// Whether an augmentation helped: the model's figure under the perturbations that ask about it, against the model trained
/// without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AugmentationRecord {
    /// The model's name.
    pub model: String,
    /// The model trained without.
    pub reference: String,
    /// The dataset's name.
    pub dataset: String,
    /// The augmentation's name.
    pub augmentation: String,
    /// The conditions that ask about it.
    pub conditions: Vec<ConditionName>,
    /// What it did.
    pub effect: Effect,
    /// The model's mean figure minus the reference's; `None` where it was not measured.
    pub gain: Option<f64>,
    /// The interval of the gain.
    pub interval: Option<Interval>,
    /// Why it was not measured; empty if it was.
    pub reason: String,
}

/// What an augmentation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The whole interval of the gain is above 0.
    Helped,
    /// The interval holds 0.
    NoEffect,
    /// The whole interval is below 0.
    Hurt,
    /// It was not measured.
    Unknown,
}
