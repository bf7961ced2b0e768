//! Pages of the spec's sections and of kinds: the keys of a table with their documentation, within 80 columns.

use std::fmt::Write as _;

use super::examples::example;
use super::shapes::{literal, members};
use crate::dataset;
use crate::entry::{Entry, Named, find};
use crate::perturb::{self, CHAIN, PRESET, SHARED};
use crate::predict;
use crate::slice;
use crate::spec::{CHECK, DEFAULTS, Family, Key, LAYERS, MATRIX, REPORT, SLICES, SPEC, Scalar, ValueShape};

/// Terminals are at least this wide.
const WIDTH: usize = 80;

/// The sections of a spec.
pub fn sections() -> Vec<Entry> {
    let has_keys =
        |key: &&Key| matches!(key.shape, ValueShape::Table(_) | ValueShape::Tables(_) | ValueShape::Sections(_));
    let sections = SPEC.iter().filter(has_keys).map(|key| Entry { name: key.name, summary: key.summary });
    let spec = Entry { name: "spec", summary: "the file as a whole" };
    [spec].into_iter().chain(sections).collect()
}

/// The keys of the section, dataset format or kind of model called `name`; `None` if that has none of its own.
pub fn keys_of(name: &str) -> Option<String> {
    let format = dataset::ALL.iter().find(|format| format.entry().name == name);
    let model = predict::ALL.iter().find(|kind| kind.entry().name == name);
    match (name, format, model) {
        ("spec", ..) => Some(listed(&[SPEC, LAYERS].concat())),
        ("matrix", ..) => Some(listed(MATRIX)),
        ("defaults", ..) => Some(listed(DEFAULTS)),
        ("report", ..) => Some(listed(REPORT)),
        ("slices", ..) => Some(slices()),
        ("check", ..) => Some(listed(CHECK)),
        ("dataset", ..) => Some(kinds("format", dataset::ALL.iter().map(|format| format.entry()))),
        ("model", ..) => Some(models()),
        ("perturbation", ..) => Some(perturbation()),
        (_, Some(format), _) => Some(listed(&dataset::section_keys(*format))),
        (_, _, Some(kind)) => Some(listed(&predict::section_keys(*kind))),
        (_, None, None) => None,
    }
}

