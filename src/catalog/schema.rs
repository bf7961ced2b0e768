//! The JSON Schema (draft-07) of specs, for editors: every key with its documentation, whatever kind it belongs to.
//!
//! It says which keys there are, of which type and within which bounds. What keys mean for each other, and whether the
//! files and names that they tell exist, is left to `windtunnel check`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::shapes::{object, property, reference, table};
use crate::dataset;
use crate::entry::Entry;
use crate::perturb::{self, CHAIN, PRESET, Perturbation, SEVERITY};
use crate::predict;
use crate::spec::{Key, LAYERS, SPEC};

/// The schema as text, the same for the same program.
#[expect(clippy::missing_panics_doc, reason = "JSON can be written")]
pub fn schema() -> String {
    let mut root = table(&[SPEC, LAYERS].concat());
    // What a spec leaves out, the files that it builds on may say.
    if let Some(required) = root.remove("required") {
        root.insert("if".to_owned(), json!({ "not": { "required": ["extends"] } }));
        root.insert("then".to_owned(), json!({ "required": required }));
    }
    root.extend(object(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "windtunnel spec",
        "description": "a spec of windtunnel: datasets, models, perturbations, and the checks that gate a run",
        "definitions": definitions(),
    })));
    let mut text = serde_json::to_string_pretty(&root).expect("JSON can be written");
    text.push('\n');
    text
}

/// The sections of all kinds, by family and kind; and the keys that every perturbation shares.
fn definitions() -> Map<String, Json> {
    let mut definitions = Map::new();
    let datasets = dataset::ALL.iter().map(|format| of_kind(format.entry(), "format", &dataset::section_keys(*format)));
    add(&mut definitions, "dataset", "format", datasets.collect());
    let models = predict::ALL.iter().map(|kind| of_model(kind.entry(), &predict::section_keys(*kind)));
    add(&mut definitions, "model", "kind", models.collect());
    definitions.insert("model.variant".to_owned(), Json::Object(titled(variant(), "model", "variant")));
    let steps = perturb::ALL.iter().map(|kind| of_perturbation(kind, &perturb::step_keys(kind)));
    add(&mut definitions, "step", "kind", steps.collect());
    let kinds = perturb::ALL.iter().map(|kind| of_perturbation(kind, &perturb::section_keys(kind)));
    add(&mut definitions, "perturbation", "kind", kinds.collect());
    for (form, keys) in FORMS {
        let section = titled(table(&perturb::form_keys(keys)), "perturbation", form);
        definitions.insert(format!("perturbation.{form}"), Json::Object(section));
    }
    definitions.insert("profile".to_owned(), overlay());
    definitions.extend(perturb::SHARED.iter().map(|key| (format!("key.{}", key.name), property(key))));
    definitions
}

/// A profile: it may change single keys of any section, so that only its top is held against the spec's keys.
fn overlay() -> Json {
    let keys = SPEC.iter().map(|key| (key.name.to_owned(), json!({ "description": key.summary })));
    json!({ "type": "object", "additionalProperties": false, "properties": keys.collect::<Map<String, Json>>() })
}

/// The forms of a `[perturbation.*]` section that name no kind, by the key that each of them has.
const FORMS: [(&str, &[Key]); 2] = [("preset", PRESET), ("chain", CHAIN)];

type SchemaSection = Map<String, Json>;

/// Adds each kind of a family, and the family: by what `kind_key` says one of them. Conditions, where `oneOf` would do,
/// as validators then tell what is wrong with the kind that was meant, and not that none of all kinds fits.
fn add(definitions: &mut Map<String, Json>, family: &str, kind_key: &str, kinds: Vec<(Entry, SchemaSection)>) {
    let when = |has: Json, name: &str| json!({ "if": has, "then": reference(&format!("{family}.{name}")) });
    let is_kind = |name: &str| json!({ "properties": { kind_key: { "const": name } }, "required": [kind_key] });
    let mut choices: Vec<Json> = kinds.iter().map(|(kind, _)| when(is_kind(kind.name), kind.name)).collect();
    let names: Vec<&str> = kinds.iter().map(|(kind, _)| kind.name).collect();
    let meanings: Vec<&str> = kinds.iter().map(|(kind, _)| kind.summary).collect();
    let kind = json!({ "type": "string", "enum": names, "x-taplo": { "docs": { "enumValues": meanings } } });
    let mut choice =
        object(json!({ "type": "object", "additionalProperties": true, "properties": { kind_key: kind } }));
    if family == "perturbation" {
        choices.extend(FORMS.iter().map(|(form, _)| when(json!({ "required": [form] }), form)));
        choice.insert("anyOf".to_owned(), needed(["kind"].into_iter().chain(FORMS.map(|(form, _)| form))));
    } else if family == "model" {
        let is_variant = json!({ "required": [predict::EXTENDS.name], "not": { "required": [kind_key] } });
        choices.push(when(is_variant, "variant"));
        choice.insert("anyOf".to_owned(), needed([kind_key, predict::EXTENDS.name].into_iter()));
    } else {
        choice.insert("required".to_owned(), json!([kind_key]));
    }
    choice.insert("allOf".to_owned(), Json::Array(choices));
    definitions.insert(family.to_owned(), Json::Object(choice));
    for (kind, section) in kinds {
        definitions.insert(format!("{family}.{}", kind.name), Json::Object(titled(section, family, kind.name)));
    }
}

