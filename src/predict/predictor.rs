//! The seam of the family: a kind reads a `[model.*]` section into an opener, the opener opens the model, the model
//! answers frames.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::tensor::Tensor;
use super::{Agreement, AgreementError, CategoryMap, Frame, PredictError, PredictorError};
use crate::answer::Answer;
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::entry::Named;
use crate::framing::View;
use crate::spec::{Key, Source, TableReader};
use crate::stopwatch::{Phase, Stopwatch};
use crate::task::Task;

/// A way to reach models.
pub trait PredictorKind: Named + Sync {
    /// When two models of this kind are the same, in sentences: what is in the digest and the settings of a
    /// [`ModelCard`]. Answers are kept for it, and shards of it are put together.
    fn identity(&self) -> &'static str;

    /// The keys of a section of this kind, but for those that all kinds share.
    fn keys(&self) -> Vec<Key>;

    /// Reads the options of a section; `None` where they are wrong (the mistakes are with `options`).
    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>>;
}

/// Looks a variable of the environment up: the library reads none by itself.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variable of the folder that the program is installed in: of `/venv/bin/windtunnel`, `/venv`. A program that
/// knows its place answers it.
pub const PREFIX_VARIABLE: &str = "WINDTUNNEL_PREFIX";

/// Options read; the model not opened yet.
pub trait Opener {
    /// The variables that hold its secrets.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Told the variables of every model's secrets: a program that it starts does not get them.
    fn withhold(&mut self, _secrets: &[String]) {}

    /// Opens the model for a task; `variables` are those of the program's surroundings, by name.
    ///
    /// # Errors
    /// It cannot be opened, or is none that can be used for the task.
    fn open(self: Box<Self>, task: Task, variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError>;
}

/// How a model names the classes of what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary<'a> {
    /// It speaks in the dataset's category ids.
    Ids,
    /// It counts its classes; these are their names, in its order.
    Labels(&'a [String]),
    /// It gives the name with each object; which names it has is not known before it answers.
    Told,
}

/// Where a model's work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// On the run's own threads.
    Here,
    /// In another process or on another machine, where this many frames may wait for their answers at once.
    Elsewhere(NonZeroUsize),
}

/// An opened model. An error is never "no detections".
pub trait Predictor: Send + Sync {
    /// What the record says about it.
    fn card(&self) -> ModelCard;

    /// How it names classes.
    fn vocabulary(&self) -> Vocabulary<'_>;

    /// Whether it looks at pixels, or only at which image and condition a frame is.
    fn needs_pixels(&self) -> bool;

    /// Where its work is done.
    fn site(&self) -> Site {
        Site::Here
    }

    /// What somebody should know of figures that are measured on it: what follows the words for the model and its name.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether somebody may have to pay for its answers.
    fn is_hosted(&self) -> bool {
        false
    }

    /// Gets ready for the cells of a dataset.
    ///
    /// # Errors
    /// It can already be seen that some cell cannot be answered.
    fn prepare(&mut self, _name: &str, _dataset: &Dataset, _conditions: &[Condition]) -> Result<(), PredictorError> {
        Ok(())
    }

    /// Makes sure that it can be asked now: credentials, a program that starts. Commands that ask nothing leave it out.
    /// Waiting ends early once `stop` is set.
    ///
    /// # Errors
    /// It cannot be asked, or the run ended.
    fn reach(&self, _stop: &AtomicBool) -> Result<(), PredictError> {
        Ok(())
    }

