//! Reading one TOML table key by key: each key's mistake is collected with its place, and at the end every key that
//! nobody asked for is refused with the nearest one that exists.
//!
//! What may be asked for, and within which bounds, stands in the table's [`Key`]s, which are also its documentation: a
//! reader that asks for another key, or never for one of them, is a bug that every debug build shows.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::key::{Key, Scalar, ValueShape};
use super::one_value;
use super::{Choice, Diagnostic, Diagnostics, Span};
use crate::entry::NotFound;
use crate::task::Task;

/// A TOML value that knows its place.
pub type Value<'t> = Spanned<DeValue<'t>>;

/// A table of the spec that nobody has read yet.
#[derive(Debug, Clone)]
pub struct Table<'t> {
    /// How to call it in messages: `[model.a]`.
    pub title: String,
    /// Where its name stands.
    pub span: Span,
    entries: Vec<(Spanned<String>, Value<'t>)>,
    /// For keys that were taken from another section, by where they stand: the title of that section.
    taken: HashMap<usize, String>,
    /// For keys that stand at these places and are not known: what may have brought them there, and the way out.
    advice: Option<(HashSet<usize>, String)>,
}

impl<'t> Table<'t> {
    /// Takes over a parsed table.
    pub fn new(title: impl Into<String>, span: Span, table: DeTable<'t>) -> Self {
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(key, value)| (Spanned::new(key.span(), key.into_inner().into_owned()), value))
            .collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        Self { title: title.into(), span, entries, taken: HashMap::new(), advice: None }
    }

    /// The same, with advice on unknown keys that stand at `places`.
    #[must_use]
    pub fn advising(self, places: HashSet<usize>, advice: String) -> Self {
        Self { advice: Some((places, advice)), ..self }
    }

    /// The same, with keys that were taken from other sections: where each stands, and the title of its section.
    #[must_use]
    pub fn taking(self, taken: HashMap<usize, String>) -> Self {
        Self { taken, ..self }
    }

    /// Whether any key was taken from another section.
    pub fn is_variant(&self) -> bool {
        !self.taken.is_empty()
    }

    /// How to call the section that `key` stands in.
    fn title_of(&self, key: &str) -> &str {
        let place = self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(name, _)| name.span().start);
        place.and_then(|place| self.taken.get(&place)).unwrap_or(&self.title)
    }

    /// The keys and values, in the order of the text.
    pub fn entries(&self) -> &[(Spanned<String>, Value<'t>)] {
        &self.entries
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value<'t>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }
}

/// A value that a key cannot take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong with it.
    pub message: String,
    /// Where, if narrower than the whole value.
    pub span: Option<Span>,
    /// The way out.
    pub help: Option<String>,
    /// Whether the value must not be shown: it may be a secret.
    pub is_hidden: bool,
}

impl Mistake {
    /// A mistake about the whole value.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, help: None, is_hidden: false }
    }

    /// Narrows the mistake to `span`.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Keeps the value out of every excerpt.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    /// `expected a number, found a string`.
    pub fn expected(what: &str, found: &Value<'_>) -> Self {
        Self::new(format!("expected {what}, found {}", type_name(found))).at(found.span())
    }
}

/// Reads a [`Table`].
#[derive(Debug)]
pub struct TableReader<'s, 't, 'd> {
    table: &'s Table<'t>,
    keys: &'s [Key],
    /// Keys that were asked for.
    known: Vec<&'static str>,
    /// Keys whose mistakes have been told.
    refused: Vec<&'s str>,
    /// Keys that may be missing although they are documented as required.
    spared: Vec<&'static str>,
    /// What the models of the spec are asked for.
    task: Task,
    /// How many mistakes there were before.
    before: usize,
    diagnostics: &'d mut Diagnostics,
}

