//! The embedded engine: the `rten` crate, pure Rust, nothing to install.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use rten::{Dimension, Model, NodeId, RunOptions, ThreadPool, Value};

use super::engine::{Engine, Signature, Tensor};

/// The version of the crate, named in records: another version may give other low bits.
const NAME: &str = "rten 0.27";

/// A graph loaded into rten.
pub struct RtenEngine {
    model: Model,
    input: NodeId,
    signature: Signature,
}

thread_local! {
    /// One thread per calling thread: frames run side by side instead, which is faster, and rten's sums depend on
    /// the number of threads in the last bits.
    static SINGLE_THREAD: OnceCell<Arc<ThreadPool>> = const { OnceCell::new() };
}

impl RtenEngine {
    /// Loads a file.
    ///
    /// # Errors
    /// It is no ONNX file, uses an operator the engine does not have, or takes something else than one image.
    pub fn open(path: &Path) -> Result<Self, String> {
        let model = Model::load_file(path).map_err(|error| format!("the embedded engine cannot load it: {error}"))?;
        let [input] = model.input_ids() else {
            return Err(format!(
                "it takes {} inputs; only models with one image input are known",
                model.input_ids().len()
            ));
        };
        let input = *input;
        let info = model.node_info(input).ok_or("its input has no description")?;
        let name = info.name().unwrap_or_default().to_owned();
        let shape = info.shape().unwrap_or_default().iter().map(fixed).collect();
        let output_name = |id: &NodeId| model.node_info(*id).and_then(|info| info.name().map(ToOwned::to_owned));
        let outputs = model.output_ids().iter().map(|id| output_name(id).unwrap_or_default()).collect();
        let names = model.metadata().get("names").map(ToOwned::to_owned);
        let signature = Signature { input: (name, shape), outputs, names };
        Ok(Self { model, input, signature })
    }
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

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, String> {
        let pool = SINGLE_THREAD.with(|pool| pool.get_or_init(|| Arc::new(ThreadPool::with_num_threads(1))).clone());
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let value = Value::from_shape(&input.shape, input.data).map_err(|error| error.to_string())?;
        let outputs = self
            .model
            .run(vec![(self.input, value.into())], self.model.output_ids(), Some(options))
            .map_err(|error| error.to_string())?;
        outputs.into_iter().zip(&self.signature.outputs).map(|(value, name)| float_tensor(value, name)).collect()
    }
}

fn float_tensor(value: Value, name: &str) -> Result<Tensor, String> {
    use rten_tensor::Layout;
    match value {
        Value::FloatTensor(tensor) => Ok(Tensor { shape: tensor.shape().to_vec(), data: tensor.into_data() }),
        other => Err(format!("output `{name}` is not a tensor of floats but {:?}", other.dtype())),
    }
}
