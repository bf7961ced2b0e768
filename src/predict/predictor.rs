//! The seam of the family: a kind reads a `[model.*]` section into an opener, the opener opens the model, the model
//! answers frames.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CategoryMap, Frame, FrameError};
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::Detection;
use crate::digest::Digest;
use crate::entry::Named;
use crate::spec::{Source, TableReader};

/// A way to reach models.
pub trait PredictorKind: Named + Sync {
    /// Reads the options of a section; `None` where they are wrong (the mistakes are with `options`).
    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>>;
}

/// Options read; the model not opened yet.
pub trait Opener {
    /// Opens the model; `variables` are those of the program's surroundings, by name.
    ///
    /// # Errors
    /// It cannot be opened, or is none that can be used.
    fn open(self: Box<Self>, variables: &dyn Fn(&str) -> Option<String>) -> Result<Box<dyn Predictor>, PredictorError>;
}

/// An opened model. An error is never "no detections".
pub trait Predictor: Send + Sync {
    /// What the record says about it.
    fn card(&self) -> ModelCard;

    /// The names of its classes in the order in which it counts them; `None` if it speaks in the dataset's ids.
    fn labels(&self) -> Option<&[String]>;

    /// Whether it looks at pixels, or only at which image and condition a frame is.
    fn needs_pixels(&self) -> bool;

    /// Gets ready for the cells of a dataset.
    ///
    /// # Errors
    /// It can already be seen that some cell cannot be answered.
    fn prepare(&mut self, name: &str, dataset: &Dataset, conditions: &[Condition]) -> Result<(), PredictorError>;

    /// The objects found in a frame, by falling score, in pixels of the frame.
    ///
    /// # Errors
    /// The frame could not be made or answered.
    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap) -> Result<Vec<Detection>, PredictError>;

    /// The same model with each plausible way of making a picture ready for it, as configured first; none where it
    /// does not make pictures ready itself.
    fn variants(&self) -> Vec<Variant> {
        Vec::new()
    }
}

/// A model with another preprocessing than the configured one.
pub struct Variant {
    /// The lines of a `[model.*]` section that set it; none where it is the configured one.
    pub lines: Vec<String>,
    /// The model.
    pub model: Box<dyn Predictor>,
}

/// What a record says about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// The kind of predictor.
    pub kind: String,
    /// Of the content that answers: the model file, the result files.
    pub digest: Digest,
    /// Everything else that decides the answers: engine, decoder, preprocessing, thresholds.
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// Why a model cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum PredictorError {
    /// It does not open, or cannot be made sense of.
    #[error("{0}")]
    Load(String),
    /// A number in its results is NaN or infinite.
    #[error("{0}")]
    NonFinite(String),
}

/// Why a frame has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    /// Its pixels could not be made.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The model failed on it.
    #[error("{0}")]
    Inference(String),
    /// A number in the model's answer is NaN or infinite.
    #[error("{0}")]
    NonFinite(String),
}
