//! JSON as people's tools write it: what is wrong with a text said plainly, and numbers that are whole however they
//! are spelt.

mod first_wrong;

use std::fmt;

pub(crate) use first_wrong::{WrongItem, first_wrong};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Visitor};

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// A number is NaN or infinite, which Python's `json` writes and JSON does not have.
    NotFinite {
        /// `line 1 column 17`
        place: String,
    },
    /// Anything else.
    Syntax(String),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { place } => write!(f, "a number is NaN or infinite ({place})"),
            Self::Syntax(reason) => f.write_str(reason),
        }
    }
}

/// Reads a JSON text; a byte order mark is skipped.
///
/// # Errors
/// It is no JSON, or does not have the shape of `T`.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let bytes = without_mark(bytes);
    serde_json::from_slice(bytes).map_err(|error| explain(bytes, &error))
}

/// Without a byte order mark.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// What a file is that is no JSON at all, with a way out; `None` where it might be meant as JSON.
pub(crate) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let text = without_mark(bytes).trim_ascii_start();
    Some(match text {
        [] => "it is empty",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16: save it as UTF-8",
        [0x1f, 0x8b, ..] => "it is compressed: unpack it with `gunzip`",
        [b'P', b'K', 3, 4, ..] => "it is a ZIP archive: unpack it with `unzip`",
        [0x80, 2..=5, ..] => "it is a pickle of Python: write it with `json.dump`",
        [b'<', ..] => "it is XML or HTML, not JSON",
        [b'{' | b'[', rest @ ..] if matches!(rest.trim_ascii_start(), [b'\'', ..] | [b'{', b'\'', ..]) => {
            "it is what Python prints, not JSON: write it with `json.dump`"
        }
        _ if text.starts_with(b"version https://git-lfs") => {
            "it is a pointer of Git LFS: fetch the file with `git lfs pull`"
        }
        _ => return None,
    })
}

fn explain(bytes: &[u8], error: &serde_json::Error) -> JsonError {
    if let Some(kind) = other_kind(bytes) {
        return JsonError::Syntax(kind.to_owned());
    }
    let line = bytes.split(|&byte| byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let from = error.column().saturating_sub(2).min(line.len());
    let around = String::from_utf8_lossy(&line[from..line.len().min(from + 10)]).into_owned();
    if around.contains("NaN") || around.contains("Infinity") || error.to_string().contains("out of range") {
        JsonError::NotFinite { place: format!("line {} column {}", error.line(), error.column()) }
    } else if error.is_eof() || bytes.ends_with(b"-") {
        // A number of which the sign alone is left is to serde_json a wrong number, not an end.
        JsonError::Syntax(format!(
            "it ends in the middle (line {} column {}): copy or write it again",
            error.line(),
            error.column()
        ))
    } else {
        JsonError::Syntax(error.to_string())
    }
}

/// A whole number of at least 0, also where it is spelt `7.0`, as pandas writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole(pub u64);

/// `0`, `1`, `true`, `false`, `1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of at least 0")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Whole, E> {
        /// Above this, doubles are not all whole numbers.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) {
            Ok(Whole(number as u64))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(number), &self))
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Whole, E> {
        let shown: String = text.chars().take(40).collect();
        text.trim().parse().map(Whole).map_err(|_| E::custom(format!("the text {shown:?} where a number belongs")))
    }
}

/// What names something: a number or a text. A text that spells a number is that number, as some programs write one and
/// some the other; with zeros before it (`"007"`) it is a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// `7`, `7.0`, `"7"`
    Number(u64),
    /// `"frame_007"`
    Text(String),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "`{text}`"),
        }
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        match text.parse::<u64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of at least 0, or a text")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id::Number(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Id, E> {
        WholeVisitor.visit_f64(number).map(|Whole(number)| Id::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        Ok(Id::from(text))
    }
}

