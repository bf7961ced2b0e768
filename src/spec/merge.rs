//! How one layer of a spec comes upon another.
//!
//! Tables are merged key by key, but a section of another kind replaces the earlier one, whose options it could not use.
//! Lists of checks and of excluded cells grow; a check replaces the earlier one of the same `name`.

use std::borrow::Cow;
use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::extends::EXTENDS;
use super::table::Value;

/// Sections by family, and the keys that say of which kind one is.
const KINDS: [(&str, &[&str]); 3] =
    [("dataset", &["format"]), ("model", &["kind"]), ("perturbation", &["kind", "preset", "chain"])];

/// The family whose sections may extend each other.
pub const VARIED: &str = "model";

/// Lists that grow instead of being replaced.
pub const GROWING: [&[&str]; 2] = [&["check"], &["matrix", "exclude"]];

/// How one table comes upon another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// A file or a profile: a section of another kind replaces the earlier one.
    Layer,
    /// A single key: nothing but the key changes.
    Key,
}

impl Merge {
    /// Puts `over` upon `under`, which stands at `path`.
    pub fn table<'t>(self, under: &mut DeTable<'t>, over: DeTable<'t>, path: &mut Vec<String>) {
        for (key, value) in over {
            path.push(key.get_ref().to_string());
            self.entry(under, key, value, path);
            path.pop();
        }
    }

    fn entry<'t>(self, under: &mut DeTable<'t>, key: Spanned<Cow<'t, str>>, value: Value<'t>, path: &mut Vec<String>) {
        let span = value.span();
        let kind = if self == Self::Layer { kind_taken(under, key.get_ref(), path) } else { None };
        match (under.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut), value.into_inner()) {
            (Some(DeValue::Table(earlier)), DeValue::Table(later))
                if self == Self::Key || !is_of_another_kind(earlier, kind.as_deref(), &later, path) =>
            {
                self.table(earlier, later, path);
            }
            (Some(DeValue::Array(earlier)), DeValue::Array(later)) if is_growing(path) => grow(earlier, later),
            (_, value) => {
                under.remove(key.get_ref().as_ref());
                under.insert(key, Spanned::new(span, value));
            }
        }
    }
}

/// Whether `later` says another kind than the section `earlier` has, which may have taken its own: `taken`.
fn is_of_another_kind(earlier: &DeTable<'_>, taken: Option<&str>, later: &DeTable<'_>, path: &[String]) -> bool {
    let [family, _] = path else { return false };
    let Some((_, keys)) = KINDS.iter().find(|(name, _)| name == family) else { return false };
    let said: Vec<&&str> = keys.iter().filter(|key| later.contains_key(**key)).collect();
    let has = |key: &str, word: &str| text(earlier, key).or(taken.filter(|_| key == "kind")) == Some(word);
    !said.is_empty() && !said.iter().all(|key| text(later, key).is_some_and(|word| has(key, word)))
}

/// The kind that the model `name` of `models` takes from another.
fn kind_taken(models: &DeTable<'_>, name: &str, path: &[String]) -> Option<String> {
    let [family, _] = path else { return None };
    let mut seen: Vec<&str> = Vec::new();
    let mut name = Some(name).filter(|_| family == VARIED);
    while let Some(section) = name.filter(|name| !seen.contains(name)) {
        seen.push(section);
        let table = models.get(section)?.get_ref().as_table()?;
        if let Some(kind) = text(table, "kind") {
            return Some(kind.to_owned());
        }
        name = text(table, EXTENDS);
    }
    None
}

fn text<'a>(table: &'a DeTable<'_>, key: &str) -> Option<&'a str> {
    table.get(key)?.get_ref().as_str()
}

fn is_growing(path: &[String]) -> bool {
    GROWING.iter().any(|growing| path.iter().eq(growing.iter()))
}

/// Adds the later elements, each in the place of an earlier one of the same `name`. Two of one name in the same layer are
/// two: neither was meant to go.
fn grow<'t>(earlier: &mut DeArray<'t>, later: DeArray<'t>) {
    let name = |value: &Value<'t>| Some(value.get_ref().as_table()?.get("name")?.get_ref().as_str()?.to_owned());
    let mut named: HashMap<String, usize> = HashMap::new();
    for (at, value) in earlier.iter().enumerate() {
        if let Some(name) = name(value) {
            named.entry(name).or_insert(at);
        }
    }
    for value in later {
        match name(&value).and_then(|name| named.remove(&name)) {
            Some(at) => earlier.as_mut()[at] = value,
            None => earlier.push(value),
        }
    }
}
