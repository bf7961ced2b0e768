//! An opened ONNX model: engine, decoder and preprocessing tied together.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::batch::{batch_size, split};
use super::chosen;
use super::classes::{ClassNames, Written};
use super::decoders::{self, Decoder, Outputs, Trial};
use super::engine::{Engine, Signature, Tensor};
use super::engines::EngineOptions;
use super::exported;
use super::inputs::{InputSize, Inputs};
use super::model_file::ModelFile;
use super::options::{OnnxOptions, Overrides, Reading};
use super::plausible::plausible;
use super::preprocess::Preprocessing;
use crate::detection::{Detection, Size};
use crate::digest::Digest;
use crate::predict::{
    Agreement, CategoryMap, Frame, ModelCard, PredictError, Predictor, Variables, Variant, Vocabulary,
};
use crate::spec::Choice;
use crate::stopwatch::Stopwatch;

/// The kind's name in specs and records.
pub const KIND: &str = "onnx";

/// Counts up whenever the same file, settings and pixels give other detections than before: a part of every key under
/// which answers are kept.
const REVISION: u32 = 4;

/// A model that can answer frames.
#[derive(Clone)]
pub struct OnnxModel {
    pub(super) engine: Arc<dyn Engine>,
    /// Where the graph is from, where the spec has a say in what runs it.
    pub(super) source: Option<Source>,
    pub(super) inputs: Inputs,
    pub(super) decoder: &'static dyn Decoder,
    pub(super) preprocessing: Preprocessing,
    pub(super) classes: ClassNames,
    pub(super) confidence: f64,
    pub(super) iou: Option<f64>,
    pub(super) max_detections: usize,
    pub(super) batch: usize,
    /// The outputs that are used, where others are not.
    pub(super) outputs: Option<Vec<String>>,
    pub(super) digest: Option<Digest>,
}

/// A model file, and what the spec says of its engine.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) engine: EngineOptions,
}

impl OnnxModel {
    /// Opens the file, runs it once on a grey picture, and settles on decoder and class names from what comes out.
    ///
    /// # Errors
    /// The file cannot be read or run, its outputs are of no known layout, or its classes have no names.
    pub fn open(options: OnnxOptions, variables: Variables<'_>) -> Result<Self, String> {
        let place = options.path.display().to_string();
        Self::open_at(options, variables).map_err(|what| format!("{place}: {what}"))
    }

    fn open_at(options: OnnxOptions, variables: Variables<'_>) -> Result<Self, String> {
        let file = ModelFile::read(&options.path)?;
        let digest = file.digest;
        let engine = options.engine.open(file, variables)?;
        let model = Self::over(engine, Some(digest), options.reading)?;
        let source = Source { path: options.path, engine: options.engine };
        Ok(Self { source: Some(source), ..model })
    }

    /// The same over any engine; `digest` is of what it runs.
    ///
    /// # Errors
    /// The graph does not run, its outputs are of no known layout, or its classes have no names.
    pub fn over(engine: Box<dyn Engine>, digest: Option<Digest>, options: Reading) -> Result<Self, String> {
        let engine = match &options.outputs {
            Some(names) => chosen::named(engine, names)?,
            None => engine,
        };
        let signature = engine.signature();
        let told = exported::input_size(&signature.metadata);
        let inputs = Inputs::new(&signature.inputs, options.input_size, told, options.layout)?;
        let batch = batch_size(&inputs, options.batch)?;
        let input = trial_size(&inputs);
        let mut outputs = trial_outputs(engine.as_ref(), &inputs, batch)?;
        let kept = chosen::without_maps(&named(signature, &outputs), options.decoder, input);
        let is_chosen = options.outputs.is_some() || kept.is_some();
        let engine = match kept.filter(|_| options.outputs.is_none()) {
            Some(kept) => {
                outputs = chosen::of(outputs, &kept);
                chosen::at(engine, kept)
            }
            None => engine,
        };
        let signature = engine.signature();
        let named = named(signature, &outputs);
        let metadata = &signature.metadata;
        let trial = Trial { outputs: Outputs::new(&named), input, inputs: &signature.inputs, metadata };
        let entry = metadata.get("names").map(String::as_str);
        let written = Written::new(options.labels, options.first_label, entry);
        let (decoder, classes) = decoders::choose(decoders::ALL, options.decoder, &trial, written.count())?;
        let classes = written.settle(decoder, classes)?.renamed(&options.rename)?;
        if batch > 1 && !decoder.keeps_batches() {
            let name = decoder.entry().name;
            return Err(format!(
                "outputs of the layout `{name}` hold the boxes of all pictures in one list: leave out `batch`, and export it for one picture at a time"
            ));
        }
        let defaults = decoder.defaults();
        let preprocessing = preprocessing(options.overrides, defaults.preprocessing, &inputs)?;
        Ok(Self {
            source: None,
            inputs,
            decoder,
            preprocessing,
            classes,
            confidence: options.confidence.unwrap_or(defaults.confidence),
            iou: options.iou.or(defaults.iou),
            max_detections: options.max_detections.unwrap_or(defaults.max_detections),
            batch,
            digest,
            outputs: is_chosen.then(|| signature.outputs.clone()),
            engine: engine.into(),
        })
    }
}

