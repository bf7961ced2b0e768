//! Which item of a list is not what it should be. serde counts lines and columns, and such files are one line of many megabytes.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::without_mark;

/// An item that is not what it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongItem {
    /// Its place in the list, from 0.
    pub index: usize,
    /// The item.
    pub item: Value,
    /// What is wrong.
    pub reason: String,
}

/// The first item of a list that is no `T`: of the list under the key `list`, or of the whole where there is none. `None` where all
/// are, where there is no such list, and where the text is no JSON.
pub fn first_wrong<T: DeserializeOwned>(bytes: &[u8], list: Option<&str>) -> Option<WrongItem> {
    let mut text = serde_json::Deserializer::from_slice(without_mark(bytes));
    Search::<T> { list, of: PhantomData }.deserialize(&mut text).ok().flatten()
}

/// What serde says without the names of Rust's types.
fn in_words(message: &str) -> String {
    let words = [
        ("expected f64", "expected a number"),
        ("expected u64", "expected a whole number of at least 0"),
        ("expected a sequence", "expected a list"),
        ("expected an array of length", "expected a list of length"),
        ("invalid type: sequence", "invalid type: a list"),
        ("invalid type: map", "invalid type: a table"),
        ("invalid type: string", "invalid type: the text"),
    ];
    words.iter().fold(message.to_owned(), |message, (from, to)| message.replace(from, to))
}

struct Search<'a, T> {
    list: Option<&'a str>,
    of: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Search<'_, T> {
    type Value = Option<WrongItem>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Search<'_, T> {
    type Value = Option<WrongItem>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or a table with lists")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut index = 0;
        let mut wrong = None;
        while wrong.is_none() && self.list.is_none() {
            let Some(item) = items.next_element::<Value>()? else { break };
            if let Err(error) = T::deserialize(&item) {
                wrong = Some(WrongItem { index, item, reason: in_words(&error.to_string()) });
            }
            index += 1;
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut wrong = None;
        while let Some(key) = map.next_key::<String>()? {
            if self.list == Some(key.as_str()) {
                wrong = map.next_value_seed(Search::<T> { list: None, of: PhantomData })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_item_is_found_in_its_list() {
        let found =
            |text: &str, list| first_wrong::<u8>(text.as_bytes(), list).map(|wrong| (wrong.index, wrong.reason));
        let (index, reason) = found("[1, 2, \"x\", -1]", None).unwrap();
        assert_eq!((index, reason.as_str()), (2, "invalid type: the text \"x\", expected u8"));
        assert_eq!(found("{\"b\": [true], \"a\": [1, -1], \"c\": 1}", Some("a")).unwrap().0, 1);
        assert_eq!(found("[1, 2]", None), None);
        assert_eq!(found("{\"b\": [true]}", Some("a")), None);
        assert_eq!(found("[1, -1", None), None);
        assert_eq!(found("7", None), None);
    }
}
