//! The embedded engine: the `rten` crate, pure Rust, nothing to install.

use std::cell::OnceCell;
use std::sync::Arc;

use rten::{
    DataType, Dimension, LoadError, LoadErrorKind, Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueType,
};
use rten_tensor::Layout;

use super::engine::{Element, Engine, Input, Port, Signature, Tensor, Values};

/// The version of the crate, named in records: another version may give other low bits.
pub const NAME: &str = "rten 0.27";

/// A graph loaded into rten.
pub struct RtenEngine {
    model: Model,
    signature: Signature,
}

thread_local! {
    /// One thread per calling thread: frames run side by side instead, which is faster, and rten's sums depend on
    /// the number of threads in the last bits.
    static SINGLE_THREAD: OnceCell<Arc<ThreadPool>> = const { OnceCell::new() };
}

impl RtenEngine {
    /// Loads a file's bytes.
    ///
    /// # Errors
    /// It is no ONNX file, or uses an operator the engine does not have or does not compute as ONNX says.
    pub fn open(bytes: Vec<u8>) -> Result<Self, String> {
        refuse_its_own_suppression(&bytes)?;
        let model = Model::load(bytes).map_err(|error| not_loaded(&error))?;
        let inputs = model.input_ids().iter().map(|id| port(&model, *id)).collect();
        let name = |id: &NodeId| model.node_info(*id).and_then(|info| info.name()).unwrap_or_default().to_owned();
        let outputs = model.output_ids().iter().map(name).collect();
        let fields = model.metadata().fields();
        let metadata = fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Ok(Self { signature: Signature { inputs, outputs, metadata }, model })
    }
}

/// An operator that rten 0.27 has, but computes otherwise than ONNX says: it divides what two boxes share by the box
/// around both instead of by their union, compares boxes of different classes, and keeps one class of each. Other boxes
/// would be found, unseen.
const SUPPRESSION: &str = "NonMaxSuppression";

/// How a file says that a node's operator (field 4 of ONNX's `NodeProto`, of 17 bytes) is [`SUPPRESSION`].
const SUPPRESSION_FIELD: &[u8] = b"\x22\x11NonMaxSuppression";

fn refuse_its_own_suppression(bytes: &[u8]) -> Result<(), String> {
    if bytes.windows(SUPPRESSION_FIELD.len()).any(|window| window == SUPPRESSION_FIELD) {
        let reason = "which the embedded engine does not compute as ONNX says";
        return Err(format!(
            "it has the operator {SUPPRESSION}, {reason}: export it without (`nms=True`){OTHER_ENGINE}"
        ));
    }
    Ok(())
}

/// An operator that is missing here is named, with the engine that has it.
fn not_loaded(error: &LoadError) -> String {
    let hint = match error.kind() {
        LoadErrorKind::OperatorInvalid | LoadErrorKind::GraphError => OTHER_ENGINE,
        _ => "",
    };
    format!("the embedded engine cannot load it: {error}{hint}")
}

const OTHER_ENGINE: &str = "; `engine = \"onnxruntime\"` has every operator";

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

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, String> {
        let pool = SINGLE_THREAD.with(|pool| pool.get_or_init(|| Arc::new(ThreadPool::with_num_threads(1))).clone());
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let ids = self.model.input_ids().iter().copied();
        let inputs = ids.zip(inputs).map(|(id, input)| Ok((id, value(input)?.into())));
        let inputs = inputs.collect::<Result<Vec<(NodeId, ValueOrView<'_>)>, String>>()?;
        let outputs = self
            .model
            .run(inputs, self.model.output_ids(), Some(options))
            .map_err(|error| format!("the embedded engine cannot run it: {error}{OTHER_ENGINE}"))?;
        outputs.into_iter().zip(&self.signature.outputs).map(|(value, name)| tensor(value, name)).collect()
    }
}

/// The engine has whole numbers of 32 bits alone, and takes 64-bit inputs so.
fn value(input: Input) -> Result<Value, String> {
    let narrow = |value: i64| i32::try_from(value).map_err(|_| format!("{value} does not fit into 32 bits"));
    let shape = &input.shape;
    let value = match input.values {
        Values::Float(values) => Value::from_shape(shape, values).map_err(|error| error.to_string()),
        Values::Byte(values) => Value::from_shape(shape, values).map_err(|error| error.to_string()),
        Values::Integer(values) => {
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
        Value::Int32Tensor(tensor) => {
            let shape = tensor.shape().to_vec();
            let data = tensor.into_data().into_iter().map(|value| value as f32).collect();
            Ok(Tensor { shape, data, is_integer: true })
        }
        other => Err(format!("output `{name}` is not a tensor of numbers but {:?}", other.dtype())),
    }
}
