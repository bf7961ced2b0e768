//! The seam between a model file and what runs it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde_json::Value as Json;

use super::listing::Listing;
use crate::predict::PredictError;
pub use crate::predict::tensor::Tensor;

/// Something that runs an ONNX graph. Called from many threads at once; each call stays on its caller's core.
pub trait Engine: Send + Sync {
    /// Its name and version, for the record.
    fn name(&self) -> &str;

    /// What else its answers depend on, and what it found out about itself, for the record; what is as always is left out.
    fn settings(&self) -> BTreeMap<String, Json> {
        BTreeMap::new()
    }

    /// What the graph takes and gives, as the file says.
    fn signature(&self) -> &Signature;

    /// What it has come to know by running about outputs that list the best classes, each as number and score in one
    /// output `[pictures, classes, 2]`; `None` where outputs are those of the graph.
    fn listing(&self) -> Option<Listing> {
        None
    }

    /// Runs the graph on its inputs, in the order of the signature; the outputs are in that order too.
    ///
    /// # Errors
    /// The engine's message.
    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError>;

    /// The same for frames; an engine that waits for somebody else stops waiting once `stop` is set.
    ///
    /// # Errors
    /// The engine's message, or why the wait ended.
    fn run_until(&self, inputs: Vec<Input>, _stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        self.run(inputs).map_err(PredictError::from)
    }
}

/// Why an engine does not open or run a graph, as it says it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(String);

impl From<String> for EngineError {
    fn from(said: String) -> Self {
        Self(said)
    }
}

impl From<EngineError> for PredictError {
    fn from(error: EngineError) -> Self {
        Self::Inference(error.0)
    }
}

/// What goes into a graph: a dense array, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// `shape`'s product of values.
    pub values: InputValues,
}

/// The values of an [`Input`].
#[derive(Debug, Clone, PartialEq)]
pub enum InputValues {
    /// 32-bit floats.
    Float(Vec<f32>),
    /// Unsigned bytes.
    Byte(Vec<u8>),
    /// Whole numbers; an engine gives them to the graph in the width it takes.
    Integer(Vec<i64>),
}

/// What a graph takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The inputs, in order, without weights that old files list among them.
    pub inputs: Vec<Port>,
    /// The names of the outputs, in order.
    pub outputs: Vec<String>,
    /// The file's metadata entries, where exporters write class names and more.
    pub metadata: BTreeMap<String, String>,
}

/// An input of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The size of each dimension where the file fixes it.
    pub shape: Vec<Option<usize>>,
    /// What it takes.
    pub element: Element,
}

/// The type of an input's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// 32-bit floats.
    Float,
    /// Unsigned bytes.
    Byte,
    /// Whole numbers of 32 or 64 bits.
    Integer,
    /// Another type, by its name.
    Other(String),
}

impl Port {
    /// `1 x 3 x 640 x 640`, with `?` for what the file leaves open.
    pub fn shown(&self) -> String {
        let side = |side: &Option<usize>| side.map_or("?".to_owned(), |side| side.to_string());
        self.shape.iter().map(side).collect::<Vec<_>>().join(" x ")
    }
}
