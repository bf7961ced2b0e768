//! Reading one TOML table key by key: each key's mistake is collected with its place, and at the end every key that
//! nobody asked for is refused with the nearest one that exists.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Diagnostic, Diagnostics, Span};
use crate::entry::NotFound;

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
}

impl<'t> Table<'t> {
    /// Takes over a parsed table.
    #[must_use]
    pub fn new(title: impl Into<String>, span: Span, table: DeTable<'t>) -> Self {
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(key, value)| (Spanned::new(key.span(), key.into_inner().into_owned()), value))
            .collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        Self { title: title.into(), span, entries }
    }

    /// The keys and values, in the order of the text.
    #[must_use]
    pub fn entries(&self) -> &[(Spanned<String>, Value<'t>)] {
        &self.entries
    }

    /// The value of `key`.
    #[must_use]
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
    #[must_use]
    pub fn expected(what: &str, found: &Value<'_>) -> Self {
        Self::new(format!("expected {what}, found {}", type_name(found))).at(found.span())
    }
}

/// A closed set of words that a key may take.
pub trait Choice: Sized + Copy + 'static {
    /// Every word with its meaning.
    const ALL: &'static [(&'static str, Self)];

    /// The word for this value.
    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

/// Reads a [`Table`].
#[derive(Debug)]
pub struct TableReader<'s, 't, 'd> {
    table: &'s Table<'t>,
    known: Vec<&'static str>,
    /// Keys whose mistakes have been told.
    refused: Vec<&'s str>,
    diagnostics: &'d mut Diagnostics,
}

impl<'s, 't, 'd> TableReader<'s, 't, 'd> {
    /// Starts on `table`; mistakes go to `diagnostics`.
    pub fn new(table: &'s Table<'t>, diagnostics: &'d mut Diagnostics) -> Self {
        Self { table, known: Vec::new(), refused: Vec::new(), diagnostics }
    }

    /// The table's title and place.
    #[must_use]
    pub fn table(&self) -> &'s Table<'t> {
        self.table
    }

    /// The value of `key` through `read`; `None` if absent or wrong.
    pub fn with<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value<'t>) -> Result<T, Mistake>,
    ) -> Option<Spanned<T>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        match read(value) {
            Ok(parsed) => Some(Spanned::new(value.span(), parsed)),
            Err(mistake) => {
                let span = mistake.span.clone().unwrap_or_else(|| value.span());
                self.wrong(Diagnostic {
                    message: format!("`{key}` in {}: {}", self.table.title, mistake.message),
                    span,
                    label: None,
                    help: mistake.help,
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
        if self.table.get(key).is_none() {
            let message = format!("{} has no `{key}`", self.table.title);
            self.wrong(Diagnostic::new(self.table.span.clone(), message).help(format!("add `{example}`")));
        }
        self.optional(key)
    }

    /// A number within `range`.
    pub fn number(&mut self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        self.with(key, |value| {
            let number: f64 = deserialize(value)?;
            if range.contains(&number) {
                Ok(number)
            } else {
                Err(Mistake::new(format!("{number} is outside {}..={}", range.start(), range.end())))
            }
        })
        .map(Spanned::into_inner)
    }

    /// A whole number of at least 1.
    pub fn count(&mut self, key: &'static str) -> Option<usize> {
        self.with(key, |value| match deserialize::<i64>(value)? {
            number if number < 1 => Err(Mistake::new(format!("{number} is less than 1"))),
            number => usize::try_from(number).map_err(|_| Mistake::new(format!("{number} is too large"))),
        })
        .map(Spanned::into_inner)
    }

    /// One word of a closed set.
    pub fn choice<T: Choice>(&mut self, key: &'static str) -> Option<T> {
        self.spanned_choice(key).map(Spanned::into_inner)
    }

    /// As [`Self::choice`], with its place.
    pub fn spanned_choice<T: Choice>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        self.with(key, |value| {
            let word: String = deserialize(value)?;
            let known = T::ALL.iter().find(|(name, _)| *name == word);
            known.map(|(_, choice)| *choice).ok_or_else(|| {
                let not_found = NotFound::among(&word, T::ALL.iter().map(|(name, _)| *name));
                Mistake::new(format!("unknown value `{word}`")).help(match not_found.nearest {
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

    /// Whether the table has a key that was not asked for so far: what seems to be missing may be misspelt.
    #[must_use]
    pub fn has_unknown_keys(&self) -> bool {
        self.table.entries().iter().any(|(key, _)| !self.known.contains(&key.get_ref().as_str()))
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) {
        for (key, _) in self.table.entries() {
            if self.known.contains(&key.get_ref().as_str()) || self.refused.contains(&key.get_ref().as_str()) {
                continue;
            }
            let not_found = NotFound::among(key.get_ref(), self.known.iter().copied());
            let message = format!("unknown key `{}` in {}", key.get_ref(), self.table.title);
            self.diagnostics.push(Diagnostic::new(key.span(), message).help(not_found.help()));
        }
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
    T::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| Mistake {
        message: error.message().to_owned(),
        span: error.span(),
        help: None,
        is_hidden: false,
    })
}

fn type_name(value: &Value<'_>) -> String {
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
