//! The kind as the list of predictors knows it: options read here, the model opened there.

use super::options::RoboflowOptions;
use super::predictor::{KIND, server};
use crate::entry::{Entry, Named};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// Hosted models.
#[derive(Debug)]
pub struct Roboflow;

impl Named for Roboflow {
    fn entry(&self) -> Entry {
        Entry { name: KIND, summary: "a model hosted by Roboflow, or served by its inference server" }
    }
}

impl PredictorKind for Roboflow {
    fn identity(&self) -> &'static str {
        "The same model is the same `model_id`, the same `version` where you give one, and the same options. Roboflow \
         never changes a version of a project. What a server of your own (`url`) holds only you know: without a \
         `version` no answer of it is kept."
    }

    fn keys(&self) -> Vec<Key> {
        RoboflowOptions::keys()
    }

    fn options(&self, _source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        Some(Box::new(RoboflowOptions::read(options)?))
    }
}

impl Opener for RoboflowOptions {
    fn secrets(&self) -> Vec<String> {
        vec![self.api_key_env.clone()]
    }

    fn open(self: Box<Self>, task: Task, variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        Ok(Box::new(server(*self, task, variables)))
    }
}
