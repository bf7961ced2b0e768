//! A model behind a server: the engine is elsewhere, everything around it is that of a model file.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use reqwest::Url;
use serde_json::json;

use super::classification::Wanted;
use super::engine::OipEngine;
use super::options::OipOptions;
use crate::answer::Answer;
use crate::digest::Digest;
use crate::predict::network::{Engine, EngineError, Input, Listing, Network, Signature, Tensor};
use crate::predict::wire::{Limits, MOST_TENSORS, Secret, Secrets, Wire, below, is_local};
use crate::predict::{
    CategoryMap, ClassifierView, Frame, ModelCard, PredictError, Predictor, PredictorError, Site, Variables, Vocabulary,
};
use crate::stopwatch::Stopwatch;
use crate::task::Task;

/// The kind's name in specs and records.
pub const KIND: &str = "oip";

/// A model that can be asked.
pub struct OipModel {
    engine: Arc<OipEngine>,
    network: Network,
    limits: Limits,
    server: Url,
    model: String,
    /// What the user calls the present state of the model.
    version: Option<String>,
    /// How many of its best classes are asked for.
    classification: Option<usize>,
    is_hosted: bool,
}

impl OipModel {
    /// Asks the server for the model's description, and runs it once on a grey picture.
    ///
    /// # Errors
    /// The server does not answer, or the model is none that can be used; the message names the server.
    pub fn open(options: OipOptions, task: Task, variables: Variables<'_>) -> Result<Self, PredictorError> {
        let bearer = options.bearer_env.map(|variable| Secret::look_up(variable, variables));
        let asked = options.model_version.map(|version| format!("/versions/{version}")).unwrap_or_default();
        let server = below(&options.url, "v2");
        let path = format!("v2/models/{}{asked}", options.model);
        let model = below(&options.url, &path);
        let secrets = Secrets(bearer.iter().cloned().collect());
        let wire = Wire::new(&model, options.limits, MOST_TENSORS, secrets.clone(), None);
        let wire = wire.below(&format!("/{path}"));
        let failed = |what: String| PredictorError::Load(secrets.hide(&what));
        let listed = match task {
            Task::Detect => None,
            Task::Classify => Some(Wanted {
                most: options.classification,
                outputs: options.reading.outputs.clone(),
                labels: options.reading.numbered(),
            }),
        };
        let opened = OipEngine::open(&server, &model, wire, bearer, options.is_binary, listed);
        let engine = Arc::new(opened.map_err(|error| failed(error.to_string()))?);
        let network = Network::over(Box::new(Shared(Arc::clone(&engine))), task, options.reading);
        let network = network.map_err(|what| failed(format!("{model}: {what}")))?;
        let is_hosted = !is_local(&options.url);
        let OipOptions { limits, version, classification, url: server, model, .. } = options;
        Ok(Self { engine, network, limits, server, model, version, classification, is_hosted })
    }
}

/// The engine, for the model that runs it and for the one that tells about it.
struct Shared(Arc<OipEngine>);

impl Engine for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn listing(&self) -> Option<Listing> {
        self.0.listing()
    }

    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        self.0.run(inputs)
    }

    fn run_until(&self, inputs: Vec<Input>, stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        self.0.run_until(inputs, stop)
    }
}

impl Predictor for OipModel {
    fn card(&self) -> ModelCard {
        let served = self.engine.version();
        // The server's own version does not tell whether it is the same model tomorrow: it is the name of a folder,
        // whose files may be replaced.
        let digest = self.version.as_deref().map(|version| {
            let parts = [KIND, self.server.as_str(), &self.model, served.unwrap_or_default(), version];
            Digest::of_parts(parts.map(str::as_bytes))
        });
        let mut settings = self.network.settings(None);
        let own = [
            ("url", json!(self.server.as_str())),
            ("model", json!(self.model)),
            ("model_version", json!(served)),
            ("version", json!(self.version)),
            ("binary", json!(self.engine.is_binary())),
        ];
        let classification = self.classification.map(|classes| ("classification", json!(classes)));
        settings.extend(own.into_iter().chain(classification).map(|(key, value)| (key.to_owned(), value)));
        ModelCard { kind: KIND.to_owned(), digest, settings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        self.network.vocabulary()
    }

    fn view(&self) -> Option<ClassifierView> {
        self.network.view()
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn site(&self) -> Site {
        self.limits.site()
    }

    fn is_hosted(&self) -> bool {
        self.is_hosted
    }

    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap, stop: &AtomicBool) -> Result<Answer, PredictError> {
        self.network.answer_one(frame, categories, stop).map_err(|error| self.engine.hidden(error))
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
        let answers = self.network.answers(frames, categories, stop, watch).into_iter();
        answers.map(|answer| answer.map_err(|error| self.engine.hidden(error))).collect()
    }
}
