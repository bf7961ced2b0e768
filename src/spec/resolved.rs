//! The spec as it counts: all layers merged, written as TOML with the place that each value comes from.

use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::layers::merged;
use super::table::Value;
use super::{Diagnostics, Source};

/// The merged spec.
///
/// # Errors
/// A text is not TOML, or the layers do not fit together.
pub fn resolved(source: &Source) -> Result<String, Diagnostics> {
    let (root, diagnostics) = merged(source)?;
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut out = String::new();
    write_table(&mut out, source, &mut Vec::new(), &root);
    Ok(out)
}

/// Tables whose tables are sections.
const FAMILIES: [&str; 3] = ["dataset", "model", "perturbation"];

/// The values of a table, then the tables in it under their headings.
fn write_table(out: &mut String, source: &Source, path: &mut Vec<String>, table: &DeTable<'_>) {
    let (below, inline): (Vec<_>, Vec<_>) =
        in_order(table).into_iter().partition(|(key, value)| has_heading(path, key, value));
    for (key, value) in inline {
        let _infallible = writeln!(out, "{} = {}  # {}", quoted(&key), text(value), origin(source, value));
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
                let _infallible = writeln!(out, "\n{heading}  # {}", origin(source, value));
            }
            write_table(out, source, path, table);
        }
        path.pop();
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
    if part.role.option().is_some() { part.name.clone() } else { source.place(&value.span()).to_string() }
}

/// In the order of the texts.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(String, &'a Value<'t>)> {
    let mut entries: Vec<(&Spanned<_>, &Value<'t>)> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (key.get_ref().to_string(), value)).collect()
}

fn text(value: &Value<'_>) -> String {
    toml::Value::deserialize(ValueDeserializer::from(value.clone())).map(|value| value.to_string()).unwrap_or_default()
}

/// A key as TOML takes it.
fn quoted(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { toml::Value::String(key.to_owned()).to_string() }
}
