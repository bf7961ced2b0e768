//! The embedded engine: the `rten` crate, pure Rust, nothing to install.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use rten::{
    DataType, Dimension, LoadError, LoadErrorKind, Model, ModelOptions, NodeId, RunError, RunOptions, ThreadPool,
    Value, ValueOrView, ValueType,
};
use rten_onnx::onnx::{ModelProto, NodeProto};
use rten_tensor::Layout;
use serde_json::Value as Json;

use super::rten_panic::{first_failing, guarded};
use super::rules;
use super::tuning::Tuning;
use crate::predict::network::{Element, Engine, EngineError, Input, InputValues, Port, Signature, Tensor};

/// The version of the crate, named in records: another version may give other low bits.
pub const NAME: &str = "rten 0.27.0";

/// A graph loaded into rten.
pub struct RtenEngine {
    model: Model,
    signature: Signature,
    steps: Vec<EngineStep>,
    threads: NonZeroUsize,
}

thread_local! {
    /// The threads of each calling thread, by their number. One where nothing else is asked for: frames run side by side
    /// instead, which is faster, and rten's sums depend on the number of threads in the last bits.
    static THREADS: RefCell<BTreeMap<NonZeroUsize, Arc<ThreadPool>>> = const { RefCell::new(BTreeMap::new()) };
}

impl RtenEngine {
    /// Loads a file's bytes.
    ///
    /// # Errors
    /// It is no ONNX file, or uses an operator the engine does not have or does not compute as ONNX says.
    pub fn open(bytes: Vec<u8>, threads: NonZeroUsize) -> Result<Self, String> {
        let mut proto = ModelProto::parse_buf(&bytes)
            .map_err(|error| format!("the embedded engine cannot load it: {}", sentence(&error.to_string())))?;
        let review = rules::review(&mut proto);
        if let Some(refusal) = review.refusal() {
            return Err(format!("the embedded engine does not compute it as ONNX says: {refusal}{OTHER_ENGINE}"));
        }
        let bytes = if review.is_mended {
            proto.write_buf().map_err(|error| format!("it cannot be put right: {error}"))?
        } else {
            bytes
        };
        Self::load(&proto, bytes, threads)
    }

    /// Loads a file that was not looked through.
    #[cfg(test)]
    pub fn unreviewed(bytes: Vec<u8>) -> Result<Self, String> {
        Self::load(&ModelProto::default(), bytes, NonZeroUsize::MIN)
    }

    fn load(proto: &ModelProto, bytes: Vec<u8>, threads: NonZeroUsize) -> Result<Self, String> {
        let mut options = ModelOptions::with_all_ops();
        // The optimiser changes what is computed: it takes tilings for interleavings, divides constants as whole
        // numbers, and panics. The quick start takes 12.66 s of the processors without it, and took 12.58 with it.
        options.enable_optimization(false);
        let model = guarded(|| options.load(bytes))
            .map_err(|panic| {
                format!("the embedded engine fails while it loads it: {}{OTHER_ENGINE}", sentence(&panic))
            })?
            .map_err(|error| not_loaded(&error))?;
        let inputs = model.input_ids().iter().map(|id| port(&model, *id)).collect();
        let name = |id: &NodeId| model.node_info(*id).and_then(|info| info.name()).unwrap_or_default().to_owned();
        let outputs = model.output_ids().iter().map(name).collect();
        let fields = model.metadata().fields();
        let metadata = fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Ok(Self { signature: Signature { inputs, outputs, metadata }, model, steps: steps(proto), threads })
    }

    fn compute(&self, inputs: &[Value], outputs: &[NodeId]) -> Result<Result<Vec<Value>, RunError>, String> {
        let pool = || Arc::new(ThreadPool::with_num_threads(self.threads.get()));
        let pool = THREADS.with_borrow_mut(|pools| Arc::clone(pools.entry(self.threads).or_insert_with(pool)));
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let ids = self.model.input_ids().iter().copied();
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = ids.zip(inputs).map(|(id, input)| (id, input.into())).collect();
        guarded(|| self.model.run(inputs, outputs, Some(options)))
    }

    /// A panic tells where in the engine it happened, but not at which node.
    fn panicked(&self, panic: &str, inputs: &[Value]) -> String {
        let panics = |steps: &[EngineStep]| {
            let ids: Vec<NodeId> = steps.iter().filter_map(|step| self.model.find_node(&step.output)).collect();
            self.compute(inputs, &ids).is_err()
        };
        let place = first_failing(&self.steps, panics).map_or(String::new(), |step| format!(" at {}", step.node));
        format!("the embedded engine fails{place}: {}{OTHER_ENGINE}", sentence(panic))
    }
}

