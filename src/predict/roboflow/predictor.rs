//! Asking a hosted model about frames.

use std::sync::atomic::AtomicBool;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Url;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::options::{Api, RoboflowOptions, is_hosted};
use super::reply;
use crate::detection::Size;
use crate::digest::Digest;
use crate::predict::found::Floor;
use crate::predict::scored::Scoring;
use crate::predict::wire::{AskModel, MOST_OBJECTS, ModelServer, Secret, Secrets, ToldByServer, Wire, below};
use crate::predict::{Frame, ModelCard, PredictError, Variables};
use crate::spec::Choice;
use crate::task::Task;

/// The kind's name in specs and records.
pub const KIND: &str = "roboflow";

/// Counts up whenever the same replies give other detections than before.
const REVISION: u32 = 1;

/// What the hosted service takes at most, bytes of a request.
const MOST_BYTES: usize = 20_000_000;

/// The hosted model. Its key is looked up, and nothing is sent.
pub fn server(options: RoboflowOptions, task: Task, variables: Variables<'_>) -> ModelServer<HostedModel> {
    let path = match (options.api, task) {
        (Api::V0, Task::Detect | Task::Classify) => options.model_id.as_str(),
        (Api::V1, Task::Detect) => "infer/object_detection",
        (Api::V1, Task::Classify) => "infer/classification",
    };
    let endpoint = below(&options.url, path);
    let key = Secret::look_up(options.api_key_env.clone(), variables);
    let wire = Wire::new(&endpoint, options.limits, MOST_OBJECTS, Secrets(vec![key.clone()]), None);
    ModelServer {
        wire: wire.below(&format!("/{path}")),
        card: card(&options, task),
        naming: options.naming.clone(),
        // The server has been told the confidence, and leaves out the rest by itself.
        floor: Floor { confidence: 0.0, max_detections: options.max_detections },
        limits: options.limits,
        is_hosted: is_hosted(&options.url),
        notes: Vec::new(),
        asker: HostedModel { options, task, endpoint, key },
    }
}

fn card(options: &RoboflowOptions, task: Task) -> ModelCard {
    // Roboflow's promise that a version of a project never changes binds its own servers alone.
    let is_known = options.version.is_some() || is_hosted(&options.url);
    let parts = [Some(KIND), Some(options.model_id.as_str()), options.version.as_deref()];
    let digest = is_known.then(|| Digest::of_parts(parts.into_iter().flatten().map(str::as_bytes)));
    let settings = [
        ("revision", json!(REVISION)),
        ("model_id", json!(options.model_id)),
        ("api", json!(options.api.word())),
        ("url", json!(options.url.as_str())),
    ];
    let of_task = match task {
        Task::Detect => vec![
            ("confidence", json!(options.confidence)),
            ("overlap", json!(options.overlap)),
            ("max_detections", json!(options.max_detections)),
        ],
        Task::Classify => vec![("task", json!(task.word()))],
    };
    let settings = settings.into_iter().chain(of_task);
    // Only where there is one: answers that were paid for are kept under settings without it.
    let version = options.version.as_ref().map(|version| ("version", json!(version)));
    ModelCard::new(KIND, digest, settings.chain(version).chain(options.naming.settings()))
}

/// The two forms of requests, and the replies to both.
pub struct HostedModel {
    options: RoboflowOptions,
    task: Task,
    /// Where requests go.
    endpoint: Url,
    key: Secret,
}

impl AskModel for HostedModel {
    fn ask(&self, wire: &Wire, frame: &Frame<'_>, stop: &AtomicBool) -> Result<ToldByServer, PredictError> {
        let pixels = frame.pixels()?;
        let size = Size { width: pixels.width(), height: pixels.height() };
        let key = self.key.expose()?;
        let picture = BASE64.encode(frame.png()?);
        if is_hosted(&self.options.url) {
            short_enough(picture.len())?;
        }
        let request = |client: &Client| match self.options.api {
            Api::V0 => Ok(self.v0(client, key, &picture)),
            Api::V1 => Ok(self.v1(client, key, &picture)),
        };
        let answer = wire.ask(&request, &|status| self.advice(status), stop)?;
        match self.task {
            Task::Detect => reply::read(&answer, size).map(ToldByServer::Objects),
            Task::Classify => reply::classes(&answer, size).map(|found| ToldByServer::Classes(found, Scoring::PLAIN)),
        }
    }
}

impl HostedModel {
    /// What to do about a status.
    fn advice(&self, status: u16) -> Option<String> {
        let (variable, id) = (&self.options.api_key_env, &self.options.model_id);
        match status {
            401 | 403 => Some(format!("does `{variable}` hold the key of the workspace that `{id}` is in?")),
            404 => Some(format!("is `model_id = \"{id}\"` what the version's page shows?")),
            _ => None,
        }
    }

    fn v0(&self, client: &Client, key: &str, picture: &str) -> RequestBuilder {
        let (confidence, overlap) = (self.options.confidence.to_string(), self.options.overlap.to_string());
        let of_objects = [("confidence", confidence.as_str()), ("overlap", &overlap)];
        // A classifier's reply has all classes, whatever their scores.
        let of_task = match self.task {
            Task::Detect => of_objects.as_slice(),
            Task::Classify => &[],
        };
        let request = client.post(self.endpoint.clone()).query(&[("api_key", key)]).query(of_task);
        let request = request.query(&[("format", "json"), ("disable_active_learning", "true")]);
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(picture.to_owned())
    }

    fn v1(&self, client: &Client, key: &str, picture: &str) -> RequestBuilder {
        let mut body = json!({
            "model_id": self.options.model_id,
            "api_key": key,
            "image": { "type": "base64", "value": picture },
            "disable_active_learning": true,
        });
        match self.task {
            Task::Detect => {
                body["confidence"] = json!(self.options.confidence);
                body["iou_threshold"] = json!(self.options.overlap);
                if let Some(most) = self.options.max_detections {
                    body["max_detections"] = json!(most);
                }
            }
            Task::Classify => {}
        }
        client.post(self.endpoint.clone()).json(&body)
    }
}

fn short_enough(bytes: usize) -> Result<(), PredictError> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let (has, may) = (bytes as f64 / 1e6, MOST_BYTES as f64 / 1e6);
    Err(PredictError::Inference(format!(
        "the picture is {has:.1} MB as a lossless PNG in base64, and the hosted service takes {may:.0} MB: give the \
         dataset smaller pictures, or set `url` to a server of your own"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_the_service_would_turn_away_are_not_sent() {
        assert!(short_enough(MOST_BYTES).is_ok());
        let Err(PredictError::Inference(message)) = short_enough(23_456_789) else { panic!("it is too long") };
        assert!(message.starts_with("the picture is 23.5 MB"), "{message}");
    }
}
