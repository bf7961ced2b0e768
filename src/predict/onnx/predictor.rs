//! An opened ONNX model: a network on an engine, and the file that it is from.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::engines::EngineOptions;
use super::model_file::ModelFile;
use super::options::OnnxOptions;
use crate::answer::Answer;
use crate::digest::Digest;
use crate::predict::network::{Network, Tensor};
use crate::predict::{
    Agreement, AgreementError, CategoryMap, ClassifierView, Frame, ModelCard, PredictError, Predictor, PredictorError,
    Variables, Variant, Vocabulary,
};
use crate::spec::Choice;
use crate::stopwatch::Stopwatch;
use crate::task::Task;

/// The kind's name in specs and records.
pub const KIND: &str = "onnx";

/// A model that can answer frames.
#[derive(Clone)]
pub struct OnnxModel {
    pub(super) network: Network,
    pub(super) path: PathBuf,
    pub(super) digest: Digest,
    /// What the spec says of the engine.
    pub(super) engine: EngineOptions,
}

impl OnnxModel {
    /// Opens the file, runs it once on a grey picture, and settles on decoder and class names from what comes out.
    ///
    /// # Errors
    /// The file cannot be read or run, its outputs are of no known layout, or its classes have no names.
    pub fn open(options: OnnxOptions, task: Task, variables: Variables<'_>) -> Result<Self, PredictorError> {
        let place = options.path.display().to_string();
        Self::open_at(options, task, variables).map_err(|what| PredictorError::Load(format!("{place}: {what}")))
    }

    fn open_at(options: OnnxOptions, task: Task, variables: Variables<'_>) -> Result<Self, String> {
        let OnnxOptions { path, engine, reading } = options;
        let file = ModelFile::read(&path)?;
        let digest = file.digest;
        let opened = engine.open(file, variables).map_err(|error| error.to_string())?;
        let network = Network::over(opened, task, reading).map_err(|error| error.to_string())?;
        Ok(Self { network, path, digest, engine })
    }
}

impl Predictor for OnnxModel {
    fn card(&self) -> ModelCard {
        let settings = self.network.settings(Some(self.engine.kind.word()));
        ModelCard { kind: KIND.to_owned(), digest: Some(self.digest), settings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        self.network.vocabulary()
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap, stop: &AtomicBool) -> Result<Answer, PredictError> {
        self.network.answer_one(frame, categories, stop)
    }

    fn batch(&self) -> usize {
        self.network.batch()
    }

    fn predict_batch(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<Result<Answer, PredictError>> {
        self.network.answers(frames, categories, stop, watch)
    }

    fn agreement(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        variables: Variables<'_>,
    ) -> Option<Result<Agreement, AgreementError>> {
        Some(self.agreement_of_engines(frames, categories, variables))
    }

    fn outputs(&self, frame: &Frame<'_>) -> Option<Result<Vec<(String, Tensor)>, PredictError>> {
        let names = self.network.engine().signature().outputs.iter().cloned();
        Some(self.network.raw(frame).map(|outputs| names.zip(outputs).collect()))
    }

    fn view(&self) -> Option<ClassifierView> {
        self.network.view()
    }

    fn variants(&self) -> Vec<Variant> {
        let variant = |(lines, is_of_preset, network)| Variant {
            lines,
            is_of_preset,
            model: Box::new(Self { network, ..self.clone() }),
        };
        self.network.variants().into_iter().map(variant).collect()
    }
}