    /// The answer to a frame, of the kind that the task has; places in pixels of the frame. Waiting ends early once
    /// `stop` is set.
    ///
    /// # Errors
    /// The frame could not be made or answered.
    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap, stop: &AtomicBool) -> Result<Answer, PredictError>;

    /// How many frames it likes to be given together, at least 1.
    fn batch(&self) -> usize {
        1
    }

    /// As [`Self::predict`] for several frames; an answer for each, in their order. `watch` is told what its parts
    /// take.
    fn predict_batch(
        &self,
        frames: &[&Frame<'_>],
        categories: &CategoryMap,
        stop: &AtomicBool,
        watch: &Stopwatch<'_>,
    ) -> Vec<Result<Answer, PredictError>> {
        watch.time(Phase::Inference, || frames.iter().map(|frame| self.predict(frame, categories, stop)).collect())
    }

    /// How far two engines that can run it are apart on `frames`, or why this cannot be tried; `None` where there is
    /// but one.
    fn agreement(
        &self,
        _frames: &[&Frame<'_>],
        _categories: &CategoryMap,
        _variables: Variables<'_>,
    ) -> Option<Result<Agreement, AgreementError>> {
        None
    }

    /// What a classifier makes of each picture before its network sees it; `None` of what makes pictures ready elsewhere, and of
    /// detectors, whose objects a view would cut.
    fn view(&self) -> Option<ClassifierView> {
        None
    }

    /// What its network gives for a picture, by the outputs' names, before anything is made of it; `None` where no network runs in
    /// this program.
    fn outputs(&self, _frame: &Frame<'_>) -> Option<Result<Vec<(String, Tensor)>, PredictError>> {
        None
    }

    /// The same model with each plausible way of making a picture ready for it, as configured first; none where it
    /// does not make pictures ready itself.
    fn variants(&self) -> Vec<Variant> {
        Vec::new()
    }
}

/// What a classifier makes of each picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassifierView {
    /// The same as a dataset's `view`.
    pub view: View,
    /// Whether it squeezes the whole picture into the square, of which the view is the middle.
    pub is_squeezed: bool,
}

/// A model with another preprocessing than the configured one.
pub struct Variant {
    /// The lines of a `[model.*]` section that set it; none where it is the configured one.
    pub lines: Vec<String>,
    /// Whether that is what the section's `preprocess` is where nothing is set beside it.
    pub is_of_preset: bool,
    /// The model.
    pub model: Box<dyn Predictor>,
}

/// What a record says about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// The kind of predictor.
    pub kind: String,
    /// What answers, in one digest: the model file, the result files, a hosted model's id and version. `None` where it
    /// cannot be told whether the same model answers again: such answers are never kept.
    pub digest: Option<Digest>,
    /// Everything else that decides the answers: engine, decoder, preprocessing, thresholds.
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// What two models are that [`ModelCard::is_same`] takes for one.
pub const SAME_MODEL: &str = "the same model under another name (the same content, the same options)";

/// What the spec says of the engine stands in the settings, too: another word may mean the same engine.
const WANTED: &str = "engine_wanted";

/// Where providers that were asked for ran the nodes of a graph: how many each, among the settings.
pub(crate) const RAN_ON: &str = "ran_on";

/// What else an engine was told and says of itself, among the settings.
const OF_ENGINE: [&str; 4] = [RAN_ON, "provider_options", "threads", "graph_optimization"];

impl ModelCard {
    /// What runs the model, where more than the engine's name is to be told: `onnxruntime 1.24.1 (openvino), ran_on
    /// {"openvino":1}`.
    pub fn running(&self) -> Option<String> {
        let engine = self.settings.get("engine")?.as_str()?;
        let further = OF_ENGINE.iter().filter_map(|key| Some(format!(", {key} {}", self.settings.get(*key)?)));
        let further: String = further.collect();
        (!further.is_empty()).then(|| format!("{engine}{further}"))
    }

    /// The card of a model of `kind`.
    pub(crate) fn new(
        kind: &str,
        digest: Option<Digest>,
        settings: impl IntoIterator<Item = (&'static str, serde_json::Value)>,
    ) -> Self {
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { kind: kind.to_owned(), digest, settings }
    }

    /// Whether both are of one model, however it is called: the same answers, whatever it is asked. Of models without a
    /// digest it is told by how they are reached.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_told = |(key, _): &(&String, &serde_json::Value)| *key != WANTED;
        let settings = self.settings.iter().filter(is_told);
        let others = other.settings.iter().filter(is_told);
        (&self.kind, self.digest) == (&other.kind, other.digest) && settings.eq(others)
    }
}