/// Any of `keys`.
fn needed<'a>(keys: impl Iterator<Item = &'a str>) -> Json {
    keys.map(|key| json!({ "required": [key] })).collect()
}

fn titled(mut section: SchemaSection, family: &str, name: &str) -> SchemaSection {
    section.insert("title".to_owned(), json!(format!("{family}: {name}")));
    section
}

/// A section of one kind, which it names under `kind_key`.
fn of_kind(kind: Entry, kind_key: &str, keys: &[Key]) -> (Entry, SchemaSection) {
    let mut section = table(keys);
    let name = json!({ "const": kind.name, "description": kind.summary });
    properties(&mut section).insert(kind_key.to_owned(), name);
    section.insert("description".to_owned(), json!(kind.summary));
    (kind, section)
}

/// A model of one kind: what it leaves out, the model that it extends may say.
fn of_model(kind: Entry, keys: &[Key]) -> (Entry, SchemaSection) {
    let free: Vec<Key> = keys.iter().copied().map(optional).chain([predict::EXTENDS]).collect();
    let (kind, mut section) = of_kind(kind, "kind", &free);
    let mut needs = table(&keys.iter().copied().filter(|key| key.is_required).collect::<Vec<Key>>());
    needs.retain(|word, _| word == "required" || word == "allOf");
    section.insert("if".to_owned(), json!({ "not": { "required": [predict::EXTENDS.name] } }));
    section.insert("then".to_owned(), Json::Object(needs));
    (kind, section)
}

/// A model that extends another and says no kind: it may have the keys of any. What is wrong for its kind is left to
/// `windtunnel check`.
fn variant() -> SchemaSection {
    let mut places: BTreeMap<&str, Vec<(Json, Json)>> = BTreeMap::new();
    for kind in predict::ALL {
        let place = |key: &str| reference(&format!("model.{}/properties/{key}", kind.entry().name));
        for key in predict::section_keys(*kind).iter().chain([&predict::EXTENDS]).filter(|key| key.name != "kind") {
            let (places, shape) = (places.entry(key.name).or_default(), property(key));
            if places.iter().all(|(known, _)| *known != shape) {
                places.push((shape, place(key.name)));
            }
        }
    }
    let shape = |(name, places): (&str, Vec<(Json, Json)>)| {
        let mut places: Vec<Json> = places.into_iter().map(|(_, place)| place).collect();
        let only = if places.len() == 1 { places.pop() } else { None };
        (name.to_owned(), only.unwrap_or_else(|| json!({ "anyOf": places })))
    };
    let properties: Map<String, Json> = places.into_iter().map(shape).collect();
    object(json!({ "type": "object", "additionalProperties": false, "properties": properties }))
}

fn optional(key: Key) -> Key {
    Key { is_required: false, ..key }
}

/// A section, or a step of a chain, of one kind: its strength is a severity, or values of its parameters.
fn of_perturbation(kind: &Perturbation, keys: &[Key]) -> (Entry, SchemaSection) {
    let (entry, mut section) = of_kind(kind.entry, "kind", keys);
    for key in keys.iter().filter(|key| is_shared(key)) {
        properties(&mut section).insert(key.name.to_owned(), reference(&format!("key.{}", key.name)));
    }
    if keys.iter().any(|key| key.name == SEVERITY) {
        let parameters = needed(kind.parameters.iter().map(|parameter| parameter.name));
        section.insert("oneOf".to_owned(), json!([{ "required": [SEVERITY] }, { "anyOf": parameters }]));
    }
    (entry, section)
}

/// Whether a key is the same for all kinds of perturbations, so that it is told once.
fn is_shared(key: &Key) -> bool {
    perturb::SHARED.iter().any(|shared| shared.name == key.name)
}

fn properties(section: &mut SchemaSection) -> &mut Map<String, Json> {
    section.get_mut("properties").and_then(Json::as_object_mut).expect("a table has properties")
}
