//! Why frames have no answers, as records tell it.

use crate::detection::ImageRecord;
use crate::failure::{Failure, FailureKind};
use crate::predict::PredictError;

/// Why a frame has no answer.
pub enum Unanswered {
    /// The model was asked.
    Asked(PredictError),
    /// The model could not be asked at all.
    Unreached,
    /// Only the store was to be asked, and has no answer.
    NotKept,
}

impl Unanswered {
    /// What a record says about it.
    pub fn on(&self, image: &ImageRecord) -> Failure {
        let (kind, reason) = match self {
            Self::NotKept => (FailureKind::Inference, "the store has no answer, and models are not asked".to_owned()),
            Self::Unreached => (FailureKind::ModelLoad, "the model could not be asked".to_owned()),
            Self::Asked(error) => (kind(error), error.to_string()),
        };
        Failure::new(kind, format!("on image {}: {reason}", image.file_name))
    }
}

fn kind(error: &PredictError) -> FailureKind {
    match error {
        PredictError::Frame(_) => FailureKind::Dataset,
        PredictError::Inference(_) | PredictError::Lost(_) | PredictError::Interrupted => FailureKind::Inference,
        PredictError::NonFinite(_) => FailureKind::NonFinite,
        PredictError::Timeout(_) => FailureKind::Timeout,
    }
}

/// What it means for a model that it could not be asked; nothing where the run ended before that was known.
pub fn unreached(error: &PredictError) -> Option<Failure> {
    let kind = match error {
        PredictError::Interrupted => return None,
        PredictError::NonFinite(_) => FailureKind::NonFinite,
        PredictError::Frame(_) | PredictError::Inference(_) | PredictError::Lost(_) | PredictError::Timeout(_) => {
            FailureKind::ModelLoad
        }
    };
    Some(Failure::new(kind, error.to_string()))
}
