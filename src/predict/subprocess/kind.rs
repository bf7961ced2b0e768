//! The kind as the list of predictors knows it: options read here, the model opened there.

use super::options::SubprocessOptions;
use super::predictor::{KIND, SubprocessModel};
use crate::entry::{Entry, Named};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// Programs.
#[derive(Debug)]
pub struct Subprocess;

impl Named for Subprocess {
    fn entry(&self) -> Entry {
        Entry { name: KIND, summary: "a program of your own, in any language, that answers JSON lines" }
    }
}

impl PredictorKind for Subprocess {
    fn identity(&self) -> &'static str {
        "The same model is the same `command`, the same `version` that you give, the same content of the `files` and \
         of the files and folders in the spec's folder that the `command` names, with the Python modules there that \
         these import, and the same options. With neither `version` nor `files` no answer is kept. What else the \
         program reads cannot be seen: name it in `files`, or give another `version`."
    }

    fn keys(&self) -> Vec<Key> {
        SubprocessOptions::keys()
    }

    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        Some(Box::new(SubprocessOptions::read(source, options)?))
    }
}

impl Opener for SubprocessOptions {
    fn withhold(&mut self, secrets: &[String]) {
        self.withheld = secrets.to_vec();
    }

    fn open(self: Box<Self>, task: Task, _variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        Ok(Box::new(SubprocessModel::new(*self, task)?))
    }
}