/// The size of the grey picture where a graph takes every picture at its own.
const ANY_SIZE: Size = Size { width: 640, height: 480 };

fn trial_size(inputs: &Inputs) -> Size {
    match inputs.size {
        InputSize::Fixed(size) => size,
        InputSize::Picture => ANY_SIZE,
    }
}

/// The outputs for a grey picture: shapes as they really are, and proof that the graph runs, `batch` pictures at once.
fn trial_outputs(engine: &dyn Engine, inputs: &Inputs, batch: usize) -> Result<Vec<Tensor>, String> {
    let size = trial_size(inputs);
    let grey = if inputs.is_bytes { 114.0 } else { 0.5 };
    let picture = vec![grey; inputs.channels * size.width as usize * size.height as usize];
    let outputs =
        engine.run(inputs.of(vec![picture; batch], size)).map_err(|error| format!("it does not run: {error}"))?;
    let parts = split(outputs, batch).map_err(|at| no_batch(engine, at, batch))?;
    Ok(parts.into_iter().next().unwrap_or_default())
}

/// Outputs with their names.
fn named<'a>(signature: &'a Signature, outputs: &'a [Tensor]) -> Vec<(&'a str, &'a Tensor)> {
    signature.outputs.iter().map(String::as_str).zip(outputs).collect()
}

/// An output that does not tell the pictures of a batch apart.
pub fn no_batch(engine: &dyn Engine, output: usize, batch: usize) -> String {
    let name = engine.signature().outputs.get(output).map_or("", String::as_str);
    format!("its output `{name}` does not keep {batch} pictures apart: leave out `batch`")
}

/// What the spec sets over the decoder's defaults; a graph that takes bytes takes pixels as they are.
fn preprocessing(overrides: Overrides, defaults: Preprocessing, inputs: &Inputs) -> Result<Preprocessing, String> {
    if !inputs.is_bytes {
        return Ok(overrides.over(defaults));
    }
    let raw = Preprocessing { scale: 1.0, mean: [0.0; 3], std: [1.0; 3], ..defaults };
    let wanted = overrides.over(raw);
    if (wanted.scale, wanted.mean, wanted.std) != (raw.scale, raw.mean, raw.std) {
        return Err("it takes pixels as bytes: leave out `scale`, `mean` and `std`".to_owned());
    }
    Ok(wanted)
}

impl Predictor for OnnxModel {
    fn card(&self) -> ModelCard {
        let input_size = match self.inputs.size {
            InputSize::Fixed(size) => json!([size.width, size.height]),
            InputSize::Picture => json!("picture"),
        };
        let settings = [
            ("revision", json!(REVISION)),
            ("engine", json!(self.engine.name())),
            ("engine_wanted", json!(self.source.as_ref().map(|source| source.engine.kind.word()))),
            ("decoder", json!(self.decoder.entry().name)),
            ("input_size", input_size),
            ("preprocessing", json!(self.preprocessing)),
            ("labels", json!(self.classes.names)),
            ("first_label", json!(self.classes.first)),
            ("confidence", json!(self.confidence)),
            ("iou", json!(self.iou)),
            ("max_detections", json!(self.max_detections)),
            ("batch", json!(self.batch)),
        ];
        let outputs = self.outputs.as_ref().map(|outputs| ("outputs", json!(outputs)));
        let settings = settings.into_iter().chain(outputs).map(|(key, value)| (key.to_owned(), value));
        let settings: BTreeMap<String, _> = settings.collect();
        ModelCard { kind: KIND.to_owned(), digest: self.digest, settings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Labels(&self.classes.names)
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let answers = self.answers(&[frame], categories, stop, &Stopwatch::default());
        answers.into_iter().next().unwrap_or(Err(PredictError::Interrupted))
    }

    fn batch(&self) -> usize {
        self.batch
    }

    fn predict_batch(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<Result<Vec<Detection>, PredictError>> {
        self.answers(frames, categories, stop, watch)
    }

    fn agreement(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        variables: Variables<'_>,
    ) -> Option<Result<Agreement, String>> {
        self.agreement_of_engines(frames, categories, variables)
    }

    fn variants(&self) -> Vec<Variant> {
        let ways = plausible(self.preprocessing, self.inputs.is_bytes).into_iter();
        let variant =
            |(lines, preprocessing)| Variant { lines, model: Box::new(Self { preprocessing, ..self.clone() }) };
        ways.map(variant).collect()
    }
}