impl<'s, 't, 'd> TableReader<'s, 't, 'd> {
    /// Starts on `table`, of which `keys` are to be read; mistakes go to `diagnostics`.
    pub fn new(table: &'s Table<'t>, keys: &'s [Key], diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            table,
            keys,
            known: Vec::new(),
            refused: Vec::new(),
            spared: Vec::new(),
            task: Task::default(),
            before: diagnostics.len(),
            diagnostics,
        }
    }

    /// The same for a spec of `task`: keys that are of another task alone are refused.
    #[must_use]
    pub fn of(mut self, task: Task) -> Self {
        self.task = task;
        let (table, keys) = (self.table, self.keys);
        for key in keys.iter().filter(|key| !key.is_of(task)) {
            let (Some(value), Some(own)) = (table.get(key.name), key.task) else { continue };
            let message = format!(
                "`{}` in {} has a meaning for `task = \"{}\"` alone, and `{}` is asked for",
                key.name,
                table.title_of(key.name),
                own.word(),
                task.word()
            );
            let help = format!("leave it out; it says: {}", key.summary);
            self.refuse(key.name, Diagnostic::new(value.span(), message).help(help));
        }
        self
    }

    /// What the models of the spec are asked for.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The table's title and place.
    pub fn table(&self) -> &'s Table<'t> {
        self.table
    }

    /// The value of `key` through `read`; `None` if absent or wrong.
    pub fn with<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value<'t>) -> Result<T, Mistake>,
    ) -> Option<Spanned<T>> {
        debug_assert!(self.key(key).is_some(), "`{key}` of {} is not documented", self.table.title);
        self.known.push(key);
        let value = self.table.get(key).filter(|_| self.key(key).is_none_or(|key| key.is_of(self.task)))?;
        match read(value) {
            Ok(parsed) => Some(Spanned::new(value.span(), parsed)),
            Err(mistake) => {
                let span = mistake.span.clone().unwrap_or_else(|| value.span());
                self.wrong(Diagnostic {
                    message: format!("`{key}` in {}: {}", self.table.title_of(key), mistake.message),
                    span,
                    label: None,
                    help: mistake.help.or_else(|| one_value::help(&self.table.title, self.key(key)?, value)),
                    hidden: mistake.is_hidden.then(|| value.span()),
                });
                None
            }
        }
    }

    /// The value of `key` as any serde type; `None` if absent or wrong.
    pub fn optional<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        self.with(key, deserialize)
    }

    /// As [`Self::optional`], but an absent key is a mistake; `example` shows how to write it.
    pub fn required<T: DeserializeOwned>(&mut self, key: &'static str, example: &str) -> Option<Spanned<T>> {
        self.required_with(key, example, deserialize)
    }

    /// As [`Self::with`], but an absent key is a mistake; `example` shows how to write it.
    pub fn required_with<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&Value<'t>) -> Result<T, Mistake>,
    ) -> Option<Spanned<T>> {
        if self.table.get(key).is_none() {
            let message = format!("{} has no `{key}`", self.table.title);
            self.wrong(Diagnostic::new(self.table.span.clone(), message).help(format!("add `{example}`")));
        }
        self.with(key, read)
    }

    /// A number within the bounds of its key.
    pub fn number(&mut self, key: &'static str) -> Option<f64> {
        let Some(ValueShape::One(Scalar::Number { min, max })) = self.key(key).map(|key| key.shape) else {
            unreachable!("`{key}` of {} is documented as something else than a number", self.table.title)
        };
        self.with(key, |value| match deserialize(value)? {
            number if (min..=max).contains(&number) => Ok(number),
            number => Err(Mistake::new(format!("{number} is outside {min}..={max}"))),
        })
        .map(Spanned::into_inner)
    }

    /// A whole number within the bounds of its key.
    pub fn integer<T: TryFrom<i64>>(&mut self, key: &'static str) -> Option<T> {
        self.spanned_integer(key).map(Spanned::into_inner)
    }

    /// As [`Self::integer`], with its place.
    pub fn spanned_integer<T: TryFrom<i64>>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        let Some(ValueShape::One(Scalar::Integer { min, max })) = self.key(key).map(|key| key.shape) else {
            unreachable!("`{key}` of {} is documented as something else than a whole number", self.table.title)
        };
        self.with(key, |value| {
            let number = deserialize(value)?;
            let allowed = T::try_from(number).ok().filter(|_| (min..=max).contains(&number));
            allowed.ok_or_else(|| Mistake::new(outside(number, min, max)))
        })
    }

    /// One word of a closed set.
    pub fn choice<T: Choice>(&mut self, key: &'static str) -> Option<T> {
        self.spanned_choice(key).map(Spanned::into_inner)
    }

    /// As [`Self::choice`], with its place.
    pub fn spanned_choice<T: Choice>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        debug_assert!(
            self.documents_words(key, T::ALL),
            "`{key}` of {} is documented with other words",
            self.table.title
        );
        self.with(key, |value| {
            let word: String = deserialize(value)?;
            let known = T::ALL.iter().find(|(name, _)| *name == word);
            known.map(|(_, choice)| *choice).ok_or_else(|| {
                let not_found = NotFound::among(&word, T::ALL.iter().map(|(name, _)| *name));
                Mistake::new(format!("unknown value `{word}`")).help(match not_found.nearest {
                    _ if !not_found.related.is_empty() => not_found.help(),
                    Some(ref nearest) => format!("did you mean \"{nearest}\"? It can be {}", quoted(&not_found.all)),
                    None => format!("it can be {}", quoted(&not_found.all)),
                })
            })
        })
    }

    /// Notes a mistake about this table that no single key shows.
    pub fn wrong(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes a mistake about a key that [`Self::finish`] would not know.
    pub fn refuse(&mut self, key: &'s str, diagnostic: Diagnostic) {
        self.refused.push(key);
        self.wrong(diagnostic);
    }

    /// Lets a key be missing that is otherwise required.
    pub fn spare(&mut self, key: &'static str) {
        self.spared.push(key);
    }

    /// Whether the table has a key that was not asked for so far: what seems to be missing may be misspelt.
    pub fn has_unknown_keys(&self) -> bool {
        self.table.entries().iter().any(|(key, _)| !self.known.contains(&key.get_ref().as_str()))
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) {
        debug_assert_eq!(self.overlooked(), None, "a key of {} is documented and not read", self.table.title);
        for (key, _) in self.table.entries() {
            if self.known.contains(&key.get_ref().as_str()) || self.refused.contains(&key.get_ref().as_str()) {
                continue;
            }
            let help = match &self.table.advice {
                Some((places, advice)) if places.contains(&key.span().start) => advice.clone(),
                Some(_) | None => NotFound::among(key.get_ref(), self.known.iter().copied()).help(),
            };
            let message = format!("unknown key `{}` in {}", key.get_ref(), self.table.title_of(key.get_ref()));
            self.diagnostics.push(Diagnostic::new(key.span(), message).help(help));
        }
    }

    /// The documentation of `key`.
    fn key(&self, key: &str) -> Option<&'s Key> {
        self.keys.iter().find(|known| known.name == key)
    }

    fn documents_words<T>(&self, key: &str, words: &[(&'static str, T)]) -> bool {
        let Some(ValueShape::One(Scalar::Words(documented))) = self.key(key).map(|key| key.shape) else { return false };
        documented().iter().map(|entry| entry.name).eq(words.iter().map(|(word, _)| *word))
    }

    /// A documented key that was never asked for, or is missed by nobody; a reader that told a mistake may have stopped.
    fn overlooked(&self) -> Option<&'static str> {
        let is_word = |(key, word)| self.table.get(key).and_then(|value| value.get_ref().as_str()) == Some(word);
        let is_asked_for =
            |key: &Key| self.known.contains(&key.name) || !key.only_with.is_none_or(is_word) || !key.is_of(self.task);
        let is_left_out = |(key, words): (&str, &[&str])| {
            self.table.get(key).and_then(|value| value.get_ref().as_str()).is_some_and(|word| words.contains(&word))
        };
        let is_needed = |key: &Key| {
            let is_spared = self.spared.contains(&key.name) || key.not_with.is_some_and(is_left_out);
            key.is_required && key.is_of(self.task) && !is_spared
        };
        let is_missing = |key: &Key| is_needed(key) && self.table.get(key.name).is_none() && !self.has_unknown_keys();
        let is_complete = self.diagnostics.len() == self.before;
        let overlooked = self.keys.iter().find(|key| !is_asked_for(key) || is_missing(key));
        overlooked.filter(|_| is_complete).map(|key| key.name)
    }
}

