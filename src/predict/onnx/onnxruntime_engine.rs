//! The second engine: ONNX Runtime, through the `ort` crate, from a library that is loaded at run time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use half::f16;
use ort::session::builder::SessionBuilder;
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Outlet, PrimitiveTensorElementType, Tensor as OrtTensor, TensorElementType, ValueType};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::model_file::{Files, ModelFile};
use super::onnxruntime_library::Library;
use super::placement::Placement;
use super::provider::{Configured, Provider};
use super::tuning::Tuning;
use crate::predict::RAN_ON;
use crate::predict::network::{Element, Engine, EngineError, Input, InputValues, Port, Signature, Tensor};
use crate::spec::Choice;

/// A graph loaded into ONNX Runtime.
pub struct OnnxruntimeEngine {
    name: String,
    signature: Signature,
    graph: Graph,
    library: Arc<Library>,
    asked: Asked,
    /// The first session, whose first run tells where the nodes are, and the folder of its profile; until then.
    trial: Mutex<Option<(Session, TempDir)>>,
    placement: OnceLock<Placement>,
    /// A session is used by one caller at a time: as many are made as are busy at once.
    idle: Mutex<Vec<Session>>,
}

impl OnnxruntimeEngine {
    /// Loads a file.
    ///
    /// # Errors
    /// It is no ONNX file, or a provider is not to be had.
    pub fn open(model: ModelFile, library: Arc<Library>, asked: Asked) -> Result<Self, String> {
        let graph = Graph::of(model, MOST_IN_MEMORY);
        let on: Vec<&str> = asked.providers.iter().map(|asked| asked.provider.word()).collect();
        let on = if on.is_empty() { Provider::Cpu.word().to_owned() } else { on.join(", ") };
        let is_watched = asked.providers.iter().any(|asked| asked.provider != Provider::Cpu);
        let folder = if is_watched { Some(tempfile::tempdir().map_err(|error| unwatched(&error))?) } else { None };
        let profile = folder.as_ref().map(|folder| folder.path().join("run"));
        let session = session(&graph, &library, &asked, profile)?;
        let signature = signature(&session)?;
        let (trial, idle) = match folder {
            Some(folder) => (Some((session, folder)), Vec::new()),
            None => (None, vec![session]),
        };
        Ok(Self {
            name: format!("onnxruntime {} ({on})", library.version),
            signature,
            graph,
            library,
            asked,
            trial: Mutex::new(trial),
            placement: OnceLock::new(),
            idle: Mutex::new(idle),
        })
    }
}

/// How the runtime is asked to run a graph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// By preference; its processor where empty.
    pub providers: Vec<Configured>,
    /// Threads and the graph.
    pub tuning: Tuning,
}

fn unwatched(error: &dyn std::fmt::Display) -> String {
    format!("which provider runs its nodes cannot be found out: {error}")
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

/// A session, with a profile of its runs at that path. One thread each where nothing else is asked for: frames run side by
/// side instead, which is faster, and sums depend on the number of threads in the last bits.
fn session(graph: &Graph, library: &Library, asked: &Asked, profile: Option<PathBuf>) -> Result<Session, String> {
    let failed = |error: &dyn std::fmt::Display| format!("ONNX Runtime cannot load it: {error}");
    let builder = Session::builder(&library.environment).map_err(|error| failed(&error))?;
    let builder = builder.with_intra_threads(asked.tuning.threads.get()).map_err(|error| failed(&error))?;
    let builder = builder.with_inter_threads(1).map_err(|error| failed(&error))?;
    let level = asked.tuning.graph_optimization.level();
    let mut builder = builder.with_optimization_level(level).map_err(|error| failed(&error))?;
    if let Some(profile) = profile {
        builder = builder.with_profiling(profile).map_err(|error| failed(&error))?;
    }
    for provider in &asked.providers {
        builder = provider.register(builder, &library.path)?;
    }
    graph.load(builder)
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

    fn settings(&self) -> BTreeMap<String, Json> {
        let mut settings = self.asked.tuning.settings();
        let providers = &self.asked.providers;
        let options = providers.iter().filter_map(|asked| Some((asked.provider.word(), asked.settings()?)));
        let options: BTreeMap<&str, Json> = options.collect();
        let files = providers.iter().flat_map(Configured::files);
        let files: BTreeMap<String, String> = files.map(|(option, digest)| (option, digest.to_string())).collect();
        settings.extend((!options.is_empty()).then(|| ("provider_options".to_owned(), json!(options))));
        settings.extend((!files.is_empty()).then(|| ("provider_files".to_owned(), json!(files))));
        settings.extend(self.placement.get().map(|placement| (RAN_ON.to_owned(), json!(placement.0))));
        settings
    }

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        let trial = self.trial.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut session, folder)) = trial {
            let outputs = run(&mut session, inputs)?;
            self.watch(&mut session, folder)?;
            self.idle().push(session);
            return Ok(outputs);
        }
        let idle = self.idle().pop();
        let mut session = match idle {
            Some(session) => session,
            None => session(&self.graph, &self.library, &self.asked, None)?,
        };
        let outputs = run(&mut session, inputs);
        self.idle().push(session);
        Ok(outputs?)
    }
}

impl OnnxruntimeEngine {
    /// Finds out where the nodes of the first run were.
    fn watch(&self, session: &mut Session, folder: TempDir) -> Result<(), String> {
        let path = session.end_profiling().map_err(|error| unwatched(&error))?;
        let placement = Placement::read(path.as_ref()).map_err(|error| unwatched(&error))?;
        drop(folder);
        placement.verify(&self.asked.providers)?;
        // A second one is the same.
        let _known = self.placement.set(placement);
        Ok(())
    }

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
