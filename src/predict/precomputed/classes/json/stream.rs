//! Rows handed on one by one as a file is read, whatever its form: a file of a thousand scores for each of 50,000 images is
//! never in memory as a tree.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::rows::{ClassRow, TakeRows};
use super::item::{Item, Names, told};
use super::scores::Told;
use crate::json::{JsonError, without_mark};
use crate::predict::precomputed::pictures::Called;

/// What a file may be, for messages.
const EXPECTED: &str = "expected a list of `{\"file_name\": \"a.jpg\", \"label\": \"cat\", \"score\": 0.9}` or of \
                        `{\"file_name\": \"a.jpg\", \"scores\": [0.9, 0.1]}`, one a line, a table with that list as \
                        `predictions`, or `{\"a.jpg\": {\"cat\": 0.9, \"dog\": 0.1}}`";

/// The keys under which a table may have its list.
const LISTS: [&str; 4] = ["predictions", "results", "annotations", "images_scores"];

/// Takes rows as they are read.
pub struct Rows<'a, T> {
    names: &'a Names,
    to: &'a mut T,
    count: usize,
    /// What is wrong with a row, where it is not its JSON.
    wrong: Option<String>,
}

impl<'a, T: TakeRows> Rows<'a, T> {
    /// None so far.
    pub fn new(names: &'a Names, to: &'a mut T) -> Self {
        Self { names, to, count: 0, wrong: None }
    }

    /// A list of rows.
    pub fn list(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = List(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    /// A table that has such a list.
    pub fn table(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = Table(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    /// A table of files.
    pub fn files(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        let mut json = serde_json::Deserializer::from_slice(without_mark(bytes));
        let read = Files(&mut self).deserialize(&mut json).and_then(|()| json.end());
        self.end(bytes, read)
    }

    /// A row a line.
    pub fn lines(mut self, bytes: &[u8]) -> Result<(), JsonError> {
        for (at, line) in without_mark(bytes).split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let item = crate::json::from_bytes::<Item>(line).map_err(|error| match error {
                JsonError::NotFinite { .. } => JsonError::NotFinite { place: format!("line {}", at + 1) },
                JsonError::Syntax(reason) => JsonError::Syntax(format!("line {}: {reason}; {EXPECTED}", at + 1)),
            })?;
            self.take(item).map_err(|what| JsonError::Syntax(format!("line {}: {what}", at + 1)))?;
        }
        self.end(bytes, Ok(()))
    }

    /// What was read, in the words of this house.
    fn end(self, bytes: &[u8], read: Result<(), serde_json::Error>) -> Result<(), JsonError> {
        match (self.wrong, read) {
            (Some(wrong), _) => Err(JsonError::Syntax(wrong)),
            (None, Err(_)) if crate::json::from_bytes::<IgnoredAny>(bytes).is_err() => {
                crate::json::from_bytes::<IgnoredAny>(bytes).map(|_| ())
            }
            (None, Err(error)) => Err(JsonError::Syntax(format!("row {}: {error}; {EXPECTED}", self.count))),
            (None, Ok(())) if self.count == 0 => {
                Err(JsonError::Syntax("it has no rows: each image has an answer".to_owned()))
            }
            (None, Ok(())) => Ok(()),
        }
    }

    fn take(&mut self, item: Item) -> Result<(), String> {
        let row = item.row(self.names)?;
        self.count += 1;
        self.to.row(row)
    }
}

struct List<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for List<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for List<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element::<Item>()? {
            let at = self.0.count;
            self.0.take(item).map_err(|what| told_apart(self.0, &at.to_string(), &what))?;
        }
        Ok(())
    }
}

/// Keeps what is wrong with a row in its own words.
fn told_apart<T, E: de::Error>(rows: &mut Rows<'_, T>, row: &str, what: &str) -> E {
    let what = format!("row {row}: {what}");
    rows.wrong = Some(what.clone());
    E::custom(what)
}

struct Table<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for Table<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for Table<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with a list of rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<(), A::Error> {
        while let Some(key) = table.next_key::<String>()? {
            if LISTS.contains(&key.as_str()) {
                table.next_value_seed(List(&mut *self.0))?;
            } else {
                table.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Files<'r, 'a, T>(&'r mut Rows<'a, T>);

impl<'de, T: TakeRows> DeserializeSeed<'de> for Files<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: TakeRows> Visitor<'de> for Files<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with the scores of each file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<(), A::Error> {
        while let Some(file_name) = table.next_key::<String>()? {
            let scores: Told = table.next_value()?;
            let called = Called { image_id: None, file_name: Some(file_name.clone()) };
            let row = told(scores, None, None, None).map(|told| ClassRow { called, told });
            let taken = row.and_then(|row| self.0.to.row(row));
            taken.map_err(|what| told_apart(self.0, &format!("`{file_name}`"), &what))?;
            self.0.count += 1;
        }
        Ok(())
    }
}
