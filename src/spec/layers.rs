//! Layers: the files of a spec, the profiles that were chosen and what the command line sets, merged into one table of
//! values that know their places.
//!
//! Later layers win, as `merge` has it. Models that extend others take their keys last of all: what a layer changes in a
//! model, it changes in the models that extend it, too.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::duplicate::first_place;
use super::extends::EXTENDS;
use super::merge::{GROWING, Merge};
use super::requires::{REQUIRES, unmet};
use super::source::{Role, Source, SourceText};
use super::table::Value;
use super::variants::{Variants, expand};
use super::version;
use super::{Diagnostic, Diagnostics, Span};
use crate::entry::NotFound;

/// The table of profiles.
pub const PROFILE: &str = "profile";

/// What a profile cannot change: what is read before profiles are.
const NOT_IN_PROFILES: [&str; 4] = [version::KEY, REQUIRES, EXTENDS, PROFILE];

/// All layers in one.
#[derive(Debug)]
pub struct Merged<'t> {
    /// The table.
    pub root: DeTable<'t>,
    /// What its models took from each other.
    pub variants: Variants,
    /// What is wrong with how it came about.
    pub diagnostics: Diagnostics,
}

/// Merges the layers of a spec.
///
/// # Errors
/// A file cannot be read, a text is not TOML, or is of a later format: only that is told then, as the rest says little.
pub fn merged(source: &Source) -> Result<Merged<'_>, Diagnostics> {
    if !source.diagnostics().is_empty() {
        return Err(source.diagnostics().clone());
    }
    let mut grammar = Diagnostics::default();
    let mut diagnostics = Diagnostics::default();
    let files: Vec<DeTable<'_>> = source.files().map(|part| parsed(part, &mut grammar)).collect();
    let sets: Vec<DeTable<'_>> = of_role(source, Role::Set).map(|part| parsed(part, &mut grammar)).collect();
    if !grammar.is_empty() {
        return Err(grammar);
    }
    let mut later = Diagnostics::default();
    files.iter().chain(&sets).filter_map(version::later).for_each(|told| later.push(told));
    if !later.is_empty() {
        // A spec that says which program it needs says more.
        files.iter().filter_map(unmet).for_each(|told| later.push(told));
        return Err(later);
    }
    files.iter().chain(&sets).for_each(|text| version::refuse_unknown(text, &mut diagnostics));
    let mut root = DeTable::new();
    for mut file in files {
        file.remove(EXTENDS);
        Merge::Layer.table(&mut root, file, &mut Vec::new());
    }
    for profile in profiles(&mut root, source, &mut diagnostics) {
        Merge::Layer.table(&mut root, profile, &mut Vec::new());
    }
    for mut set in sets {
        refuse_elements(&mut set, &mut diagnostics);
        Merge::Key.table(&mut root, set, &mut Vec::new());
    }
    for part in of_role(source, Role::Limit) {
        limit(&mut root, part);
    }
    let variants = expand(&mut root, &mut diagnostics);
    Ok(Merged { root, variants, diagnostics })
}

/// The names of the profiles that the files of a spec have; none of files that are wrong.
pub fn profile_names(source: &Source) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for file in source.files().map(|part| parsed(part, &mut Diagnostics::default())) {
        let profiles = file.get(PROFILE).and_then(|value| value.get_ref().as_table().cloned()).unwrap_or_default();
        names.extend(profiles.into_iter().map(|(name, _)| name.get_ref().to_string()));
    }
    names.sort();
    names.dedup();
    names
}

/// Tells where the command line sets what it cannot: an element of a list of checks or of excluded cells, or none of them.
fn refuse_elements(set: &mut DeTable<'_>, diagnostics: &mut Diagnostics) {
    for path in GROWING {
        let mut value = set.get(path[0]);
        for key in &path[1..] {
            value = value.and_then(|value| value.get_ref().as_table()).and_then(|table| table.get(*key));
        }
        let Some(value) = value else { continue };
        let name = path.join(".");
        let message = match value.get_ref() {
            DeValue::Array(items) if items.is_empty() => format!("`{name}=[]` removes nothing: the list only grows"),
            DeValue::Array(_) => continue,
            _ => format!("an element of `{name}` cannot be changed by `--set`"),
        };
        let help = match name.as_str() {
            "check" => {
                "choose cases with `-k GLOB`; to change a check, write a `[[profile.NAME.check]]` of the same `name`, and take \
                 it with `--profile NAME`"
            }
            _ => "write `exclude` in a `[profile.NAME.matrix]`, and take it with `--profile NAME`",
        };
        diagnostics.push(Diagnostic::new(value.span(), message).help(help));
        set.remove(path[0]);
    }
}

fn of_role(source: &Source, role: Role) -> impl Iterator<Item = &SourceText> {
    source.parts().iter().filter(move |part| part.role == role)
}

/// What TOML's grammar refuses in a text, as far as it is told: what follows goes with the first ones as a rule.
const MOST_TOLD: usize = 20;

