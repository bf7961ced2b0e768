//! Asking a described server about frames.

use std::sync::atomic::AtomicBool;

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::json;

use super::options::HttpOptions;
use super::transport::Sent;
use crate::detection::Detection;
use crate::digest::Digest;
use crate::predict::found::detections;
use crate::predict::wire::{MOST_OBJECTS, Secret, Secrets, Wire, is_local};
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Site, Variables, Vocabulary};

/// The kind's name in specs and records.
pub const KIND: &str = "http";

/// Counts up whenever the same answers give other detections than before.
const REVISION: u32 = 1;

/// A server that can be asked.
pub struct HttpModel {
    options: HttpOptions,
    /// Header and its value.
    headers: Vec<(String, Secret)>,
    /// Query parameter and its value.
    query: Vec<(String, Secret)>,
    /// Field of the body and its value.
    fields: Vec<(String, Secret)>,
    bearer: Option<Secret>,
    wire: Wire,
}

impl HttpModel {
    /// Looks the secrets up, and sends nothing.
    #[must_use]
    pub fn new(options: HttpOptions, variables: Variables<'_>) -> Self {
        let secret = |variable: &String| Secret::look_up(variable.clone(), variables);
        let named = |(name, variable): (&String, &String)| (name.clone(), secret(variable));
        let headers: Vec<(String, Secret)> = options.headers_env.iter().map(named).collect();
        let query: Vec<(String, Secret)> = options.query_env.iter().map(named).collect();
        let fields: Vec<(String, Secret)> = options.fields_env.iter().map(named).collect();
        let bearer = options.bearer_env.as_ref().map(secret);
        let secrets =
            headers.iter().chain(&query).chain(&fields).map(|(_, secret)| secret).chain(&bearer).cloned().collect();
        let reason_path = options.mapping.error.clone();
        let wire = Wire::new(&options.url, options.limits, MOST_OBJECTS, Secrets(secrets), reason_path);
        Self { options, headers, query, fields, bearer, wire }
    }

    fn request(&self, client: &Client, sent: &Sent<'_>) -> Result<RequestBuilder, String> {
        let mut request = client.post(self.options.url.clone());
        for (name, value) in &self.options.headers {
            request = request.header(name, value);
        }
        for (name, secret) in &self.headers {
            request = request.header(name, secret.expose()?);
        }
        for (name, secret) in &self.query {
            request = request.query(&[(name, secret.expose()?)]);
        }
        if let Some(secret) = &self.bearer {
            request = request.bearer_auth(secret.expose()?);
        }
        let fields = self.fields.iter().map(|(name, secret)| Ok((name.as_str(), secret.expose()?)));
        Ok(self.options.body.put(request, sent, &fields.collect::<Result<Vec<_>, String>>()?))
    }

    /// What to do about a status.
    fn advice(&self, status: u16, sent: &Sent<'_>) -> Option<String> {
        let has_secret =
            self.bearer.is_some() || [&self.headers, &self.query].iter().any(|secrets| !secrets.is_empty());
        match status {
            413 => Some(sent.too_large()),
            401 | 403 if !has_secret && self.fields.is_empty() => {
                Some("name the variable that holds its key, in `bearer_env`, `headers_env` or `query_env`".to_owned())
            }
            404 | 405 => Some("is the path in `url` the one that takes pictures by POST?".to_owned()),
            _ => None,
        }
    }

    fn detections(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let sent = self.options.transport.encode(frame)?;
        let advice = |status: u16| self.advice(status, &sent);
        let answer = self.wire.ask(&|client| self.request(client, &sent), &advice, stop)?;
        let mut found = self.options.mapping.found(&answer.json()?, sent.size)?;
        for found in &mut found {
            found.bbox = sent.back(found.bbox);
        }
        detections(found, &self.options.naming, categories, self.options.floor)
    }
}

impl Predictor for HttpModel {
    fn card(&self) -> ModelCard {
        let options = &self.options;
        let digest = options
            .version
            .as_ref()
            .map(|version| Digest::of_parts([KIND.as_bytes(), options.url.as_str().as_bytes(), version.as_bytes()]));
        let settings = [
            ("revision", json!(REVISION)),
            ("url", json!(options.url.as_str())),
            ("version", json!(options.version)),
            ("body", options.body.setting()),
            ("headers", json!(options.headers)),
            ("headers_env", json!(options.headers_env)),
            ("query_env", json!(options.query_env)),
            ("fields_env", json!(options.fields_env)),
            ("confidence", json!(options.floor.confidence)),
            ("max_detections", json!(options.floor.max_detections)),
        ];
        let settings = settings.into_iter().chain(options.mapping.settings()).chain(options.transport.settings());
        let settings = settings.chain(options.naming.settings());
        ModelCard {
            kind: KIND.to_owned(),
            digest,
            settings: settings.map(|(key, value)| (key.to_owned(), value)).collect(),
        }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        self.options.naming.vocabulary()
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn site(&self) -> Site {
        self.options.limits.site()
    }

    fn is_hosted(&self) -> bool {
        !is_local(&self.options.url)
    }

    fn notes(&self) -> Vec<String> {
        self.options.transport.note().map(|note| format!(" {note}")).into_iter().collect()
    }

    fn reach(&self, _stop: &AtomicBool) -> Result<(), PredictError> {
        self.wire.check().map_err(PredictError::Inference)
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        self.detections(frame, categories, stop).map_err(|error| self.wire.hidden(error))
    }
}
