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
use crate::detection::{Detection, Size};
use crate::digest::Digest;
use crate::predict::found::{Floor, detections};
use crate::predict::wire::{Answer, MOST_OBJECTS, Secret, Secrets, Wire};
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Site, Variables, Vocabulary};
use crate::spec::Choice;

/// The kind's name in specs and records.
pub const KIND: &str = "roboflow";

/// Counts up whenever the same replies give other detections than before.
const REVISION: u32 = 1;

/// What the hosted service takes at most, bytes of a request.
const MOST_BYTES: usize = 20_000_000;

/// A model that can be asked.
pub struct RoboflowModel {
    options: RoboflowOptions,
    /// Where requests go.
    endpoint: Url,
    key: Secret,
    wire: Wire,
}

impl RoboflowModel {
    /// Looks the key up, and sends nothing.
    #[must_use]
    pub fn new(options: RoboflowOptions, variables: Variables<'_>) -> Self {
        let path = match options.api {
            Api::V0 => options.model_id.as_str(),
            Api::V1 => "infer/object_detection",
        };
        let mut endpoint = options.url.clone();
        endpoint.set_path(&format!("{}/{path}", options.url.path().trim_end_matches('/')));
        let key = Secret::look_up(options.api_key_env.clone(), variables);
        let wire = Wire::new(&endpoint, options.limits, MOST_OBJECTS, Secrets(vec![key.clone()]), None);
        let wire = wire.below(&format!("/{path}"));
        Self { options, endpoint, key, wire }
    }

    fn answer(&self, frame: &Frame<'_>, stop: &AtomicBool) -> Result<Answer, PredictError> {
        let key = self.key.expose().map_err(PredictError::Inference)?;
        let picture = BASE64.encode(frame.png()?);
        if is_hosted(&self.options.url) {
            short_enough(picture.len())?;
        }
        let advice = |status| self.advice(status);
        match self.options.api {
            Api::V0 => self.wire.ask(&|client| Ok(self.v0(client, key, &picture)), &advice, stop),
            Api::V1 => self.wire.ask(&|client| Ok(self.v1(client, key, &picture)), &advice, stop),
        }
    }

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
        let query = [
            ("api_key", key),
            ("confidence", &confidence),
            ("overlap", &overlap),
            ("format", "json"),
            ("disable_active_learning", "true"),
        ];
        let request = client.post(self.endpoint.clone()).query(&query);
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(picture.to_owned())
    }

    fn v1(&self, client: &Client, key: &str, picture: &str) -> RequestBuilder {
        let mut body = json!({
            "model_id": self.options.model_id,
            "api_key": key,
            "image": { "type": "base64", "value": picture },
            "confidence": self.options.confidence,
            "iou_threshold": self.options.overlap,
            "disable_active_learning": true,
        });
        if let Some(most) = self.options.max_detections {
            body["max_detections"] = json!(most);
        }
        client.post(self.endpoint.clone()).json(&body)
    }

    fn detections(
        &self,
        frame: &Frame<'_>,
        categories: &CategoryMap,
        stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let pixels = frame.pixels()?;
        let size = Size { width: pixels.width(), height: pixels.height() };
        let found = reply::read(&self.answer(frame, stop)?, size)?;
        let floor = Floor { confidence: 0.0, max_detections: self.options.max_detections };
        detections(found, &self.options.naming, categories, floor)
    }
}

fn short_enough(bytes: usize) -> Result<(), PredictError> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let (has, may) = (bytes as f64 / 1e6, MOST_BYTES as f64 / 1e6);
    Err(PredictError::Inference(format!(
        "the picture is {has:.1} MB as a lossless PNG in base64, and the hosted service takes {may:.0} MB: give the dataset \
         smaller pictures, or set `url` to a server of your own"
    )))
}

impl Predictor for RoboflowModel {
    fn card(&self) -> ModelCard {
        let options = &self.options;
        // Roboflow's promise that a version of a project never changes binds its own servers alone.
        let is_known = options.version.is_some() || is_hosted(&options.url);
        let parts = [Some(KIND), Some(options.model_id.as_str()), options.version.as_deref()];
        let digest = is_known.then(|| Digest::of_parts(parts.into_iter().flatten().map(str::as_bytes)));
        let settings = [
            ("revision", json!(REVISION)),
            ("model_id", json!(options.model_id)),
            ("api", json!(options.api.word())),
            ("url", json!(options.url.as_str())),
            ("confidence", json!(options.confidence)),
            ("overlap", json!(options.overlap)),
            ("max_detections", json!(options.max_detections)),
        ];
        // Only where there is one: answers that were paid for are kept under settings without it.
        let version = options.version.as_ref().map(|version| ("version", json!(version)));
        let settings = settings.into_iter().chain(version).chain(options.naming.settings());
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
        is_hosted(&self.options.url)
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
