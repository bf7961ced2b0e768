//! How a picture is put into a request.

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::blocking::RequestBuilder;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value as Json, json};
use toml::Spanned;

use super::transport::Sent;
use crate::predict::wire::is_secret_name;
use crate::spec::{Choice, Key, Literal, Mistake, Scalar, TableReader, Value, ValueShape, deserialize};

/// Where in a request the picture stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `multipart/form-data`: the picture as the file `field`, and further fields.
    Multipart { field: String, fields: BTreeMap<String, String> },
    /// JSON: the picture as base64 wherever the template says `{image}`.
    Json { template: Json },
    /// The picture alone.
    Raw,
}

/// The word that stands for a [`Body`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyKind {
    Multipart,
    Json,
    Raw,
}

impl Choice for BodyKind {
    const ALL: &'static [(&'static str, Self)] =
        &[("multipart", Self::Multipart), ("json", Self::Json), ("raw", Self::Raw)];

    fn summary(self) -> &'static str {
        match self {
            Self::Multipart => "a form with the picture as a file",
            Self::Json => "JSON with the picture as base64 text",
            Self::Raw => "the picture alone",
        }
    }
}

/// What is replaced in a template.
const IMAGE: &str = "{image}";

/// The field of a form that holds the picture where a spec says nothing.
const FIELD: &str = "file";

impl Body {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[
        Key::new("body", ValueShape::choice::<BodyKind>(), "how the picture is put into a request").required(),
        Key::new("field", ValueShape::TEXT, "the field of the form that holds the picture")
            .or(Literal::Text(FIELD))
            .only_with("body", "multipart"),
        Key::new(
            "fields",
            ValueShape::Map(&[Scalar::Text, Scalar::NUMBER, Scalar::Boolean]),
            "further fields of the form",
        )
        .only_with("body", "multipart"),
        Key::new("template", ValueShape::TEXT, "the JSON, with `{image}` in a text where the picture goes as base64")
            .or(Literal::Text("{\"image\":\"{image}\"}"))
            .only_with("body", "json"),
    ];

    /// Reads `body`, and what belongs to it: `field` and `fields`, or `template`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Self> {
        if options.table().get("body").is_none() {
            options.required::<String>("body", "body = \"multipart\"  # or \"json\", or \"raw\"");
        }
        let kind = options.choice::<BodyKind>("body")?;
        match kind {
            BodyKind::Multipart => {
                let field = options.optional("field").map_or_else(|| FIELD.to_owned(), Spanned::into_inner);
                let fields = options.with("fields", read_fields).map(Spanned::into_inner).unwrap_or_default();
                Some(Self::Multipart { field, fields })
            }
            BodyKind::Json => {
                let template = options.with("template", read_template).map(Spanned::into_inner);
                if template.is_none() && options.table().get("template").is_some() {
                    return None;
                }
                Some(Self::Json { template: template.unwrap_or_else(|| json!({ "image": IMAGE })) })
            }
            BodyKind::Raw => Some(Self::Raw),
        }
    }

    /// Whether further fields can be put beside the picture.
    pub fn has_fields(&self) -> bool {
        match self {
            Self::Multipart { .. } => true,
            Self::Json { template } => template.is_object(),
            Self::Raw => false,
        }
    }

    /// In words.
    pub fn described(&self) -> &'static str {
        match self {
            Self::Multipart { .. } => "a form",
            Self::Json { .. } => "this `template`",
            Self::Raw => "the picture alone",
        }
    }

    /// Adds the body with the picture and the secret `fields`, names and values, to a request.
    pub fn put(&self, request: RequestBuilder, sent: &Sent<'_>, fields_env: &[(&str, &str)]) -> RequestBuilder {
        match self {
            Self::Multipart { field, fields } => {
                let picture = Part::bytes(sent.bytes.to_vec()).file_name(sent.file_name).mime_str(sent.mime);
                let picture = picture.expect("a valid type");
                let add = |form: Form, (name, value): (&String, &String)| form.text(name.clone(), value.clone());
                let form = fields.iter().fold(Form::new(), add);
                let add = |form: Form, (name, value): &(&str, &str)| form.text((*name).to_owned(), (*value).to_owned());
                let form = fields_env.iter().fold(form, add).part(field.clone(), picture);
                let kind = format!("multipart/form-data; boundary={}", form.boundary());
                request.header(CONTENT_TYPE, kind).body(whole(form))
            }
            Self::Json { template } => {
                let mut body = filled(template, &BASE64.encode(&sent.bytes));
                for (name, value) in fields_env {
                    body[*name] = json!(value);
                }
                request.json(&body)
            }
            Self::Raw => request.header(CONTENT_TYPE, sent.mime).body(sent.bytes.to_vec()),
        }
    }

    /// For the record.
    pub fn setting(&self) -> Json {
        match self {
            Self::Multipart { field, fields } => json!({"multipart": {"field": field, "fields": fields}}),
            Self::Json { template } => json!({"json": template}),
            Self::Raw => json!("raw"),
        }
    }
}

