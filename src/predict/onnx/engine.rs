//! The seam between a model file and what runs it.

use std::sync::atomic::AtomicBool;

use crate::predict::PredictError;

/// Something that runs an ONNX graph with one image input. Called from many threads at once; each call stays on its
/// caller's core.
pub trait Engine: Send + Sync {
    /// Its name and version, for the record.
    fn name(&self) -> &str;

    /// What the graph takes and gives, as the file says.
    fn signature(&self) -> &Signature;

    /// Runs the graph on one input.
    ///
    /// # Errors
    /// The engine's message.
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, String>;

    /// The same for a frame; an engine that waits for somebody else stops waiting once `stop` is set.
    ///
    /// # Errors
    /// The engine's message, or why the wait ended.
    fn run_until(&self, input: Tensor, _stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        self.run(input).map_err(PredictError::Inference)
    }
}

/// A dense array of floats, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// `shape`'s product of values.
    pub data: Vec<f32>,
}

/// What a graph takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The image input: name, and the size of each dimension where the file fixes it.
    pub input: (String, Vec<Option<usize>>),
    /// The names of the outputs, in order.
    pub outputs: Vec<String>,
    /// The file's `names` metadata entry, where exporters write the class names.
    pub names: Option<String>,
}
