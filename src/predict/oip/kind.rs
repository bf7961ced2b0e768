//! The kind as the list of predictors knows it: options read here, the model opened there.

use super::options::OipOptions;
use super::predictor::{KIND, OipModel};
use crate::entry::{Entry, Named};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// Models behind inference servers.
#[derive(Debug)]
pub struct Oip;

impl Named for Oip {
    fn entry(&self) -> Entry {
        Entry {
            name: KIND,
            summary: "a model behind an Open Inference Protocol server (Triton, KServe, MLServer, OVMS)",
        }
    }
}

impl PredictorKind for Oip {
    fn identity(&self) -> &'static str {
        "The same model is the same `url` and `model`, the same `version` that you give, and the same options. What \
         the server calls its version is the name of a folder, which stays when the files in it are replaced: without \
         a `version` of yours no answer is kept."
    }

    fn keys(&self) -> Vec<Key> {
        OipOptions::keys()
    }

    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        Some(Box::new(OipOptions::read(source, options)?))
    }
}

impl Opener for OipOptions {
    fn secrets(&self) -> Vec<String> {
        self.bearer_env.iter().cloned().collect()
    }

    fn open(self: Box<Self>, task: Task, variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        Ok(Box::new(OipModel::open(*self, task, variables)?))
    }
}
