//! The scores of a row: numbers, of which a file may have thousands for each image, are read without the detour of a tree.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

/// Scores of a row: numbers, which are many, or anything else.
pub enum Told {
    Each(Vec<f64>),
    Else(Json),
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToldVisitor)
    }
}

struct ToldVisitor;

impl<'de> Visitor<'de> for ToldVisitor {
    type Value = Told;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scores of classes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Told, A::Error> {
        let mut numbers: Vec<f64> = Vec::new();
        while let Some(entry) = list.next_element::<Entry>()? {
            match entry {
                Entry::Number(number) => numbers.push(number),
                Entry::Else(first) => {
                    let mut all: Vec<Json> = numbers.into_iter().map(Json::from).chain([first]).collect();
                    while let Some(next) = list.next_element::<Json>()? {
                        all.push(next);
                    }
                    return Ok(Told::Else(Json::Array(all)));
                }
            }
        }
        Ok(Told::Each(numbers))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Told, A::Error> {
        Json::deserialize(de::value::MapAccessDeserializer::new(table)).map(Told::Else)
    }
}

/// A number, without the detour of a tree; or anything else.
enum Entry {
    Number(f64),
    Else(Json),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a score, or a class with its score")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Entry, E> {
        Ok(Entry::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Entry, E> {
        Ok(Entry::Number(number as f64))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Entry, E> {
        Ok(Entry::Number(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Entry, E> {
        Ok(text.trim().parse().map_or_else(|_| Entry::Else(Json::from(text)), Entry::Number))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Entry, E> {
        Ok(Entry::Else(Json::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Entry, A::Error> {
        Json::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Entry::Else)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Entry, A::Error> {
        Json::deserialize(de::value::MapAccessDeserializer::new(table)).map(Entry::Else)
    }
}
