//! Why a graph cannot answer frames, by what of it is at fault.

use super::engine::EngineError;

/// Why a graph cannot answer frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The engine does not run it.
    #[error("it does not run: {0}")]
    Engine(EngineError),
    /// It takes something else than pictures, or of no known size.
    #[error("{0}")]
    Input(String),
    /// It does not take so many pictures at once, or does not keep them apart.
    #[error("{0}")]
    Batch(String),
    /// Its outputs are of no known layout, or lack one that is wanted.
    #[error("{0}")]
    Outputs(String),
    /// Its classes have no names, or others than are said.
    #[error("{0}")]
    Classes(String),
    /// It does not take pictures made ready as is wanted.
    #[error("{0}")]
    Preprocessing(String),
}