/// A node of the graph, by what it is called and what it gives.
struct EngineStep {
    node: String,
    output: String,
}

fn steps(model: &ModelProto) -> Vec<EngineStep> {
    let nodes = model.graph.iter().flat_map(|graph| &graph.node);
    let step = |node: &NodeProto| {
        let output = node.output.iter().find(|output| !output.is_empty())?;
        let is_computed = node.op_type.as_deref() != Some("Constant");
        is_computed.then(|| EngineStep { node: rules::place(node), output: output.clone() })
    };
    nodes.filter_map(step).collect()
}

/// A message of one line.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An operator that is missing here is named, with the engine that has it.
fn not_loaded(error: &LoadError) -> String {
    let hint = match error.kind() {
        LoadErrorKind::OperatorInvalid | LoadErrorKind::GraphError => OTHER_ENGINE,
        _ => "",
    };
    format!("the embedded engine cannot load it: {error}{hint}")
}

const OTHER_ENGINE: &str = "; ONNX Runtime runs it: `pip install onnxruntime` and `engine = \"onnxruntime\"`";

fn port(model: &Model, id: NodeId) -> Port {
    let info = model.node_info(id);
    let element = match info.as_ref().and_then(rten::NodeInfo::dtype) {
        Some(ValueType::Tensor(DataType::Float)) | None => Element::Float,
        Some(ValueType::Tensor(DataType::UInt8)) => Element::Byte,
        Some(ValueType::Tensor(DataType::Int32)) => Element::Integer,
        Some(other) => Element::Other(other.to_string()),
    };
    let shape = info.as_ref().and_then(rten::NodeInfo::shape).unwrap_or_default();
    let name = info.as_ref().and_then(rten::NodeInfo::name).unwrap_or_default().to_owned();
    Port { name, shape: shape.iter().map(fixed).collect(), element }
}

fn fixed(dimension: &Dimension) -> Option<usize> {
    match dimension {
        Dimension::Fixed(size) => Some(*size),
        Dimension::Symbolic(_) => None,
    }
}

impl Engine for RtenEngine {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn settings(&self) -> BTreeMap<String, Json> {
        Tuning { threads: self.threads, ..Tuning::default() }.settings()
    }

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        let inputs = inputs.into_iter().map(value).collect::<Result<Vec<Value>, String>>()?;
        let outputs = self
            .compute(&inputs, self.model.output_ids())
            .map_err(|panic| self.panicked(&panic, &inputs))?
            .map_err(|error| format!("the embedded engine cannot run it: {error}{OTHER_ENGINE}"))?;
        outputs.into_iter().zip(&self.signature.outputs).map(|(value, name)| Ok(tensor(value, name)?)).collect()
    }
}

/// The engine has whole numbers of 32 bits alone, and takes 64-bit inputs so.
fn value(input: Input) -> Result<Value, String> {
    let narrow = |value: i64| i32::try_from(value).map_err(|_| format!("{value} does not fit into 32 bits"));
    let shape = &input.shape;
    let value = match input.values {
        InputValues::Float(values) => Value::from_shape(shape, values).map_err(|error| error.to_string()),
        InputValues::Byte(values) => Value::from_shape(shape, values).map_err(|error| error.to_string()),
        InputValues::Integer(values) => {
            let values = values.into_iter().map(narrow).collect::<Result<Vec<i32>, String>>()?;
            Value::from_shape(shape, values).map_err(|error| error.to_string())
        }
    };
    value.map_err(|error| format!("an input does not take {shape:?}: {error}"))
}

fn tensor(value: Value, name: &str) -> Result<Tensor, String> {
    match value {
        Value::FloatTensor(tensor) => {
            Ok(Tensor { shape: tensor.shape().to_vec(), data: tensor.into_data(), is_integer: false })
        }
        Value::UInt8Tensor(tensor) => {
            let shape = tensor.shape().to_vec();
            Ok(Tensor { shape, data: tensor.into_data().into_iter().map(f32::from).collect(), is_integer: true })
        }
        Value::Int8Tensor(tensor) => {
            let shape = tensor.shape().to_vec();
            Ok(Tensor { shape, data: tensor.into_data().into_iter().map(f32::from).collect(), is_integer: true })
        }
        Value::Int32Tensor(tensor) => {
            let shape = tensor.shape().to_vec();
            let data = tensor.into_data().into_iter().map(|value| value as f32).collect();
            Ok(Tensor { shape, data, is_integer: true })
        }
        other => Err(format!("output `{name}` is not a tensor of numbers but {:?}", other.dtype())),
    }
}