/// The bytes of a form. A body that is sent piece by piece hides why the connection broke: reqwest then tells that
/// nobody takes the next piece.
fn whole(form: Form) -> Vec<u8> {
    let mut bytes = Vec::new();
    form.into_reader().read_to_end(&mut bytes).expect("all parts are in memory");
    bytes
}

/// `template` with the picture in it.
fn filled(template: &Json, picture: &str) -> Json {
    match template {
        Json::String(text) => Json::String(text.replace(IMAGE, picture)),
        Json::Array(items) => items.iter().map(|item| filled(item, picture)).collect(),
        Json::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), filled(value, picture))).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => template.clone(),
    }
}

fn read_template(value: &Value<'_>) -> Result<Json, Mistake> {
    const HELP: &str = "for example `template = '{\"image\": \"{image}\", \"confidence\": 0.01}'`";
    let text: String = deserialize(value)?;
    let template: Json =
        serde_json::from_str(&text).map_err(|error| Mistake::new(format!("it is no JSON: {error}")).help(HELP))?;
    if filled(&template, "") == template {
        return Err(Mistake::new(format!("no text in it holds `{IMAGE}`, where the picture goes")).help(HELP));
    }
    if let Some(name) = literal_secret(&template) {
        return Err(secret_field(name));
    }
    Ok(template)
}

/// The name of a text in a template that is likely a secret.
fn literal_secret(template: &Json) -> Option<&str> {
    match template {
        Json::Object(entries) => entries.iter().find_map(|(name, value)| {
            let is_secret = value.as_str().is_some_and(|text| !text.is_empty() && !text.contains(IMAGE));
            if is_secret && name != "key" && is_secret_name(name) { Some(name.as_str()) } else { literal_secret(value) }
        }),
        Json::Array(items) => items.iter().find_map(literal_secret),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

fn secret_field(name: &str) -> Mistake {
    let help =
        format!("name the variable of the environment that holds it: `fields_env = {{ {name} = \"MY_API_KEY\" }}`");
    Mistake::new(format!("the value of `{name}` is a secret, which does not belong into a spec")).help(help).hidden()
}

/// Form fields are texts; numbers and booleans may be written as such.
fn read_fields(value: &Value<'_>) -> Result<BTreeMap<String, String>, Mistake> {
    let fields: BTreeMap<String, toml::Value> = deserialize(value).map_err(Mistake::hidden)?;
    if let Some((name, _)) = fields.iter().find(|(name, value)| value.is_str() && is_secret_name(name)) {
        return Err(secret_field(name));
    }
    let text = |(name, value): (String, toml::Value)| match value {
        toml::Value::String(text) => Ok((name, text)),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => Ok((name, value.to_string())),
        _ => Err(Mistake::new(format!("`{name}` is no text, number or boolean"))),
    };
    fields.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_goes_wherever_the_template_wants_it() {
        let template = json!({"instances": [{"b64": "{image}", "n": 3}], "uri": "data:image/png;base64,{image}"});
        let wanted = json!({"instances": [{"b64": "QQ==", "n": 3}], "uri": "data:image/png;base64,QQ=="});
        assert_eq!(filled(&template, "QQ=="), wanted);
    }
}
