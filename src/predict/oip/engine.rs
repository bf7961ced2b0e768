//! The server as an engine: tensors go there, tensors come back.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use reqwest::Url;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::CONTENT_TYPE;

use super::messages::{self, BINARY, Given, JSON_LENGTH, Metadata, Port, Server};
use super::numbers::Datatype;
use crate::predict::PredictError;
use crate::predict::onnx::{Engine, Signature, Tensor};
use crate::predict::wire::{Secret, Wire};

/// A model behind a server.
pub struct OipEngine {
    /// Of the model: metadata are there, and `/infer` below it.
    url: Url,
    wire: Wire,
    bearer: Option<Secret>,
    platform: String,
    input: Port,
    datatype: Datatype,
    signature: Signature,
    is_binary: bool,
    /// What the server says answered; `Some(None)` where it does not say.
    version: OnceLock<Option<String>>,
}

impl OipEngine {
    /// Asks the server at `url` for the description of `model`.
    ///
    /// # Errors
    /// It does not answer, or the model takes something else than one picture.
    pub fn open(
        server: &Url,
        model: &Url,
        wire: Wire,
        bearer: Option<Secret>,
        is_binary: Option<bool>,
    ) -> Result<Self, PredictError> {
        let stop = AtomicBool::new(false);
        let get = |url: &Url| wire.ask(&|client| with_bearer(client.get(url.clone()), bearer.as_ref()), &stop);
        let metadata: Metadata = get(model)?.json()?;
        let is_binary = match is_binary {
            Some(is_binary) => is_binary,
            None => get(server)?.json::<Server>()?.extensions.iter().any(|extension| extension == BINARY),
        };
        let fail = |what: String| PredictError::Inference(format!("{model}: {what}"));
        let [input] = &metadata.inputs[..] else {
            return Err(fail(format!(
                "it takes {} inputs; only models with one image input are known",
                metadata.inputs.len()
            )));
        };
        let datatype =
            Datatype::called(&input.datatype).map_err(|what| fail(format!("its input `{}` {what}", input.name)))?;
        if !datatype.takes_pictures() {
            return Err(fail(format!("its input `{}` is of type {}, not FP32 or UINT8", input.name, input.datatype)));
        }
        let shape = input.shape.iter().map(|side| usize::try_from(*side).ok()).collect();
        let outputs = metadata.outputs.iter().map(|port| port.name.clone()).collect();
        let signature = Signature { input: (input.name.clone(), shape), outputs, names: None };
        let (url, input, platform) = (model.clone(), input.clone(), metadata.platform);
        Ok(Self { url, wire, bearer, platform, input, datatype, signature, is_binary, version: OnceLock::new() })
    }

    /// The version that answered first; `None` where the server tells none.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.get()?.as_deref()
    }

    /// Whether the input is of bytes.
    #[must_use]
    pub fn takes_bytes(&self) -> bool {
        self.datatype == Datatype::Uint8
    }

    /// An error without secrets.
    #[must_use]
    pub fn hidden(&self, error: PredictError) -> PredictError {
        self.wire.hidden(error)
    }

    fn infer(&self, client: &Client, body: &[u8], json_length: Option<usize>) -> Result<RequestBuilder, String> {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/infer", self.url.path()));
        let request = with_bearer(client.post(url), self.bearer.as_ref())?.body(body.to_vec());
        Ok(match json_length {
            None => request.header(CONTENT_TYPE, "application/json"),
            Some(length) => {
                request.header(CONTENT_TYPE, "application/octet-stream").header(JSON_LENGTH, length.to_string())
            }
        })
    }
}

fn with_bearer(request: RequestBuilder, bearer: Option<&Secret>) -> Result<RequestBuilder, String> {
    Ok(match bearer {
        Some(secret) => request.bearer_auth(secret.expose()?),
        None => request,
    })
}

impl Engine for OipEngine {
    fn name(&self) -> &str {
        &self.platform
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, String> {
        self.run_until(input, &AtomicBool::new(false)).map_err(|error| error.to_string())
    }

    fn run_until(&self, input: Tensor, stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        let outputs = &self.signature.outputs;
        let numbers = self.datatype.of_picture(&input.data);
        let given = Given { name: &self.input.name, shape: &input.shape, datatype: self.datatype, numbers };
        let (body, length) = messages::request(&[given], outputs, self.is_binary);
        let answer = self.wire.ask(&|client| self.infer(client, &body, length), stop)?;
        let length = answer.header(JSON_LENGTH).and_then(|length| length.parse().ok());
        let (version, tensors) = messages::read(&answer.body, length, outputs).map_err(PredictError::Inference)?;
        let first = self.version.get_or_init(|| version.clone());
        if *first == version {
            return Ok(tensors);
        }
        let shown = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
        let (before, now) = (shown(first), shown(&version));
        Err(PredictError::Inference(format!(
            "version {now} of the model answers, after version {before}: pin one with `model_version`"
        )))
    }
}
