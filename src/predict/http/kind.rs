//! The kind as the list of predictors knows it: options read here, the model opened there.

use std::collections::BTreeMap;

use super::options::HttpOptions;
use super::predictor::{KIND, server};
use crate::entry::{Entry, Named};
use crate::predict::{Opener, Predictor, PredictorError, PredictorKind, Variables};
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// Servers described by a mapping.
#[derive(Debug)]
pub struct Http;

impl Named for Http {
    fn entry(&self) -> Entry {
        Entry { name: KIND, summary: "any server that takes a picture and answers JSON, by a mapping" }
    }
}

impl PredictorKind for Http {
    fn identity(&self) -> &'static str {
        "The same model is the same `url`, the same `version` that you give, and the same options. Without a `version` \
         no answer is kept."
    }

    fn keys(&self) -> Vec<Key> {
        HttpOptions::keys()
    }

    fn options(&self, _source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        Some(Box::new(HttpOptions::read(options)?))
    }
}

impl Opener for HttpOptions {
    fn secrets(&self) -> Vec<String> {
        let named = [&self.headers_env, &self.query_env, &self.fields_env];
        named.into_iter().flat_map(BTreeMap::values).chain(&self.bearer_env).cloned().collect()
    }

    fn open(self: Box<Self>, _task: Task, variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        // What is asked for has been read with the mapping.
        Ok(Box::new(server(*self, variables)))
    }
}
