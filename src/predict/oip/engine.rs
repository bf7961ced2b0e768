//! The server as an engine: tensors go there, tensors come back.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use reqwest::Url;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::CONTENT_TYPE;

use super::classification::{ClassOutput, Wanted};
use super::messages::{self, BINARY, Content, Given, JSON_LENGTH, Metadata, Server};
use super::numbers::{Datatype, InputNumbers};
use super::texts;
use crate::predict::PredictError;
use crate::predict::network::{Engine, EngineError, Input, Listing, Port, Signature, Tensor};
use crate::predict::wire::{MissingSecret, Secret, Wire, with_bearer};

/// A model behind a server.
pub struct OipEngine {
    /// The model's address: metadata are there, and `/infer` below it.
    url: Url,
    wire: Wire,
    bearer: Option<Secret>,
    platform: String,
    /// The types of the inputs, in the order of the signature.
    datatypes: Vec<Datatype>,
    signature: Signature,
    is_binary: bool,
    /// The output that lists classes, where the one that is used does.
    classes: Option<ClassOutput>,
    /// What the server says answered; `Some(None)` where it does not say.
    version: OnceLock<Option<String>>,
    /// Requests so far: a reply says which it answers.
    requests: AtomicU64,
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
        listed: Option<Wanted>,
    ) -> Result<Self, PredictError> {
        let stop = AtomicBool::new(false);
        let advice = |status: u16| match status {
            401 | 403 if bearer.is_none() => {
                Some("name the variable that holds its token: `bearer_env = \"MY_TOKEN\"`".to_owned())
            }
            404 => Some("are `model` and `model_version` those on the server?".to_owned()),
            _ => None,
        };
        let get = |url: &Url| wire.ask(&|client| with_bearer(client.get(url.clone()), bearer.as_ref()), &advice, &stop);
        let metadata: Metadata = get(model)?.json()?;
        let asks_for_classes = listed.as_ref().is_some_and(|wanted| wanted.most.is_some());
        let extensions = if is_binary.is_none() || asks_for_classes {
            Some(get(server)?.json::<Server>()?.extensions)
        } else {
            None
        };
        let knows = |wanted| extensions.iter().flatten().any(|extension| extension == wanted);
        let is_binary = is_binary.unwrap_or_else(|| knows(BINARY));
        let failed = |what| PredictError::Inference(format!("{model}: {what}"));
        let find = |wanted| ClassOutput::find(&metadata, extensions.as_deref(), wanted);
        let classes = listed.map(find).transpose().map_err(failed)?.flatten();
        let platform = metadata.platform.clone();
        let (mut signature, datatypes) = signature(metadata).map_err(failed)?;
        if let Some(classes) = &classes {
            signature.outputs.retain(|output| *output == classes.name);
        }
        let url = model.clone();
        let (version, requests) = (OnceLock::new(), AtomicU64::new(0));
        Ok(Self { url, wire, bearer, platform, datatypes, signature, is_binary, classes, version, requests })
    }

    /// The version that answered first; `None` where the server tells none.
    pub fn version(&self) -> Option<&str> {
        self.version.get()?.as_deref()
    }

    /// Whether tensors go as bytes.
    pub fn is_binary(&self) -> bool {
        self.is_binary
    }

    /// An error without secrets.
    pub fn hidden(&self, error: PredictError) -> PredictError {
        self.wire.hidden(error)
    }

    /// The inputs with their names and types.
    fn given<'g>(&'g self, inputs: &'g [Input]) -> Result<Vec<Given<'g>>, String> {
        let named = self.signature.inputs.iter().zip(&self.datatypes).zip(inputs);
        let given = |((port, datatype), input): ((&'g Port, &Datatype), &'g Input)| {
            let numbers = InputNumbers::new(&input.values, *datatype);
            let numbers = numbers.ok_or_else(|| format!("input `{}` does not fit {}", port.name, datatype.name()))?;
            Ok(Given { name: &port.name, shape: &input.shape, datatype: *datatype, numbers })
        };
        named.map(given).collect()
    }

    fn infer(&self, client: &Client, body: &[u8], json_length: Option<usize>) -> Result<RequestBuilder, MissingSecret> {
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

/// What a description says of the graph, with the types of its inputs.
///
/// # Errors
/// An input is of a type that is not known.
pub fn signature(metadata: Metadata) -> Result<(Signature, Vec<Datatype>), String> {
    let mut datatypes = Vec::new();
    let mut inputs = Vec::new();
    for input in metadata.inputs {
        let datatype =
            Datatype::called(&input.datatype).map_err(|what| format!("its input `{}` {what}", input.name))?;
        let shape = input.shape.iter().map(|side| usize::try_from(*side).ok()).collect();
        inputs.push(Port { name: input.name, shape, element: datatype.element() });
        datatypes.push(datatype);
    }
    let outputs = metadata.outputs.into_iter().map(|port| port.name).collect();
    Ok((Signature { inputs, outputs, metadata: BTreeMap::new() }, datatypes))
}

impl Engine for OipEngine {
    fn name(&self) -> &str {
        &self.platform
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn listing(&self) -> Option<Listing> {
        self.classes.as_ref().map(ClassOutput::listing)
    }

    /// The first time, of a grey picture.
    fn run(&self, inputs: Vec<Input>) -> Result<Vec<Tensor>, EngineError> {
        self.ask(&inputs, true, &AtomicBool::new(false)).map_err(|error| error.to_string().into())
    }

    fn run_until(&self, inputs: Vec<Input>, stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        self.ask(&inputs, false, stop)
    }
}

impl OipEngine {
    fn ask(&self, inputs: &[Input], is_first: bool, stop: &AtomicBool) -> Result<Vec<Tensor>, PredictError> {
        let outputs = &self.signature.outputs;
        let given = self.given(inputs).map_err(PredictError::Inference)?;
        let id = self.requests.fetch_add(1, Ordering::Relaxed).to_string();
        let asked = self.classes.as_ref().and_then(|classes| classes.asked(is_first));
        let (body, length) = messages::request(&id, &given, outputs, asked, self.is_binary);
        let advice = |status: u16| {
            let is_of_bytes = self.is_binary && matches!(status, 400 | 415 | 501);
            is_of_bytes.then(|| "if it takes no tensors as bytes, `binary = false` sends them as JSON".to_owned())
        };
        let answer = self.wire.ask(&|client| self.infer(client, &body, length), &advice, stop)?;
        let length = answer.header(JSON_LENGTH).and_then(|length| length.parse().ok());
        let read = messages::read(&id, &answer.body, length, outputs);
        let (version, contents) = read.map_err(PredictError::Inference)?;
        let tensor = |(name, content): (&String, Content)| self.tensor(name, content, is_first);
        let tensors =
            outputs.iter().zip(contents).map(tensor).collect::<Result<_, _>>().map_err(PredictError::Inference)?;
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

    /// What an output holds, of the kind that it has to have.
    fn tensor(&self, name: &str, content: Content, is_first: bool) -> Result<Tensor, String> {
        match (content, &self.classes) {
            (Content::Numbers(tensor), None) => Ok(tensor),
            (Content::Texts(texts), Some(classes)) => classes.read(&texts, is_first),
            (Content::Numbers(_), Some(_)) => {
                Err(format!("output `{name}` came as numbers, not as texts that list its classes"))
            }
            (Content::Texts(_), None) => {
                Err(format!("output `{name}` {}", Datatype::called(texts::NAMES[0]).err().unwrap_or_default()))
            }
        }
    }
}
