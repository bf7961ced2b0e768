//! The spec as it counts: all layers merged, written as TOML with the place that each value comes from. Saved beside the
//! spec it is one that means the same: paths are written as they lead from there.

use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::key::{Key, Scalar, ValueShape};
use super::keys::{REPORT, SPEC};
use super::layers::{Merged, merged};
use super::relocate::relocated;
use super::table::Value;
use super::{Diagnostics, Source};
use crate::untrusted;

/// The keys of the sections of a family (`model`) that are of a kind (`onnx`).
pub type SectionKeys<'k> = &'k dyn Fn(&str, &str) -> Vec<Key>;

/// The merged spec; `keys` tells which of a section's values are paths.
///
/// # Errors
/// A text is not TOML, or the layers do not fit together.
pub fn resolved(source: &Source, keys: SectionKeys<'_>) -> Result<String, Diagnostics> {
    let Merged { root, diagnostics, .. } = merged(source)?;
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut out = String::new();
    if !root.contains_key("name") {
        let name = toml::Value::String(source.stem());
        let _infallible = writeln!(out, "name = {name}  # the file's name");
    }
    Writer { source, keys, out: &mut out }.table(&mut Vec::new(), &root);
    Ok(untrusted::toml(&out))
}

struct Writer<'w> {
    source: &'w Source,
    keys: SectionKeys<'w>,
    out: &'w mut String,
}

/// Tables whose tables are sections.
const FAMILIES: [&str; 3] = ["dataset", "model", "perturbation"];

impl Writer<'_> {
    /// The values of a table, then the tables in it under their headings.
    fn table(&mut self, path: &mut Vec<String>, table: &DeTable<'_>) {
        let (below, inline): (Vec<_>, Vec<_>) =
            in_order(table).into_iter().partition(|(key, value)| has_heading(path, key, value));
        let keys = self.keys_at(path, table);
        for (key, value) in inline {
            let shape = keys.iter().find(|known| known.name == key).map(|known| known.shape);
            let text = self.text(value, shape);
            let _infallible = writeln!(self.out, "{} = {text}  # {}", quoted(&key), origin(self.source, value));
        }
        for (key, value) in below {
            path.push(key);
            let name = path.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(".");
            let (tables, heading) = match value.get_ref() {
                DeValue::Array(items) => (items.iter().collect(), format!("[[{name}]]")),
                _ => (vec![value], format!("[{name}]")),
            };
            for value in tables {
                let DeValue::Table(table) = value.get_ref() else { continue };
                if !(path.len() == 1 && FAMILIES.contains(&path[0].as_str())) {
                    let _infallible = writeln!(self.out, "\n{heading}  # {}", origin(self.source, value));
                }
                self.table(path, table);
            }
            path.pop();
        }
    }

    /// The keys of the table at `path`, as far as any of them may be a path.
    fn keys_at(&self, path: &[String], table: &DeTable<'_>) -> Vec<Key> {
        let word = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
        match path {
            [] => SPEC.to_vec(),
            [section] if section == "report" => REPORT.to_vec(),
            [family, _] => (self.keys)(family, word("kind").or_else(|| word("format")).unwrap_or_default()),
            _ => Vec::new(),
        }
    }

    /// A value as TOML; a path as it leads from the spec's folder.
    fn text(&self, value: &Value<'_>, shape: Option<ValueShape>) -> String {
        let moved = |text: &str| {
            let is_path = shape.is_some_and(|shape| is_path(shape, text));
            let folder = self.source.part(&value.span()).resolve("");
            if is_path { relocated(text, &folder, &self.source.main().resolve("")) } else { text.to_owned() }
        };
        let value = toml::Value::deserialize(ValueDeserializer::from(value.clone()));
        value.map(|value| with_texts(value, &moved).to_string()).unwrap_or_default()
    }
}

/// Whether `text` behind a key of such a shape is a path.
fn is_path(shape: ValueShape, text: &str) -> bool {
    let is_word = |shape: &ValueShape| match shape {
        ValueShape::One(Scalar::Words(words)) | ValueShape::OneOrMany(Scalar::Words(words)) => {
            words().iter().any(|word| word.name == text)
        }
        _ => false,
    };
    match shape {
        ValueShape::One(Scalar::Path)
        | ValueShape::OneOrMany(Scalar::Path)
        | ValueShape::List { of: Scalar::Path, .. } => true,
        ValueShape::Either(shapes) => shapes.iter().any(|shape| is_path(*shape, text)) && !shapes.iter().any(is_word),
        _ => false,
    }
}

/// `value` with `change` made to it, or to the texts in its list.
fn with_texts(value: toml::Value, change: &dyn Fn(&str) -> String) -> toml::Value {
    match value {
        toml::Value::String(text) => toml::Value::String(change(&text)),
        toml::Value::Array(items) => {
            toml::Value::Array(items.into_iter().map(|item| with_texts(item, change)).collect())
        }
        other => other,
    }
}

/// Whether a value is written under a heading: the spec's own tables, its sections and its checks are.
fn has_heading(path: &[String], key: &str, value: &Value<'_>) -> bool {
    let is_table = |value: &Value<'_>| value.get_ref().is_table();
    match path {
        [] if key == "check" => value.get_ref().as_array().is_some_and(|items| items.iter().all(is_table)),
        [] => is_table(value),
        [family] => FAMILIES.contains(&family.as_str()) && is_table(value),
        _ => false,
    }
}

/// `base.toml:12`, or the option of the command line.
fn origin(source: &Source, value: &Value<'_>) -> String {
    let part = source.part(&value.span());
    let origin = if part.role.option().is_some() { part.name.clone() } else { source.place(&value.span()).to_string() };
    untrusted::name(&origin).into_owned()
}

/// In the order of the texts.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(String, &'a Value<'t>)> {
    let mut entries: Vec<(&Spanned<_>, &Value<'t>)> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (key.get_ref().to_string(), value)).collect()
}

/// A key as TOML takes it.
pub fn quoted(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { toml::Value::String(key.to_owned()).to_string() }
}
