//! The second engine: ONNX Runtime, through the `ort` crate, from a library that is loaded at run time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use half::f16;
use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Outlet, PrimitiveTensorElementType, Tensor as OrtTensor, TensorElementType, ValueType};
use toml::Spanned;

use super::model_file::{Files, ModelFile};
use super::onnxruntime_library::Library;
use crate::entry::NotFound;
use crate::predict::network::{Element, Engine, EngineError, Input, InputValues, Port, Signature, Tensor};
use crate::spec::{Choice, Mistake};

/// What ONNX Runtime runs a graph on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The processor.
    Cpu,
    /// NVIDIA's CUDA.
    Cuda,
    /// NVIDIA's TensorRT.
    TensorRt,
    /// Intel's OpenVINO.
    OpenVino,
}

impl Choice for Provider {
    const ALL: &'static [(&'static str, Self)] =
        &[("cpu", Self::Cpu), ("cuda", Self::Cuda), ("tensorrt", Self::TensorRt), ("openvino", Self::OpenVino)];

    fn summary(self) -> &'static str {
        match self {
            Self::Cpu => "the processor",
            Self::Cuda => "NVIDIA's CUDA",
            Self::TensorRt => "NVIDIA's TensorRT",
            Self::OpenVino => "Intel's OpenVINO",
        }
    }
}

impl Provider {
    /// Reads a word of a spec.
    ///
    /// # Errors
    /// It is none of them.
    pub fn read(word: &Spanned<String>) -> Result<Self, Mistake> {
        let known = Self::ALL.iter().find(|(name, _)| name == word.get_ref());
        known.map(|(_, provider)| *provider).ok_or_else(|| {
            let not_found = NotFound::among(word.get_ref(), Self::ALL.iter().map(|(name, _)| *name));
            Mistake::new(format!("unknown provider `{}`", word.get_ref())).at(word.span()).help(not_found.help())
        })
    }

    /// Whether the library was built with it.
    fn is_built_in(self) -> ort::Result<bool> {
        match self {
            Self::Cpu => ep::CPU::is_available(),
            Self::Cuda => ep::CUDA::is_available(),
            Self::TensorRt => ep::TensorRT::is_available(),
            Self::OpenVino => ep::OpenVINO::is_available(),
        }
    }

    fn dispatch(self) -> ExecutionProviderDispatch {
        match self {
            Self::Cpu => ep::CPU::default().build(),
            Self::Cuda => ep::CUDA::default().build(),
            Self::TensorRt => ep::TensorRT::default().build(),
            Self::OpenVino => ep::OpenVINO::default().build(),
        }
        .error_on_failure()
    }

    /// Where a library with it comes from.
    fn way_out(self) -> &'static str {
        match self {
            Self::Cpu => "every library has it",
            Self::Cuda | Self::TensorRt => {
                "`pip install onnxruntime-gpu` brings one, and NVIDIA's libraries must be there"
            }
            Self::OpenVino => "`pip install onnxruntime-openvino` brings one",
        }
    }
}

/// A graph loaded into ONNX Runtime.
pub struct OnnxruntimeEngine {
    name: String,
    signature: Signature,
    graph: Graph,
    library: Arc<Library>,
    providers: Vec<Provider>,
    /// A session is used by one caller at a time: as many are made as are busy at once.
    idle: Mutex<Vec<Session>>,
}

impl OnnxruntimeEngine {
    /// Loads a file.
    ///
    /// # Errors
    /// It is no ONNX file, or a provider is not to be had.
    pub fn open(model: ModelFile, library: Arc<Library>, providers: &[Provider]) -> Result<Self, String> {
        let graph = Graph::of(model, MOST_IN_MEMORY);
        let session = session(&graph, &library, providers)?;
        let on: Vec<&str> = providers.iter().map(|provider| provider.word()).collect();
        let on = if on.is_empty() { Provider::Cpu.word().to_owned() } else { on.join(", ") };
        Ok(Self {
            name: format!("onnxruntime {} ({on})", library.version),
            signature: signature(&session)?,
            graph,
            library,
            providers: providers.to_vec(),
            idle: Mutex::new(vec![session]),
        })
    }
}

/// What sessions are loaded from, also while a run goes on: the same for all of them.
enum Graph {
    /// The file as it was read, its weights inside.
    Memory(Vec<u8>),
    /// The files on disk, which have to be as they were.
    Disk(Files),
}

/// Bytes of a model that ONNX Runtime takes from memory: it counts them in 32 bits.
const MOST_IN_MEMORY: usize = i32::MAX as usize;

impl Graph {
    fn of(model: ModelFile, most_in_memory: usize) -> Self {
        if model.bytes.len() <= most_in_memory { Self::Memory(model.bytes) } else { Self::Disk(model.files) }
    }

    fn load(&self, mut builder: SessionBuilder) -> Result<Session, String> {
        let failed = |error: ort::Error| format!("ONNX Runtime cannot load it: {error}");
        match self {
            Self::Memory(bytes) => builder.commit_from_memory(bytes).map_err(failed),
            // Before and after: what was changed while it was loaded is found out, too.
            Self::Disk(files) => {
                files.verify()?;
                let session = builder.commit_from_file(&files.model).map_err(failed)?;
                files.verify().map(|()| session)
            }
        }
    }
}

