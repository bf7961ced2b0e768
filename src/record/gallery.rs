//! What a record holds of pictures: the images that lost most in a failed case, with the boxes on them, glimpses of what models
//! find on clean images, and samples of what conditions do.

use serde::{Deserialize, Serialize};

use crate::condition::ConditionName;
use crate::eval::ErrorKind;

/// The images that lost most under a failed case, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GalleryRecord {
    /// The sheet of the same images, as the cases that share it name it: a path relative to the record.
    pub sheet: String,
    /// Image by image, the one that lost most first.
    pub pairs: Vec<PairRecord>,
}

/// An image before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairRecord {
    /// The image's file name.
    pub file_name: String,
    /// On the clean image, of the other model, or accepted; `None` where the accepted answers are not at hand any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<ShotRecord>,
    /// Now.
    pub after: ShotRecord,
}

impl PairRecord {
    /// The one before, if it is known, and the one after.
    pub fn shots(&self) -> impl Iterator<Item = &ShotRecord> {
        self.before.iter().chain([&self.after])
    }

    /// Whether it is of two models; else of one, under two conditions.
    pub fn is_of_models(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.model != self.after.model)
    }
}

/// An image under a condition, with what a model said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShotRecord {
    /// The model's name.
    pub model: String,
    /// The condition's name.
    pub condition: String,
    /// A JPEG file, scaled down: a path relative to the record.
    pub picture: String,
    /// Width of the image itself, pixels.
    pub width: u32,
    /// Height of the image itself, pixels.
    pub height: u32,
    /// How right the answer is.
    #[serde(flatten)]
    pub quality: ShotQuality,
    /// The boxes on it: labels first, then detections, then what was missed.
    pub boxes: Vec<BoxRecord>,
    /// Detections just below the score from which they count, as what they would stand for if they did: `found` or `false`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<BoxRecord>,
}

/// How right the answer on a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ShotQuality {
    /// Of objects.
    Objects {
        /// F1 of the claims against the labels, or against the claims on the clean image; 0..=1.
        f1: f64,
    },
    /// Of the class of the whole image, held against the answer on the clean image.
    Stability {
        /// Whether it is the same class.
        is_same: bool,
    },
    /// Of the class of the whole image, held against another model's answer.
    Parity {
        /// Whether it is the same class.
        agrees: bool,
    },
    /// Nobody has said what is in the image. It stands before the last one, which is also what says nothing.
    Unlabelled {
        /// Detections of a score that counts; 1 of classes. `boxes` may have the surest of them alone.
        claims: usize,
    },
    /// Of the class of the whole image, held against its label.
    Label {
        /// The probability that the label was given, 0..=1; `None` where the answer does not say.
        label_score: Option<f64>,
    },
}

/// A box on an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoxRecord {
    /// What it stands for.
    pub kind: BoxKind,
    /// The category's name.
    pub category: String,
    /// `[x, y, width, height]` in pixels of the image itself, to a tenth.
    pub bbox: [f64; 4],
    /// The score of a detection, 0..=1, to a hundredth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// What is wrong with a detection of nothing, as TIDE has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxKind {
    /// A label that counts.
    Truth,
    /// A label that counts neither for nor against a model.
    Ignored,
    /// A detection that found its object.
    Found,
    /// A detection of nothing.
    False,
    /// A label that nothing found; it is also among those of `Truth`.
    Missed,
    /// A detection on an image without labels: nothing tells whether it is right.
    Claim,
}

/// A clean image with what each model found on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlimpseRecord {
    /// The dataset's name.
    pub dataset: String,
    /// The image's file name.
    pub file_name: String,
    /// Model by model, all of one picture.
    pub shots: Vec<ShotRecord>,
}

/// An image of a dataset under a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRecord {
    /// The dataset's name.
    pub dataset: String,
    /// The condition's name.
    pub condition: ConditionName,
    /// The image's file name, the same for all conditions of a dataset.
    pub file_name: String,
    /// A JPEG file, scaled down: a path relative to the record.
    pub picture: String,
    /// Its width, pixels.
    pub width: u32,
    /// Its height, pixels.
    pub height: u32,
}
