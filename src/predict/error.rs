//! Why a model, or an answer of it, cannot be had.

use super::FrameError;

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
#[derive(Debug, Clone, thiserror::Error)]
pub enum PredictError {
    /// Its pixels could not be made.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The model failed on it.
    #[error("{0}")]
    Inference(String),
    /// No answer came over the network, or the server had too much to do: another time it may be better.
    #[error("{0}")]
    Lost(String),
    /// A number in the model's answer is NaN or infinite.
    #[error("{0}")]
    NonFinite(String),
    /// The model did not answer in time.
    #[error("{0}")]
    Timeout(String),
    /// The run ended before the answer came.
    #[error("interrupted")]
    Interrupted,
}
