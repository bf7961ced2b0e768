//! Asking children about frames.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::options::SubprocessOptions;
use super::protocol::Question;
use super::workers::Workers;
use crate::answer::Answer;
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::predict::found::detections;
use crate::predict::scored::{Scoring, scores};
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, PredictorError, Site, Vocabulary};
use crate::task::Task;

/// The kind's name in specs and records.
pub const KIND: &str = "subprocess";

/// Counts up whenever the same answers give other detections than before.
const REVISION: u32 = 1;

/// A program that can be asked.
pub struct SubprocessModel {
    digest: Option<Digest>,
    workers: Workers,
    questions: AtomicU64,
}

impl SubprocessModel {
    /// Reads the files that the digest is of, and starts nothing.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn new(options: SubprocessOptions, task: Task) -> Result<Self, PredictorError> {
        let digest = options.digest().map_err(PredictorError::Load)?;
        Ok(Self { digest, workers: Workers::new(options, task), questions: AtomicU64::new(0) })
    }
}

impl Predictor for SubprocessModel {
    fn card(&self) -> ModelCard {
        let options = &self.workers.options;
        let settings = [
            ("revision", json!(REVISION)),
            ("command", json!(options.command)),
            ("version", json!(options.version)),
            ("files", json!(options.files.iter().map(|(written, _)| written).collect::<Vec<_>>())),
        ];
        let of_task = options.floor.settings(self.workers.task);
        let settings = settings.into_iter().chain(of_task);
        ModelCard::new(KIND, self.digest, settings.chain(options.naming.settings()))
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        self.workers.options.naming.vocabulary()
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn site(&self) -> Site {
        Site::Elsewhere(self.workers.options.workers)
    }

    fn prepare(&mut self, _name: &str, dataset: &Dataset, _conditions: &[Condition]) -> Result<(), PredictorError> {
        let occurring = dataset.categories.iter().filter(|category| dataset.ground_truths(category.id) > 0);
        self.workers.needed.extend(occurring.map(|category| category.name.clone()));
        self.workers.needed.sort();
        self.workers.needed.dedup();
        Ok(())
    }

    /// Starts a first child and hears its hello.
    fn reach(&self, stop: &AtomicBool) -> Result<(), PredictError> {
        self.workers.start_first(stop)
    }

    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap, stop: &AtomicBool) -> Result<Answer, PredictError> {
        let pixels = frame.pixels()?;
        let id = self.questions.fetch_add(1, Ordering::Relaxed);
        let png_base64 = &BASE64.encode(frame.png()?);
        let question = Question { id, width: pixels.width(), height: pixels.height(), png_base64 };
        let line = serde_json::to_vec(&question).expect("numbers and a text");
        let reply = self.workers.answer(&line, id, stop)?;
        match self.workers.task {
            Task::Detect => {
                let (naming, floor) = (self.workers.naming(), self.workers.options.floor);
                detections(reply.objects()?, naming, categories, floor).map(Answer::Objects)
            }
            Task::Classify => {
                scores(reply.classes()?, self.workers.naming(), categories, Scoring::PLAIN).map(Answer::Scores)
            }
        }
    }
}
