//! Asking a described server about frames.

use std::sync::atomic::AtomicBool;

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::json;

use super::options::{HttpOptions, TaskMapping};
use super::transport::Sent;
use crate::digest::Digest;
use crate::predict::wire::{
    AskModel, MOST_OBJECTS, MissingSecret, ModelServer, Secret, Secrets, ToldByServer, Wire, is_local, with_bearer,
};
use crate::predict::{Frame, ModelCard, PredictError, Variables};

/// The kind's name in specs and records.
pub const KIND: &str = "http";

/// Counts up whenever the same answers give other detections than before.
const REVISION: u32 = 1;

/// The described server. Its secrets are looked up, and nothing is sent.
pub fn server(options: HttpOptions, variables: Variables<'_>) -> ModelServer<Described> {
    let secret = |variable: &String| Secret::look_up(variable.clone(), variables);
    let named = |(name, variable): (&String, &String)| (name.clone(), secret(variable));
    let headers: Vec<(String, Secret)> = options.headers_env.iter().map(named).collect();
    let query: Vec<(String, Secret)> = options.query_env.iter().map(named).collect();
    let fields: Vec<(String, Secret)> = options.fields_env.iter().map(named).collect();
    let bearer = options.bearer_env.as_ref().map(secret);
    let secrets =
        headers.iter().chain(&query).chain(&fields).map(|(_, secret)| secret).chain(&bearer).cloned().collect();
    let reason_path = options.mapping.error().cloned();
    ModelServer {
        wire: Wire::new(&options.url, options.limits, MOST_OBJECTS, Secrets(secrets), reason_path),
        card: card(&options),
        naming: options.naming.clone(),
        floor: options.floor,
        limits: options.limits,
        is_hosted: !is_local(&options.url),
        notes: options.transport.note().map(|note| format!(" {note}")).into_iter().collect(),
        asker: Described { options, headers, query, fields, bearer },
    }
}

fn card(options: &HttpOptions) -> ModelCard {
    let version = options.version.as_ref();
    let digest = version.map(|version| Digest::of_parts([KIND, options.url.as_str(), version].map(str::as_bytes)));
    let settings = [
        ("revision", json!(REVISION)),
        ("url", json!(options.url.as_str())),
        ("version", json!(options.version)),
        ("body", options.body.setting()),
        ("headers", json!(options.headers)),
        ("headers_env", json!(options.headers_env)),
        ("query_env", json!(options.query_env)),
        ("fields_env", json!(options.fields_env)),
    ];
    let settings = settings.into_iter().chain(options.floor.settings(options.mapping.task()));
    let settings = settings.chain(options.mapping.settings()).chain(options.transport.settings());
    ModelCard::new(KIND, digest, settings.chain(options.naming.settings()))
}

/// Requests as the spec describes them, and where in the replies the answers are.
pub struct Described {
    options: HttpOptions,
    /// Header and its value.
    headers: Vec<(String, Secret)>,
    /// Query parameter and its value.
    query: Vec<(String, Secret)>,
    /// Field of the body and its value.
    fields: Vec<(String, Secret)>,
    bearer: Option<Secret>,
}

impl AskModel for Described {
    fn ask(&self, wire: &Wire, frame: &Frame<'_>, stop: &AtomicBool) -> Result<ToldByServer, PredictError> {
        let sent = self.options.transport.encode(frame)?;
        let advice = |status: u16| self.advice(status, &sent);
        let answer = wire.ask(&|client| self.request(client, &sent), &advice, stop)?.json()?;
        match &self.options.mapping {
            TaskMapping::Objects(mapping) => {
                let mut found = mapping.found(&answer, sent.size)?;
                for found in &mut found {
                    found.bbox = sent.back(found.bbox);
                }
                Ok(ToldByServer::Objects(found))
            }
            TaskMapping::Classes(mapping) => Ok(ToldByServer::Classes(mapping.found(&answer)?, mapping.scoring)),
        }
    }
}

impl Described {
    fn request(&self, client: &Client, sent: &Sent<'_>) -> Result<RequestBuilder, MissingSecret> {
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
        let request = with_bearer(request, self.bearer.as_ref())?;
        let fields = self.fields.iter().map(|(name, secret)| Ok((name.as_str(), secret.expose()?)));
        Ok(self.options.body.put(request, sent, &fields.collect::<Result<Vec<_>, MissingSecret>>()?))
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
}
