//! The named sections of a spec, `[model.a]`: what all kinds share is read, and what seems to be misspelt is told; their options are
//! left to the kinds.

use std::fmt::Write as _;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::extends::EXTENDS;
use super::key::{Key, ValueShape};
use super::merge::VARIED;
use super::names::{NAME_HELP, check_name};
use super::table::{Table, TableReader, Value};
use super::variants::{Taken, Variant, Variants};
use super::{Diagnostic, Diagnostics, Source};
use crate::entry::nearest;

/// A named table of some kind, its options unread.
#[derive(Debug, Clone)]
pub struct Section<'t> {
    /// The name after the dot of `[model.a]`.
    pub name: Spanned<String>,
    /// The kind (a dataset's `format`), and where it stands; `None` where it is missing or wrong.
    pub kind: Option<Spanned<String>>,
    /// All keys, the kind among them.
    pub table: Table<'t>,
}

/// Names that would be taken for something else: in `on`, or among the folders of exported detections.
pub const RESERVED: [(&str, &str); 3] = [("perturbation", "clean"), ("perturbation", "all"), ("model", "labels")];

/// The sections of a family, in the order of the text; `kind` is the key of the kind, with an example where it is required.
pub fn read_sections<'t>(
    source: (&Source, &Variants),
    family: &str,
    kind: (&'static str, Option<&str>),
    sections: Option<DeTable<'t>>,
    diagnostics: &mut Diagnostics,
) -> Vec<Section<'t>> {
    let mut in_order: Vec<_> = sections.into_iter().flatten().collect();
    let names: Vec<String> = in_order.iter().map(|(name, _)| name.get_ref().to_string()).collect();
    in_order.sort_by_key(|(name, _)| name.span().start);
    in_order
        .into_iter()
        .filter_map(|(name, value)| {
            let name = Spanned::new(name.span(), name.into_inner().into_owned());
            read_section(source, (family, kind), (name, &names), value, diagnostics)
        })
        .collect()
}

fn read_section<'t>(
    (source, variants): (&Source, &Variants),
    (family, (kind_key, example)): (&str, (&'static str, Option<&str>)),
    (name, names): (Spanned<String>, &[String]),
    value: Value<'t>,
    diagnostics: &mut Diagnostics,
) -> Option<Section<'t>> {
    let title = format!("[{family}.{}]", name.get_ref());
    let span = value.span();
    let DeValue::Table(table) = value.into_inner() else {
        diagnostics.push(Diagnostic::new(span, format!("{title} must be a table")));
        return None;
    };
    if let Err(message) = check_name(name.get_ref()) {
        diagnostics.push(Diagnostic::new(name.span(), message).help(NAME_HELP));
    }
    if RESERVED.iter().any(|(of, reserved)| *of == family && reserved == name.get_ref()) {
        let message = format!("a {family} cannot be called `{}`", name.get_ref());
        diagnostics
            .push(Diagnostic::new(name.span(), message).help("the word has a meaning of its own; choose another"));
    }
    let table = Table::new(title, name.span(), table);
    let table = match variants.get(name.get_ref()).filter(|_| family == VARIED) {
        Some(Variant::Lost) => return Some(Section { name, kind: None, table }),
        Some(Variant::Whole(taken)) => with_taken(table, taken),
        None => table,
    };
    let is_variant = table.is_variant();
    let table = with_advice(table, kind_key, source);
    let keys = [Key::new(kind_key, ValueShape::TEXT, "which kind; its own file documents it")];
    let mut reader = TableReader::new(&table, &keys, diagnostics);
    let kind = match example {
        // That the other model has none is told there.
        Some(_) if is_variant => reader.optional(kind_key),
        Some(example) => refuse_misspelt(&mut reader, kind_key, (name.get_ref(), source), (family, names))
            .then(|| reader.required(kind_key, &format!("{kind_key} = \"{example}\"")))
            .flatten(),
        None => reader.optional(kind_key),
    };
    Some(Section { name, kind, table })
}

/// A section whose kind the command line sets has the keys of its earlier kind still.
fn with_advice<'t>(table: Table<'t>, kind_key: &str, source: &Source) -> Table<'t> {
    let Some(span) = table.get(kind_key).map(Spanned::span).filter(|span| !source.part(span).is_file()) else {
        return table;
    };
    let whole = table.title.replacen('[', "[profile.NAME.", 1);
    let advice = format!(
        "`{kind_key}` comes from `--set`, which leaves the section's other keys as they are: write the whole section as {whole}, \
         and take it with `--profile NAME`"
    );
    let before = table.entries().iter().map(|(key, _)| key.span().start).filter(|place| *place < span.start);
    let before = before.collect();
    table.advising(before, advice)
}

/// A section with the keys that it has from another: a mistake in one of them is told where it stands.
fn with_taken<'t>(table: Table<'t>, taken: &Taken) -> Table<'t> {
    let Taken { mut titles, kinds } = taken.clone();
    let places = titles.keys().copied().collect();
    let Some((theirs, ours)) = kinds else { return table.taking(titles) };
    let own = table.title.clone();
    for title in titles.values_mut() {
        let _infallible = write!(title, ", which {own} extends with `kind = \"{ours}\"`");
    }
    let advice =
        format!("it is a key of `kind = \"{theirs}\"`: write {own} as a section of its own, without `{EXTENDS}`");
    table.taking(titles).advising(places, advice)
}

/// Tells where the key of the kind, or the section itself, seems to be misspelt; whether neither does.
fn refuse_misspelt(
    reader: &mut TableReader<'_, '_, '_>,
    kind_key: &str,
    (name, source): (&str, &Source),
    (family, names): (&str, &[String]),
) -> bool {
    let table = reader.table();
    if table.get(kind_key).is_some() {
        return true;
    }
    let others = names.iter().map(String::as_str).filter(|other| *other != name);
    if let Some(option) = source.part(&table.span).role.option() {
        let spec = &source.main().name;
        let message = format!("`{option}` sets a key of {}, which {spec} does not have", table.title);
        let there: Vec<String> = others.clone().map(|other| format!("[{family}.{other}]")).collect();
        let there = match (nearest(name, others), there.is_empty()) {
            (Some(meant), _) => format!("did you mean [{family}.{meant}]?"),
            (None, true) => "There is none.".to_owned(),
            (None, false) => format!("There is {}.", there.join(", ")),
        };
        let help = format!("{there} Of several specs name those that have it");
        reader.wrong(Diagnostic::new(table.span.clone(), message).help(help));
        return false;
    }
    let meant = [Some(kind_key), Some(EXTENDS).filter(|_| family == VARIED)].into_iter().flatten();
    for meant in meant {
        let keys = table.entries().iter().map(|(key, _)| key.get_ref().as_str());
        let Some(key) = nearest(meant, keys) else { continue };
        let place = table.entries().iter().find(|(other, _)| other.get_ref() == key);
        let message = format!("unknown key `{key}` in {}", table.title);
        let span = place.map_or(0..0, |(key, _)| key.span());
        reader.wrong(Diagnostic::new(span, message).help(format!("did you mean `{meant}`?")));
        return false;
    }
    if let Some(other) = nearest(name, others) {
        let message = format!("{} has no `{kind_key}`", table.title);
        let help = format!("did you mean [{family}.{other}]? A section of its own needs a `{kind_key}`");
        reader.wrong(Diagnostic::new(table.span.clone(), message).help(help));
        return false;
    }
    true
}
