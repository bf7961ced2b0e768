//! The options of `kind = "oip"`.

use std::num::NonZeroUsize;

use reqwest::Url;
use toml::Spanned;

use crate::predict::keys::{BEARER_ENV, VERSION};
use crate::predict::network::NetworkOptions;
use crate::predict::wire::{
    LimitDefaults, Limits, WhereSecretsGo, read_address, read_variable_name, refuse_literal_secrets,
};
use crate::spec::{Key, Mistake, Source, TableReader, Value, ValueShape, deserialize};
use crate::task::Task;

/// What a section says.
pub struct OipOptions {
    /// The server.
    pub url: Url,
    /// The model's name there.
    pub model: String,
    /// The version to ask; the server's choice where `None`.
    pub model_version: Option<String>,
    /// What the user calls the present state of the model.
    pub version: Option<String>,
    /// Whether tensors go as bytes; as the server says where `None`.
    pub is_binary: Option<bool>,
    /// The variable with the token of `Authorization: Bearer`.
    pub bearer_env: Option<String>,
    /// How many of its best classes the server is asked for; for numbers where `None`.
    pub classification: Option<usize>,
    /// How the input is filled and the outputs are read.
    pub reading: NetworkOptions,
    /// How long, how often, how many at once.
    pub limits: Limits,
}

/// Keeps a server with a few instances of the model busy.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// Servers of the protocol know no other way to say who asks.
const SECRETS: WhereSecretsGo = WhereSecretsGo {
    query: |_| SECRETS.user.to_owned(),
    user: "a token goes by the variable of the environment that holds it, `bearer_env = \"MY_TOKEN\"`; nothing else is \
           sent",
};

const KEYS: &[Key] = &[
    Key::new("url", ValueShape::TEXT, "the server, such as http://localhost:8000").required(),
    Key::new("model", ValueShape::TEXT, "the model's name on the server").required(),
    Key::new("model_version", ValueShape::TEXT, "the version to ask; the server's choice where none is given"),
    Key::new("binary", ValueShape::BOOLEAN, "whether tensors go as bytes; as the server says where not given"),
    Key::new(
        "classification",
        ValueShape::integer(1, 1 << 24),
        "how many of its best classes the server is asked for by Triton's classification extension, with its labels, which \
         stand for `labels` then; where not given, all scores as numbers, or the text `score:number:label` of models whose \
         only output is such",
    )
    .of(Task::Classify),
    BEARER_ENV,
    VERSION,
];

impl OipOptions {
    /// The keys of [`Self::read`].
    pub fn keys() -> Vec<Key> {
        [KEYS, NetworkOptions::KEYS, &Limits::keys(CONCURRENCY), &[Limits::RATE]].concat()
    }

    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        refuse_literal_secrets(options, "bearer_env = \"MY_TOKEN\"");
        let example = "url = \"http://localhost:8000\"";
        let url = options.required_with("url", example, |value| read_address(value, &SECRETS));
        let model = options.required_with("model", "model = \"the model's name on the server\"", read_word);
        let model_version = options.with("model_version", read_word).map(Spanned::into_inner);
        let version = options.optional::<String>("version").map(Spanned::into_inner);
        let is_binary = options.optional::<bool>("binary").map(Spanned::into_inner);
        let classification = options.integer("classification");
        let bearer_env = options.with("bearer_env", read_variable_name).map(Spanned::into_inner);
        let reading = NetworkOptions::read(source, options);
        let limits = Limits::read(options, LimitDefaults { requests_per_second: None, concurrency: CONCURRENCY });
        let (url, model) = (url?.into_inner(), model?.into_inner());
        Some(Self { url, model, model_version, version, is_binary, bearer_env, classification, reading, limits })
    }
}

/// A part of a path.
fn read_word(value: &Value<'_>) -> Result<String, Mistake> {
    let word: String = deserialize(value)?;
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if is_word {
        Ok(word)
    } else {
        Err(Mistake::new(format!("`{word}` has more than letters, digits, `-`, `_` and `.`"))
            .help("write the name or the number alone, as the server lists it"))
    }
}
