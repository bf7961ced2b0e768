//! JSON Schema (draft-07) of tables, keys and values.

use serde_json::{Map, Value as Json, json};

use crate::entry::{Entry, Named};
use crate::metric;
use crate::perturb::Group;
use crate::slice;
use crate::spec::{Family, Key, Literal, NAME_PATTERN, Scalar, ValueShape, words};

/// Where the definition `name` is.
pub fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A table with `keys` and no others.
pub fn table(keys: &[Key]) -> Map<String, Json> {
    let mut table = object(json!({ "type": "object", "additionalProperties": false }));
    let properties: Map<String, Json> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    table.insert("properties".to_owned(), Json::Object(properties));
    // The task stands in another table than the keys of one task alone.
    let is_needed = |key: &&Key| key.is_required && is_free(key) && key.task.is_none();
    let required: Vec<&str> = keys.iter().filter(is_needed).map(|key| key.name).collect();
    if !required.is_empty() {
        table.insert("required".to_owned(), json!(required));
    }
    let conditions: Vec<Json> = keys.iter().filter_map(condition).collect();
    if !conditions.is_empty() {
        table.insert("allOf".to_owned(), Json::Array(conditions));
    }
    table
}

/// Whether a key is allowed whatever the others are.
fn is_free(key: &Key) -> bool {
    key.only_with.is_none() && key.not_with.is_none()
}

/// A key that is allowed with a word of another alone, or but with some, and perhaps needed there.
fn condition(key: &Key) -> Option<Json> {
    if let Some((other, words)) = key.not_with {
        let is_so = json!({ "properties": { other: { "enum": words } }, "required": [other] });
        let needed: &[&str] = if key.is_required { &[key.name] } else { &[] };
        return Some(json!({
            "if": is_so,
            "then": { "properties": { key.name: false } },
            "else": { "required": needed },
        }));
    }
    let (other, word) = key.only_with?;
    let is_so = json!({ "properties": { other: { "const": word } }, "required": [other] });
    let mut condition = object(json!({ "if": is_so, "else": { "properties": { key.name: false } } }));
    if key.is_required {
        condition.insert("then".to_owned(), json!({ "required": [key.name] }));
    }
    Some(Json::Object(condition))
}

/// A key, documented.
pub fn property(key: &Key) -> Json {
    let mut property = object(shape(key.shape));
    let listed = listed(key.shape);
    let words = listed.iter().map(|entry| format!("\n- `{}`: {}", entry.name, entry.summary));
    let only = key.only_with.map(|(other, word)| format!(" (with `{other} = \"{word}\"`)"));
    let only = only.or_else(|| key.task.map(|task| format!(" (with `task = \"{}\"`)", task.word())));
    let description = format!("{}{}{}", key.summary, only.unwrap_or_default(), words.collect::<String>());
    property.insert("description".to_owned(), json!(description));
    if let Some(default) = key.default {
        property.insert("default".to_owned(), literal(default));
    }
    Json::Object(property)
}

/// The words of a shape's closed sets.
fn listed(shape: ValueShape) -> Vec<Entry> {
    match shape {
        ValueShape::One(scalar) | ValueShape::OneOrMany(scalar) | ValueShape::List { of: scalar, .. } => {
            members(scalar)
        }
        ValueShape::Either(shapes) => shapes.iter().flat_map(|shape| listed(*shape)).collect(),
        ValueShape::Pairs
        | ValueShape::Map(_)
        | ValueShape::Table(_)
        | ValueShape::Sections(_)
        | ValueShape::Tables(_)
        | ValueShape::Overlays
        | ValueShape::Steps => Vec::new(),
    }
}

/// The words that a value may be, where the set is closed; the kinds of sections are told section by section.
pub fn members(scalar: Scalar) -> Vec<Entry> {
    match scalar {
        Scalar::Words(words) => words(),
        Scalar::Member(Family::Metric) => {
            // Metrics of two tasks may have one name.
            let mut entries: Vec<Entry> = Vec::new();
            for entry in metric::ALL.iter().map(|metric| metric.entry()) {
                if entries.iter().all(|other| other.name != entry.name) {
                    entries.push(entry);
                }
            }
            entries
        }
        Scalar::Member(Family::Group) => words::<Group>(),
        Scalar::Member(Family::Attribute) => slice::ALL.iter().map(|attribute| attribute.entry()).collect(),
        Scalar::Member(Family::Dataset | Family::Model | Family::Perturbation)
        | Scalar::Text
        | Scalar::Name
        | Scalar::Path
        | Scalar::Boolean
        | Scalar::Integer { .. }
        | Scalar::Number { .. }
        | Scalar::Date => Vec::new(),
    }
}

