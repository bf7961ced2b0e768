//! The options of `kind = "http"`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use reqwest::Url;
use reqwest::header::HeaderName;
use serde_json::Value as Json;
use toml::Spanned;

use super::classes::ClassMapping;
use super::mapping::Mapping;
use super::request::Body;
use super::transport::Transport;
use crate::predict::found::Floor;
use crate::predict::keys::{BEARER_ENV, VERSION};
use crate::predict::naming::Naming;
use crate::predict::wire::{
    LimitDefaults, Limits, WhereSecretsGo, is_secret_name, read_address, read_variable_name, refuse_literal_secrets,
};
use crate::spec::{Diagnostic, Key, Mistake, TableReader, Value, ValueShape, deserialize};
use crate::task::Task;

/// What a section says.
pub struct HttpOptions {
    /// Where pictures are posted.
    pub url: Url,
    /// How a picture is put into a request.
    pub body: Body,
    /// As what it travels.
    pub transport: Transport,
    /// Headers as they stand in the spec.
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are in variables: header to variable.
    pub headers_env: BTreeMap<String, String>,
    /// The variable with the token of `Authorization: Bearer`.
    pub bearer_env: Option<String>,
    /// Query parameters whose values are in variables: parameter to variable.
    pub query_env: BTreeMap<String, String>,
    /// Fields of the body whose values are in variables: field to variable.
    pub fields_env: BTreeMap<String, String>,
    /// Where in an answer stands what is asked for.
    pub mapping: TaskMapping,
    /// What the user calls this state of the server.
    pub version: Option<String>,
    /// Class names.
    pub naming: Naming,
    /// Which objects are kept.
    pub floor: Floor,
    /// How long, how often, how many at once.
    pub limits: Limits,
}

/// Where in an answer stands what a task asks for.
pub enum TaskMapping {
    /// Objects.
    Objects(Mapping),
    /// The classes of the picture.
    Classes(ClassMapping),
}

impl TaskMapping {
    fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        match options.task() {
            Task::Detect => Mapping::read(options).map(Self::Objects),
            Task::Classify => ClassMapping::read(options).map(Self::Classes),
        }
    }

    /// Where an answer says what went wrong.
    pub fn error(&self) -> Option<&String> {
        match self {
            Self::Objects(mapping) => mapping.error.as_ref(),
            Self::Classes(mapping) => mapping.error.as_ref(),
        }
    }

    /// For the record.
    pub fn settings(&self) -> Vec<(&'static str, Json)> {
        match self {
            Self::Objects(mapping) => mapping.settings().collect(),
            Self::Classes(mapping) => mapping.settings().collect(),
        }
    }

    /// What is asked for.
    pub fn task(&self) -> Task {
        match self {
            Self::Objects(_) => Task::Detect,
            Self::Classes(_) => Task::Classify,
        }
    }
}

/// A server usually has a few workers.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// A name and a password go as the header that browsers make of them.
const SECRETS: WhereSecretsGo = WhereSecretsGo {
    query: |name| {
        format!("name the variable of the environment that holds it: `query_env = {{ {name} = \"MY_API_KEY\" }}`")
    },
    user: "name the variable of the environment that holds it: `headers_env = { Authorization = \"MY_AUTHORIZATION\" }`, with \
           `Basic` and the base64 of USER:PASSWORD as its value",
};

const KEYS: &[Key] = &[
    Key::new("url", ValueShape::TEXT, "where pictures are posted, such as http://localhost:8000/predict").required(),
    Key::new("headers", ValueShape::TEXT_BY_NAME, "headers of each request, but for secrets"),
    Key::new(
        "headers_env",
        ValueShape::TEXT_BY_NAME,
        "headers whose values are secrets: on the right the name of the environment variable that holds each",
    ),
    BEARER_ENV,
    Key::new(
        "query_env",
        ValueShape::TEXT_BY_NAME,
        "query parameters whose values are secrets: on the right the name of the environment variable that holds each",
    ),
    Key::new(
        "fields_env",
        ValueShape::TEXT_BY_NAME,
        "fields of a form, or of a template's object, whose values are secrets: on the right the name of the environment \
         variable that holds each",
    ),
    VERSION,
];