/// One value, or an array of them: `"a"` or `["a", "b"]`. An empty array is a mistake.
///
/// # Errors
/// An element is of the wrong type, or there is none.
pub fn list_of<T: DeserializeOwned>(value: &Value<'_>) -> Result<Vec<Spanned<T>>, Mistake> {
    match value.get_ref() {
        DeValue::Array(items) if items.is_empty() => Err(Mistake::new("the list is empty")),
        DeValue::Array(items) => items.iter().map(spanned).collect(),
        _ => Ok(vec![spanned(value)?]),
    }
}

fn spanned<T: DeserializeOwned>(value: &Value<'_>) -> Result<Spanned<T>, Mistake> {
    Ok(Spanned::new(value.span(), deserialize(value)?))
}

/// A value as any serde type.
///
/// # Errors
/// It is of another type.
pub fn deserialize<T: DeserializeOwned>(value: &Value<'_>) -> Result<T, Mistake> {
    let is_bare = !matches!(value.get_ref(), DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_));
    T::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| Mistake {
        message: in_words(error.message()),
        span: error.span(),
        help: (is_bare && error.message().ends_with("expected a string")).then(|| "write it in quotes".to_owned()),
        is_hidden: false,
    })
}

fn outside(number: i64, min: i64, max: i64) -> String {
    match (number < min, max) {
        (true, i64::MAX) => format!("{number} is less than {min}"),
        (_, i64::MAX) => format!("{number} is too large"),
        _ => format!("{number} is outside {min}..={max}"),
    }
}

/// A message of serde without the names of Rust's types.
fn in_words(message: &str) -> String {
    let words = [
        ("expected i64", "expected an integer"),
        ("expected u64", "expected an integer of at least 0"),
        ("expected f64", "expected a number"),
        ("expected usize", "expected an integer of at least 0"),
        ("invalid type: sequence", "invalid type: a list"),
        ("invalid type: map", "invalid type: a table"),
    ];
    words.iter().fold(message.to_owned(), |message, (from, to)| message.replace(from, to))
}

/// What kind of value it is, with its article.
pub fn type_name(value: &Value<'_>) -> String {
    let (article, noun) = match value.get_ref() {
        DeValue::String(_) => ("a", "string"),
        DeValue::Integer(_) => ("an", "integer"),
        DeValue::Float(_) => ("a", "float"),
        DeValue::Boolean(_) => ("a", "boolean"),
        DeValue::Datetime(_) => ("a", "date"),
        DeValue::Array(_) => ("an", "array"),
        DeValue::Table(_) => ("a", "table"),
    };
    format!("{article} {noun}")
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