/// The keys of a section of `family` (`dataset`, `model`) that is of `kind`; none where there is no such kind.
pub fn section_keys(family: &str, kind: &str) -> Vec<Key> {
    match family {
        "dataset" => find(dataset::ALL, kind).map(dataset::section_keys).unwrap_or_default(),
        "model" => find(predict::ALL, kind).map(predict::section_keys).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Every place of a spec with the keys that may stand there.
pub fn places() -> Vec<(String, Vec<Key>)> {
    let mut found: Vec<(String, Vec<Key>)> = vec![
        ("the spec".to_owned(), [SPEC, LAYERS].concat()),
        ("[defaults]".to_owned(), DEFAULTS.to_vec()),
        ("[[check]]".to_owned(), CHECK.to_vec()),
        ("[matrix]".to_owned(), MATRIX.to_vec()),
        ("[report]".to_owned(), REPORT.to_vec()),
        ("[slices]".to_owned(), SLICES.to_vec()),
        ("[model.NAME]".to_owned(), vec![predict::EXTENDS]),
        ("[perturbation.NAME]".to_owned(), [SHARED, PRESET, CHAIN].concat()),
    ];
    found.extend(dataset::ALL.iter().map(|format| {
        (format!("[dataset.NAME] with format = \"{}\"", format.entry().name), dataset::section_keys(*format))
    }));
    found.extend(
        predict::ALL
            .iter()
            .map(|kind| (format!("[model.NAME] with kind = \"{}\"", kind.entry().name), predict::section_keys(*kind))),
    );
    found
}

/// The keys called `name`, wherever they stand, with an example of each; `None` if there is none.
pub fn keys_called(name: &str) -> Option<String> {
    let mut out = String::new();
    for (place, keys) in places() {
        if let Some(key) = keys.iter().find(|key| key.name == name) {
            let _infallible = write!(out, "{}{}", wrapped(&format!("in {place}:"), 0), listed(&[*key]));
            let example = example(&place, name).unwrap_or_default();
            for line in example.lines() {
                let _infallible = writeln!(out, "      {line}");
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The kinds that a section may be of, each with keys of its own.
fn kinds(key: &str, kinds: impl Iterator<Item = Entry>) -> String {
    let mut out = wrapped(&format!("Its keys are those of its `{key}`; `windtunnel explain KIND` lists them."), 0);
    out.push('\n');
    kinds.for_each(|kind| out.push_str(&row(kind)));
    out
}

fn models() -> String {
    let kinds = kinds("kind", predict::ALL.iter().map(|kind| kind.entry()));
    let variant =
        "A section may take the keys of another model, its `kind` among them, and set only those that differ:";
    format!("{kinds}\n{}\n{}", wrapped(variant, 0), listed(&[predict::EXTENDS]))
}

fn slices() -> String {
    let attributes: String = slice::ALL.iter().map(|attribute| row(attribute.entry())).collect();
    format!("{}\n{}{attributes}", listed(SLICES), wrapped("What data are cut by:", 0))
}

fn perturbation() -> String {
    let parts = [
        (
            "A section has one of `kind`, `preset` and `chain`. With a `kind` it also takes the kind's parameters, each one \
          value or a list (`windtunnel explain KIND`), in place of `severity`, and:",
            SHARED,
        ),
        ("With a `preset`, and the keys that say how labels follow the content:", PRESET),
        ("With a `chain`, and the keys that say how labels follow the content:", CHAIN),
    ];
    let part = |(text, keys): &(&str, &[Key])| format!("{}\n{}", wrapped(text, 0), listed(keys));
    let kinds = format!("There are {} kinds; `windtunnel explain` lists them.", perturb::ALL.len());
    format!("{}\n{}", parts.iter().map(part).collect::<Vec<_>>().join("\n"), wrapped(&kinds, 0))
}

/// Keys with what may stand behind them, their default and their documentation.
fn listed(keys: &[Key]) -> String {
    let mut out = String::new();
    for key in keys {
        let default = key.default.map(|default| format!(", default {}", literal(default)));
        let need = if key.is_required { ", required" } else { "" };
        let only = key.only_with.map(|(other, word)| format!(", only with `{other} = \"{word}\"`"));
        let only = only.or_else(|| {
            let (other, words) = key.not_with?;
            Some(format!(", but not with `{other}` {}", words.join(", ")))
        });
        let only = only.or_else(|| key.task.map(|task| format!(", only with `task = \"{}\"`", task.word())));
        let (default, only) = (default.unwrap_or_default(), only.unwrap_or_default());
        out.push_str(&wrapped(&format!("  {} ({}{need}{default}{only})", key.name, label(key.shape)), 6));
        out.push_str(&wrapped(&format!("      {}", key.summary), 6));
        for word in words_of(key.shape) {
            out.push_str(&wrapped(&format!("      - {}: {}", word.name, word.summary), 8));
        }
    }
    out
}

/// The words of a key that have no pages of their own.
fn words_of(shape: ValueShape) -> Vec<Entry> {
    match shape {
        ValueShape::One(Scalar::Words(words)) | ValueShape::OneOrMany(Scalar::Words(words)) => words(),
        ValueShape::Either(shapes) => shapes.iter().flat_map(|shape| words_of(*shape)).collect(),
        ValueShape::Table([key]) => members_of(key.shape),
        ValueShape::One(_)
        | ValueShape::OneOrMany(_)
        | ValueShape::List { .. }
        | ValueShape::Pairs
        | ValueShape::Map(_)
        | ValueShape::Table(_)
        | ValueShape::Sections(_)
        | ValueShape::Tables(_)
        | ValueShape::Overlays
        | ValueShape::Steps => Vec::new(),
    }
}

fn members_of(shape: ValueShape) -> Vec<Entry> {
    if let ValueShape::One(scalar) = shape { members(scalar) } else { Vec::new() }
}

/// What may stand behind a key, in words.
fn label(shape: ValueShape) -> String {
    match shape {
        ValueShape::One(scalar) => noun(scalar),
        ValueShape::OneOrMany(scalar) => format!("{}, or a list", noun(scalar)),
        ValueShape::List { of, min, max: Some(max) } if min == max => format!("list of {min}: {}", noun(of)),
        ValueShape::List { of, max: Some(max), .. } => format!("list of up to {max}: {}", noun(of)),
        ValueShape::List { of, .. } => format!("list: {}", noun(of)),
        ValueShape::Pairs => "list of pairs of texts".to_owned(),
        ValueShape::Map(of) => {
            format!("table, each value: {}", of.iter().map(|scalar| noun(*scalar)).collect::<Vec<_>>().join(" or "))
        }
        ValueShape::Table([key]) => format!("{{ {} = ... }}", key.name),
        ValueShape::Table(_) => "table".to_owned(),
        ValueShape::Sections(_) | ValueShape::Overlays => "tables by name".to_owned(),
        ValueShape::Tables(_) => "tables".to_owned(),
        ValueShape::Steps => "list of steps: { kind = ... }".to_owned(),
        ValueShape::Either(shapes) => shapes.iter().map(|shape| label(*shape)).collect::<Vec<_>>().join(", or "),
    }
}

fn noun(scalar: Scalar) -> String {
    match scalar {
        Scalar::Text => "text".to_owned(),
        Scalar::Name => "name".to_owned(),
        Scalar::Path => "path".to_owned(),
        Scalar::Boolean => "true or false".to_owned(),
        Scalar::Integer { min, max } if min == max => format!("{min}"),
        Scalar::Integer { min, max: i64::MAX } => format!("whole number from {min}"),
        Scalar::Integer { min, max } => format!("whole number, {min}..={max}"),
        Scalar::Number { min, max } if min.is_finite() || max.is_finite() => format!("number, {min}..={max}"),
        Scalar::Number { .. } => "number".to_owned(),
        Scalar::Date => "date".to_owned(),
        Scalar::Words(_) => "word".to_owned(),
        Scalar::Member(family) => match family {
            Family::Dataset => "dataset format".to_owned(),
            Family::Model => "kind of model".to_owned(),
            Family::Perturbation => "kind of perturbation".to_owned(),
            Family::Group => "group".to_owned(),
            Family::Metric => "metric".to_owned(),
            Family::Attribute => "attribute".to_owned(),
        },
    }
}

/// A name and its summary.
pub fn row(entry: Entry) -> String {
    wrapped(&format!("  {:22} {}", entry.name, entry.summary), 25)
}

/// `text` in lines; those after the first are `indent` columns in. Spaces at the start of the first stay.
pub fn wrapped(text: &str, indent: usize) -> String {
    let start = text.len() - text.trim_start().len();
    let mut out = text[..start].to_owned();
    let mut column = start;
    let mut is_first = true;
    for word in text[start..].split(' ') {
        let width = word.chars().count();
        if !is_first && column + 1 + width > WIDTH && !word.is_empty() {
            let _infallible = write!(out, "\n{:indent$}{word}", "");
            column = indent + width;
        } else {
            let space = if is_first { "" } else { " " };
            let _infallible = write!(out, "{space}{word}");
            column += space.len() + width;
        }
        is_first = false;
    }
    out.push('\n');
    out
}