/// A text as a table whose places count through all texts.
fn parsed<'t>(part: &'t SourceText, diagnostics: &mut Diagnostics) -> DeTable<'t> {
    let (root, errors) = DeTable::parse_recoverable(&part.text);
    for error in errors.iter().take(MOST_TOLD) {
        let diagnostic = grammar(part, error.message(), &error.span().unwrap_or(0..0));
        let is_set = part.role == Role::Set;
        diagnostics.push(if is_set { diagnostic.help("write `--set KEY=VALUE`") } else { diagnostic });
    }
    if let Some(next) = errors.get(MOST_TOLD) {
        let message = format!("not valid TOML in {} more places, from here on", errors.len() - MOST_TOLD);
        diagnostics.push(Diagnostic::new(part.global(next.span().unwrap_or(0..0)), message));
    }
    moved_table(root.into_inner(), &|span| part.global(span))
}

/// What TOML's grammar refuses at `span`; of what is written twice, both places.
fn grammar(part: &SourceText, message: &str, span: &Span) -> Diagnostic {
    let is_twice = message.contains("duplicate key");
    let Some(first) = is_twice.then(|| first_place(&part.text, span)).flatten() else {
        return Diagnostic::new(part.global(span.clone()), format!("not valid TOML: {message}"));
    };
    let line = part.text[..first.start].matches('\n').count() + 1;
    let message = format!("`{}` is written twice: first at {}:{line}, and again here", &part.text[first], part.name);
    Diagnostic::new(part.global(span.clone()), message).help("keep one of them, or give one another name")
}

fn moved_table<'t>(table: DeTable<'t>, place: &dyn Fn(Span) -> Span) -> DeTable<'t> {
    let entry = |(key, value): (Spanned<_>, Value<'t>)| {
        let span = place(key.span());
        (Spanned::new(span, key.into_inner()), moved(value, place))
    };
    table.into_iter().map(entry).collect()
}

fn moved<'t>(value: Value<'t>, place: &dyn Fn(Span) -> Span) -> Value<'t> {
    let span = place(value.span());
    let value = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(moved_table(table, place)),
        DeValue::Array(items) => DeValue::Array(items.into_iter().map(|item| moved(item, place)).collect()),
        leaf @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)) => leaf,
    };
    Spanned::new(span, value)
}

/// Takes the profiles out of the table; those that were chosen, in the order of choice.
fn profiles<'t>(root: &mut DeTable<'t>, source: &Source, diagnostics: &mut Diagnostics) -> Vec<DeTable<'t>> {
    let mut known = DeTable::new();
    if let Some(value) = root.remove(PROFILE) {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => known = table,
            _ => diagnostics
                .push(Diagnostic::new(span, format!("`{PROFILE}` must be a table")).help("write `[profile.NAME]`")),
        }
    }
    let known: Vec<(String, DeTable<'t>)> = known
        .into_iter()
        .filter_map(|(name, value)| Some((name.get_ref().to_string(), profile(&name, value, diagnostics)?)))
        .collect();
    let mut chosen = Vec::new();
    for part in of_role(source, Role::Profile) {
        match known.iter().find(|(name, _)| *name == part.text) {
            Some((_, table)) => chosen.push(table.clone()),
            None => {
                let not_found = NotFound::among(&part.text, known.iter().map(|(name, _)| name.as_str()));
                let message = format!("{} has no profile `{}`", source.main().name, part.text);
                let span = part.global(0..part.text.len());
                diagnostics.push(Diagnostic::new(span, message).help(not_found.help()));
            }
        }
    }
    chosen
}

/// A profile's table; `None` where it is none.
fn profile<'t>(
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: Value<'t>,
    diagnostics: &mut Diagnostics,
) -> Option<DeTable<'t>> {
    let DeValue::Table(table) = value.into_inner() else {
        let message = format!("[{PROFILE}.{}] must be a table", name.get_ref());
        diagnostics.push(Diagnostic::new(name.span(), message).help("it holds the keys of the spec that it changes"));
        return None;
    };
    for (key, _) in &table {
        if NOT_IN_PROFILES.contains(&key.get_ref().as_ref()) {
            let message = format!("[{PROFILE}.{}] cannot change `{}`", name.get_ref(), key.get_ref());
            diagnostics.push(Diagnostic::new(key.span(), message).help("it stands at the top of the spec"));
        }
    }
    Some(table)
}

/// `--limit`: as if every dataset had the key.
fn limit<'t>(root: &mut DeTable<'t>, part: &'t SourceText) {
    let Some(DeValue::Table(datasets)) = root.get_mut("dataset").map(Spanned::get_mut) else { return };
    let Ok(number) = DeValue::parse(&part.text) else { return };
    let span = part.global(0..part.text.len());
    for (_, dataset) in datasets.iter_mut() {
        if let DeValue::Table(dataset) = dataset.get_mut() {
            dataset.remove("limit");
            let number = Spanned::new(span.clone(), number.get_ref().clone());
            dataset.insert(Spanned::new(span.clone(), "limit".into()), number);
        }
    }
}
