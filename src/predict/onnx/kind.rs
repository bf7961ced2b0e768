//! The kind as the list of predictors knows it: options read here, the model opened there.

use super::options::OnnxOptions;
use super::predictor::{KIND, OnnxModel};
use crate::entry::{Entry, Named};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// Model files.
#[derive(Debug)]
pub struct Onnx;

impl Named for Onnx {
    fn entry(&self) -> Entry {
        Entry { name: KIND, summary: "an ONNX model file, run inside this program" }
    }
}

impl PredictorKind for Onnx {
    fn identity(&self) -> &'static str {
        "The same model is the same content of the file and of all others that its weights are in (external data), the \
         same engine of the same version on the same providers, and the same options. The files are read once, before \
         the run."
    }

    fn keys(&self) -> Vec<Key> {
        OnnxOptions::keys()
    }

    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        Some(Box::new(OnnxOptions::read(source, options)?))
    }
}

impl Opener for OnnxOptions {
    fn open(self: Box<Self>, task: Task, variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        Ok(Box::new(OnnxModel::open(*self, task, variables)?))
    }
}
