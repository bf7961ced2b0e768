//! The options of `kind = "roboflow"`.

use std::num::NonZeroUsize;

use reqwest::Url;
use toml::Spanned;

use crate::predict::keys::VERSION;
use crate::predict::naming::Naming;
use crate::predict::wire::{
    LimitDefaults, Limits, WhereSecretsGo, read_address, read_variable_name, refuse_literal_secrets,
};
use crate::spec::{Choice, Key, Literal, Mistake, TableReader, Value, ValueShape, deserialize};
use crate::task::Task;

/// The form of the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `POST /{project}/{version}`, the picture as base64 text.
    V0,
    /// `POST /infer/object_detection` or `/infer/classification`, JSON.
    V1,
}

impl Choice for Api {
    const ALL: &'static [(&'static str, Self)] = &[("v0", Self::V0), ("v1", Self::V1)];

    fn summary(self) -> &'static str {
        match self {
            Self::V0 => "POST /project/version, the picture as base64 text",
            Self::V1 => "POST /infer/object_detection, or /infer/classification, JSON",
        }
    }
}

/// What a section says.
pub struct RoboflowOptions {
    /// `project/version`.
    pub model_id: String,
    /// What the user calls the present state of the model.
    pub version: Option<String>,
    /// The form of the requests.
    pub api: Api,
    /// The server, without a path of its own unless one is written.
    pub url: Url,
    /// The variable that holds the key.
    pub api_key_env: String,
    /// Boxes of a lower score are not asked for, 0.01..=0.99.
    pub confidence: f64,
    /// IoU above which the server drops the worse of two boxes of a class, 0..=0.99.
    pub overlap: f64,
    /// Boxes kept per picture; as many as the server gives where `None`.
    pub max_detections: Option<usize>,
    /// Class names.
    pub naming: Naming,
    /// How long, how often, how many at once.
    pub limits: Limits,
}

/// Where hosted models answer.
const HOSTED: &str = "https://serverless.roboflow.com";

/// The variable that Roboflow's own tools read.
const API_KEY: &str = "ROBOFLOW_API_KEY";

/// The least that the server takes; COCO's figures want the boxes of low scores, too.
const LEAST_CONFIDENCE: f64 = 0.01;

/// The server reads 1 as 1 %, and what is larger as per cent.
const MOST: f64 = 0.99;

/// The server's own default.
const OVERLAP: f64 = 0.3;

/// What the hosted service bears, requests a second.
const HOSTED_RATE: f64 = 20.0;

/// Enough to reach the rate at the usual 150 ms per answer.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// The key is sent wherever the server wants it.
const SECRETS: WhereSecretsGo = WhereSecretsGo {
    query: |_| SECRETS.user.to_owned(),
    user: "name the variable of the environment that holds it: `api_key_env = \"MY_API_KEY\"`, and leave it out of the \
           address",
};

const KEYS: &[Key] = &[
    Key::new("model_id", ValueShape::TEXT, "project/version, as the version's page shows it").required(),
    VERSION,
    Key::new("api", ValueShape::choice::<Api>(), "the form of the requests").or(Literal::Text("v0")),
    Key::new(
        "url",
        ValueShape::TEXT,
        "the server: Roboflow's, or your own inference server, such as http://localhost:9001",
    )
    .or(Literal::Text(HOSTED)),
    Key::new(
        "api_key_env",
        ValueShape::TEXT,
        "the name of the environment variable with the key, which never stands in a spec",
    )
    .or(Literal::Text(API_KEY)),
    Key::new("confidence", ValueShape::number(LEAST_CONFIDENCE, MOST), "objects of a lower score are not asked for")
        .or(Literal::Number(LEAST_CONFIDENCE))
        .of(Task::Detect),
    Key::new(
        "overlap",
        ValueShape::number(0.0, MOST),
        "IoU above which the server drops the worse of two boxes of a class",
    )
    .or(Literal::Number(OVERLAP))
    .of(Task::Detect),
    Key::new(
        "max_detections",
        ValueShape::COUNT,
        "objects kept per picture; as many as the server gives where none is given",
    )
    .of(Task::Detect),
];

/// No limit for a server of one's own.
const RATE: Key = Key {
    summary: "requests started per second; no limit for a server of your own",
    default: Some(Literal::Number(HOSTED_RATE)),
    ..Limits::RATE
};

impl RoboflowOptions {
    /// The keys of [`Self::read`].
    pub fn keys() -> Vec<Key> {
        [KEYS, Naming::KEYS, &Limits::keys(CONCURRENCY), &[RATE]].concat()
    }

    /// Reads a section; `None` where it is wrong (the mistakes are with `options`).
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        refuse_literal_secrets(options, &format!("api_key_env = \"{API_KEY}\""));
        let model_id = options.required_with("model_id", "model_id = \"project/3\"", read_model_id);
        let version = options.optional::<String>("version").map(Spanned::into_inner);
        let api = options.choice("api").unwrap_or(Api::V0);
        let url = options.with("url", read_server).map(Spanned::into_inner);
        let api_key_env = options.with("api_key_env", read_variable_name).map(Spanned::into_inner);
        let confidence = options.number("confidence").unwrap_or(LEAST_CONFIDENCE);
        let overlap = options.number("overlap").unwrap_or(OVERLAP);
        let max_detections = options.integer("max_detections");
        let naming = Naming::read(options);
        let url = url.unwrap_or_else(|| Url::parse(HOSTED).expect("a valid address"));
        let requests_per_second = is_hosted(&url).then_some(HOSTED_RATE);
        let limits = Limits::read(options, LimitDefaults { requests_per_second, concurrency: CONCURRENCY });
        let api_key_env = api_key_env.unwrap_or_else(|| API_KEY.to_owned());
        Some(Self {
            model_id: model_id?.into_inner(),
            version,
            api,
            url,
            api_key_env,
            confidence,
            overlap,
            max_detections,
            naming,
            limits,
        })
    }
}

/// Whether requests to `url` reach Roboflow itself, who counts them.
pub fn is_hosted(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    ["roboflow.com", "roboflow.eu"].iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
}

fn read_model_id(value: &Value<'_>) -> Result<String, Mistake> {
    let id: String = deserialize(value)?;
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let is_version = |version: &str| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    match id.split_once('/') {
        Some((project, version)) if is_name(project) && is_version(version) => Ok(id),
        Some((workspace, rest)) if rest.split_once('/').is_some_and(|(p, v)| is_name(p) && is_version(v)) => {
            let help = format!("leave off the workspace, `{workspace}/`: write \"{rest}\"");
            Err(Mistake::new(format!("`{id}` is not `project/version`")).help(help))
        }
        _ => Err(Mistake::new(format!("`{id}` is not `project/version`")).help(
            "the version's page shows the id, for example `\"site-safety/3\"`; a version never changes, so its \
                   answers can be kept",
        )),
    }
}

fn read_server(value: &Value<'_>) -> Result<Url, Mistake> {
    let url = read_address(value, &SECRETS)?;
    if url.query().is_some() {
        return Err(
            Mistake::new("the address of the server has a query").help("write it like `\"http://localhost:9001\"`")
        );
    }
    Ok(url)
}