/// A name, also where it is a number or a truth value: `"cat"`, `0`, `true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
        Ok(Name(text.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Name, E> {
        Ok(Name(number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Name, E> {
        Ok(Name(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Name, E> {
        Ok(Name(number.to_string()))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Name, E> {
        Ok(Name(truth.to_string()))
    }
}

struct FlagVisitor;

impl Visitor<'_> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0 or 1, or a boolean")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Flag, E> {
        Ok(Flag(flag))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Flag, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Flag, E> {
        match number {
            0.0 => Ok(Flag(false)),
            1.0 => Ok(Flag(true)),
            _ => Err(E::invalid_value(de::Unexpected::Float(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_flags_are_read_however_they_are_spelt() {
        assert_eq!(from_bytes::<Vec<Whole>>(b"[7, 7.0, \"7\"]"), Ok(vec![Whole(7); 3]));
        let text = from_bytes::<Whole>(b"\"a7\"").unwrap_err().to_string();
        assert!(text.starts_with("the text \"a7\" where a number belongs"), "{text}");
        assert!(from_bytes::<Whole>(b"7.5").is_err() && from_bytes::<Whole>(b"-1").is_err());
        let flags = from_bytes::<Vec<Flag>>(b"\xef\xbb\xbf[1, 0.0, true]");
        assert_eq!(flags, Ok(vec![Flag(true), Flag(false), Flag(true)]));
        assert!(from_bytes::<Flag>(b"2").is_err());
    }

    #[test]
    fn ids_and_names_may_be_numbers_or_texts() {
        let ids = from_bytes::<Vec<Id>>(b"[7, 7.0, \"7\", \"007\", \"a\"]").unwrap();
        let texts = ["007", "a"].map(|text| Id::Text(text.to_owned()));
        assert_eq!(ids, [[Id::Number(7), Id::Number(7), Id::Number(7)].as_slice(), &texts].concat());
        assert!(from_bytes::<Id>(b"-1").is_err() && from_bytes::<Id>(b"null").is_err());
        let names = from_bytes::<Vec<Name>>(b"[\"cat\", 0, -1, 1.5, true]").unwrap();
        assert_eq!(names.into_iter().map(|name| name.0).collect::<Vec<_>>(), ["cat", "0", "-1", "1.5", "true"]);
    }

    #[test]
    fn what_python_writes_for_no_number_is_called_by_its_name() {
        assert_eq!(from_bytes::<f64>(b"NaN"), Err(JsonError::NotFinite { place: "line 1 column 1".into() }));
        assert!(matches!(from_bytes::<Vec<f64>>(b"[1, -Infinity]"), Err(JsonError::NotFinite { .. })));
        assert!(matches!(from_bytes::<f64>(b"1e999"), Err(JsonError::NotFinite { .. })));
        assert!(matches!(from_bytes::<f64>(b"{"), Err(JsonError::Syntax(_))));
    }

    #[test]
    fn what_is_no_json_is_called_by_its_name() {
        let error = |bytes: &[u8]| from_bytes::<Vec<u8>>(bytes).unwrap_err().to_string();
        for (bytes, said) in [
            (b"".as_slice(), "it is empty"),
            (b"\xff\xfe[\0", "it is UTF-16: save it as UTF-8"),
            (b"\x1f\x8b\x08", "it is compressed: unpack it with `gunzip`"),
            (b"PK\x03\x04", "it is a ZIP archive"),
            (b"\n<!DOCTYPE html>", "it is XML or HTML"),
            (b"[{'a': 1}]", "it is what Python prints"),
            (b"version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS"),
            (b"[1, 2", "it ends in the middle (line 1 column 5): copy or write it again"),
            (b"[1, 2, -", "it ends in the middle (line 1 column 8): copy or write it again"),
            (b"[1, 2,]", "trailing comma at line 1 column 7"),
        ] {
            assert!(error(bytes).starts_with(said), "{}", error(bytes));
        }
    }
}