fn shape(shape: ValueShape) -> Json {
    match shape {
        ValueShape::One(of) => scalar(of),
        ValueShape::OneOrMany(of) => json!({ "anyOf": [scalar(of), list(&scalar(of), 1, None)] }),
        ValueShape::List { of, min, max } => list(&scalar(of), min, max),
        ValueShape::Pairs => list(&list(&scalar(Scalar::Text), 2, Some(2)), 0, None),
        ValueShape::Map([of]) => json!({ "type": "object", "additionalProperties": scalar(*of), "minProperties": 1 }),
        ValueShape::Map(several) => {
            let values: Vec<Json> = several.iter().map(|of| scalar(*of)).collect();
            json!({ "type": "object", "additionalProperties": { "anyOf": values } })
        }
        ValueShape::Table(keys) => Json::Object(table(keys)),
        ValueShape::Sections(family) => sections(family),
        ValueShape::Tables(keys) => list(&Json::Object(table(keys)), 1, None),
        ValueShape::Steps => list(&reference("step"), 1, None),
        ValueShape::Overlays => json!({ "type": "object", "additionalProperties": reference("profile") }),
        ValueShape::Either(shapes) => {
            let shapes: Vec<Json> = shapes.iter().map(|of| self::shape(*of)).collect();
            json!({ "anyOf": shapes })
        }
    }
}

fn sections(family: Family) -> Json {
    let of = match family {
        Family::Dataset => "dataset",
        Family::Model => "model",
        Family::Perturbation => "perturbation",
        Family::Group | Family::Metric | Family::Attribute => unreachable!("it is a family of words, not of sections"),
    };
    let reserved = crate::spec::RESERVED.iter().filter(|(family, _)| *family == of).map(|(_, name)| *name);
    let reserved: Vec<&str> = reserved.collect();
    let mut names = object(json!({ "pattern": NAME_PATTERN }));
    if !reserved.is_empty() {
        names.insert("not".to_owned(), json!({ "enum": reserved }));
    }
    json!({ "type": "object", "propertyNames": names, "additionalProperties": reference(of) })
}

fn list(of: &Json, min: usize, max: Option<usize>) -> Json {
    let mut list = object(json!({ "type": "array", "items": of }));
    if min > 0 {
        list.insert("minItems".to_owned(), json!(min));
    }
    if let Some(max) = max {
        list.insert("maxItems".to_owned(), json!(max));
    }
    Json::Object(list)
}

fn scalar(scalar: Scalar) -> Json {
    match scalar {
        Scalar::Text | Scalar::Path | Scalar::Member(Family::Dataset | Family::Model | Family::Perturbation) => {
            json!({ "type": "string" })
        }
        Scalar::Name => json!({ "type": "string", "pattern": NAME_PATTERN }),
        Scalar::Boolean => json!({ "type": "boolean" }),
        Scalar::Integer { min, max } if min == max => json!({ "type": "integer", "const": min }),
        Scalar::Integer { min, max } => {
            bounded("integer", (min != i64::MIN).then(|| json!(min)), (max != i64::MAX).then(|| json!(max)))
        }
        Scalar::Number { min, max } => {
            bounded("number", min.is_finite().then(|| number(min)), max.is_finite().then(|| number(max)))
        }
        Scalar::Date => json!({ "type": "string", "format": "date" }),
        Scalar::Words(_) | Scalar::Member(Family::Metric | Family::Group | Family::Attribute) => {
            let words = members(scalar);
            let (names, meanings): (Vec<_>, Vec<_>) = words.iter().map(|entry| (entry.name, entry.summary)).unzip();
            // Taplo's own key: what completion shows beside each word.
            json!({ "type": "string", "enum": names, "x-taplo": { "docs": { "enumValues": meanings } } })
        }
    }
}

fn bounded(kind: &str, min: Option<Json>, max: Option<Json>) -> Json {
    let mut bounded = object(json!({ "type": kind }));
    bounded.extend(min.map(|min| ("minimum".to_owned(), min)));
    bounded.extend(max.map(|max| ("maximum".to_owned(), max)));
    Json::Object(bounded)
}

/// A default as JSON.
pub fn literal(literal: Literal) -> Json {
    match literal {
        Literal::Text(text) => json!(text),
        Literal::Integer(whole) => json!(whole),
        Literal::Number(value) => number(value),
        Literal::Boolean(value) => json!(value),
    }
}

/// Whole numbers without `.0`.
fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}

/// The entries of a JSON object.
pub fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(entries) => entries,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            unreachable!("a schema is an object")
        }
    }
}
