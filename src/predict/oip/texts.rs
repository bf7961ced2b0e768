//! Texts of tensors (`BYTES`) as bytes, each behind its length, and as JSON.

use serde_json::Value as Json;

/// The names of the type: the protocol's, and that in the description of Triton's classification extension.
pub const NAMES: [&str; 2] = ["BYTES", "STRING"];

/// A tensor of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// `shape`'s product of texts.
    pub data: Vec<String>,
}

/// Texts one after the other, each behind its length in four bytes, little-endian.
///
/// # Errors
/// One ends too early, or is not in UTF-8.
pub fn decode(mut bytes: &[u8]) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let cut = || "ends within a text".to_owned();
        let (length, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut())?;
        let (text, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        texts.push(String::from_utf8(text.to_vec()).map_err(|_| "holds a text that is not in UTF-8".to_owned())?);
        bytes = rest;
    }
    Ok(texts)
}

/// The texts of a list, which may be nested; `None` if anything in it is none.
pub fn flat(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(items) => items.iter().map(flat).collect::<Option<Vec<_>>>().map(|lists| lists.concat()),
        Json::String(text) => Some(vec![text.clone()]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_stand_behind_their_length() {
        let bytes = [&[3, 0, 0, 0][..], b"a:b", &[0; 4], &[2, 0, 0, 0], "\u{e9}".as_bytes()].concat();
        assert_eq!(decode(&bytes), Ok(vec!["a:b".to_owned(), String::new(), "\u{e9}".to_owned()]));
        for end in [1, 5, bytes.len() - 1] {
            assert_eq!(decode(&bytes[..end]), Err("ends within a text".to_owned()));
        }
        assert_eq!(decode(&[1, 0, 0, 0, 0xff]), Err("holds a text that is not in UTF-8".to_owned()));
        assert_eq!(flat(&json!([["a"], ["b"]])), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(flat(&json!(["a", 1])), None);
    }
}