impl HttpOptions {
    /// The keys of [`Self::read`].
    pub fn keys() -> Vec<Key> {
        let limits = Limits::keys(CONCURRENCY);
        [KEYS, Body::KEYS, Transport::KEYS, Mapping::KEYS, Naming::KEYS, Floor::KEYS, &limits, &[Limits::RATE]].concat()
    }

    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        refuse_literal_secrets(options, "bearer_env = \"MY_TOKEN\"");
        let example = "url = \"http://localhost:8000/predict\"";
        let url = options.required_with("url", example, |value| read_address(value, &SECRETS));
        let body = Body::read(options);
        let transport = Transport::read(options);
        let headers = options.with("headers", read_headers).map(Spanned::into_inner).unwrap_or_default();
        let headers_env = options.with("headers_env", read_headers_env).map(Spanned::into_inner).unwrap_or_default();
        let bearer_env = options.with("bearer_env", read_variable_name).map(Spanned::into_inner);
        let query_env = options.with("query_env", read_variables).map(Spanned::into_inner).unwrap_or_default();
        let fields_env = options.with("fields_env", read_variables).map(Spanned::into_inner).unwrap_or_default();
        if let Some(body) = body.as_ref().filter(|body| !fields_env.is_empty() && !body.has_fields()) {
            let message = format!("`fields_env` needs a body with fields, which {} has not", body.described());
            let span = options.table().get("fields_env").map_or(0..0, Spanned::span);
            options.refuse("fields_env", Diagnostic::new(span, message).help("take `query_env` or `headers_env`"));
        }
        let mapping = TaskMapping::read(options);
        let version = options.optional::<String>("version").map(Spanned::into_inner);
        let (naming, floor) = (Naming::read(options), Floor::read(options));
        let limits = Limits::read(options, LimitDefaults { requests_per_second: None, concurrency: CONCURRENCY });
        Some(Self {
            url: url?.into_inner(),
            body: body?,
            transport,
            headers,
            headers_env,
            bearer_env,
            query_env,
            fields_env,
            mapping: mapping?,
            version,
            naming,
            floor,
            limits,
        })
    }
}

fn read_headers(value: &Value<'_>) -> Result<BTreeMap<String, String>, Mistake> {
    let headers: BTreeMap<String, String> = deserialize(value).map_err(Mistake::hidden)?;
    if let Some(name) = headers.keys().find(|name| is_secret_name(name) || name.eq_ignore_ascii_case("cookie")) {
        let help =
            format!("name the variable of the environment that holds it: `headers_env = {{ {name} = \"MY_TOKEN\" }}`");
        return Err(Mistake::new(format!("the value of `{name}` is a secret, which does not belong into a spec"))
            .help(help)
            .hidden());
    }
    are_header_names(headers.keys())?;
    Ok(headers)
}

fn read_headers_env(value: &Value<'_>) -> Result<BTreeMap<String, String>, Mistake> {
    let headers = read_variables(value)?;
    are_header_names(headers.keys())?;
    Ok(headers)
}

fn are_header_names<'a>(mut names: impl Iterator<Item = &'a String>) -> Result<(), Mistake> {
    match names.find(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
        Some(name) => Err(Mistake::new(format!("`{name}` cannot be the name of a header"))),
        None => Ok(()),
    }
}

/// A table whose values are names of variables.
fn read_variables(value: &Value<'_>) -> Result<BTreeMap<String, String>, Mistake> {
    let Some(table) = value.get_ref().as_table() else { return Err(Mistake::expected("a table", value).hidden()) };
    table.iter().map(|(name, variable)| Ok((name.get_ref().to_string(), read_variable_name(variable)?))).collect()
}