/// One thread each: frames run side by side instead, which is faster, and sums depend on the number of threads in the
/// last bits.
fn session(graph: &Graph, library: &Library, providers: &[Provider]) -> Result<Session, String> {
    let failed = |error: &dyn std::fmt::Display| format!("ONNX Runtime cannot load it: {error}");
    let builder = Session::builder(&library.environment).map_err(|error| failed(&error))?;
    let builder = builder.with_intra_threads(1).map_err(|error| failed(&error))?;
    let builder = builder.with_inter_threads(1).map_err(|error| failed(&error))?;
    let mut builder = builder.with_optimization_level(GraphOptimizationLevel::All).map_err(|error| failed(&error))?;
    for provider in providers {
        builder = with_provider(builder, *provider, &library.path)?;
    }
    graph.load(builder)
}

/// A provider that cannot be had is an error: a run on the processor instead would go unseen.
fn with_provider(builder: SessionBuilder, provider: Provider, library: &Path) -> Result<SessionBuilder, String> {
    let missing = |reason: &str| {
        let (name, library) = (provider.word(), library.display());
        format!("the provider `{name}` is not to be had from {library}: {reason}; {}", provider.way_out())
    };
    if !provider.is_built_in().map_err(|error| missing(&error.to_string()))? {
        return Err(missing("it was built without it"));
    }
    builder.with_execution_providers([provider.dispatch()]).map_err(|error| missing(&error.to_string()))
}

fn signature(session: &Session) -> Result<Signature, String> {
    let inputs = session.inputs().iter().map(port).collect();
    let outputs = session.outputs().iter().map(|output| output.name().to_owned()).collect();
    let entries = session.metadata().map_err(|error| format!("its metadata cannot be read: {error}"))?;
    let keys = entries.custom_keys().map_err(|error| format!("its metadata cannot be read: {error}"))?;
    let metadata = keys.into_iter().filter_map(|key| entries.custom(&key).map(|value| (key, value))).collect();
    Ok(Signature { inputs, outputs, metadata })
}

fn port(input: &Outlet) -> Port {
    let (element, shape) = match input.dtype() {
        ValueType::Tensor { ty, shape, .. } => {
            let fixed = |side: &i64| usize::try_from(*side).ok();
            (element(*ty), shape.iter().map(fixed).collect())
        }
        other => (Element::Other(other.to_string()), Vec::new()),
    };
    Port { name: input.name().to_owned(), shape, element }
}

fn element(ty: TensorElementType) -> Element {
    match ty {
        // Given and taken in half the width: see `value`.
        TensorElementType::Float32 | TensorElementType::Float16 => Element::Float,
        TensorElementType::Uint8 => Element::Byte,
        TensorElementType::Int32 | TensorElementType::Int64 => Element::Integer,
        other => Element::Other(other.to_string()),
    }
}

impl Engine for OnnxruntimeEngine {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        let idle = self.idle().pop();
        let mut session = match idle {
            Some(session) => session,
            None => session(&self.graph, &self.library, &self.providers)?,
        };
        let outputs = run(&mut session, inputs);
        self.idle().push(session);
        Ok(outputs?)
    }
}

impl OnnxruntimeEngine {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(session: &mut Session, inputs: Vec<Input>) -> Result<Vec<Tensor>, String> {
    let types: Vec<Option<TensorElementType>> =
        session.inputs().iter().map(|input| input.dtype().tensor_type()).collect();
    let values: ort::Result<Vec<SessionInputValue<'_>>> =
        inputs.into_iter().zip(types).map(|(input, wanted)| value(input, wanted)).collect();
    let values = values.map_err(|error| error.to_string())?;
    let outputs = session.run(values.as_slice()).map_err(|error| format!("ONNX Runtime cannot run it: {error}"))?;
    outputs.iter().map(|(name, value)| tensor(&value, name)).collect()
}

/// An input in the width that the graph takes.
fn value(input: Input, wanted: Option<TensorElementType>) -> ort::Result<SessionInputValue<'static>> {
    let shape = input.shape;
    Ok(match input.values {
        InputValues::Float(values) if wanted == Some(TensorElementType::Float16) => {
            let half: Vec<f16> = values.into_iter().map(f16::from_f32).collect();
            OrtTensor::from_array((shape, half))?.into()
        }
        InputValues::Float(values) => OrtTensor::from_array((shape, values))?.into(),
        InputValues::Byte(values) => OrtTensor::from_array((shape, values))?.into(),
        InputValues::Integer(values) if wanted == Some(TensorElementType::Int64) => {
            OrtTensor::from_array((shape, values))?.into()
        }
        InputValues::Integer(values) => {
            let narrow: Vec<i32> = values.into_iter().map(|value| value as i32).collect();
            OrtTensor::from_array((shape, narrow))?.into()
        }
    })
}

fn tensor(value: &DynValue, name: &str) -> Result<Tensor, String> {
    let read = read(value, false, |value: f32| value)
        .or_else(|| read(value, true, |value: i64| value as f32))
        .or_else(|| read(value, true, |value: i32| value as f32))
        .or_else(|| read(value, true, |value: u8| f32::from(value)))
        .or_else(|| read(value, false, |value: f64| value as f32))
        .or_else(|| read(value, false, f16::to_f32));
    read.ok_or_else(|| format!("output `{name}` is not a tensor of numbers but {}", value.dtype()))
}

/// An output whose elements are of type `T`.
fn read<T: PrimitiveTensorElementType + Copy>(
    value: &DynValue,
    is_integer: bool,
    as_float: impl Fn(T) -> f32,
) -> Option<Tensor> {
    let (shape, data) = value.try_extract_tensor::<T>().ok()?;
    let shape = shape.iter().map(|side| *side as usize).collect();
    Some(Tensor { shape, data: data.iter().map(|value| as_float(*value)).collect(), is_integer })
}
