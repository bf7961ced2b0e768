//! What datasets say of their images beside size and labels: the time of day, the camera, the licence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Dataset;
use crate::detection::ImageRecord;

/// Different values of a key beyond which it says something of single images, and not of groups: months are 12.
const MAX_VALUES: usize = 12;

/// The key of the folder in file names, which often is a camera, a place or a day.
const FOLDER: &str = "folder";

/// Keys, each with a value per image; `None` where an image has none.
pub type Metadata = Vec<(String, Vec<Option<String>>)>;

/// What is said of `images` in `said` (per image, or of none), and by the folders in their names. Kept are the keys that
/// part the images into groups.
pub fn metadata(images: &[ImageRecord], said: &[Map<String, Value>]) -> Metadata {
    let mut keys: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    let mut tell = |at: usize, key: String, value: String| {
        keys.entry(key).or_insert_with(|| vec![None; images.len()])[at] = Some(value);
    };
    for (at, said) in said.iter().enumerate().take(images.len()) {
        for (key, value) in said {
            match value {
                Value::Object(inner) => {
                    let texts = inner.iter().filter_map(|(name, value)| Some((format!("{key}.{name}"), text(value)?)));
                    texts.for_each(|(key, value)| tell(at, key, value));
                }
                value => text(value).into_iter().for_each(|value| tell(at, key.clone(), value)),
            }
        }
    }
    for (at, image) in images.iter().enumerate() {
        let name = image.file_name.replace('\\', "/");
        if let Some((folder, _)) = name.rsplit_once('/') {
            tell(at, FOLDER.to_owned(), folder.to_owned());
        }
    }
    let mut metadata: Metadata = keys.into_iter().collect();
    metadata.retain(|(_, values)| parts(values));
    metadata
}

/// The same for those images (positions, rising) that are kept.
pub fn sampled(dataset: &mut Dataset, kept: &[usize]) {
    for (_, values) in &mut dataset.metadata {
        *values = kept.iter().map(|&at| values[at].clone()).collect();
    }
    dataset.metadata.retain(|(_, values)| parts(values));
}

fn parts(values: &[Option<String>]) -> bool {
    let different: BTreeSet<&String> = values.iter().flatten().collect();
    (2..=MAX_VALUES).contains(&different.len())
}

/// Words, whole numbers and flags; lists and fractions do not name groups.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then_some(text)
        }
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_part_images_into_groups_are_kept() {
        let image = |(id, name): (u64, &str)| ImageRecord {
            id,
            file_name: name.to_owned(),
            path: name.into(),
            width: 1,
            height: 1,
            framing: None,
        };
        let images: Vec<ImageRecord> = (0..).zip(["a/1.png", "a/2.png", r"b\c\3.png"]).map(image).collect();
        let said = [
            json!({ "licence": 1, "seen": "x1", "all": true, "extra": { "weather": "rain" } }),
            json!({ "licence": 2, "seen": "x2", "all": true, "extra": { "weather": " light  rain" } }),
            json!({ "licence": 2.5, "all": true, "extra": {}, "list": [1] }),
        ];
        let said: Vec<Map<String, Value>> = said.iter().map(|said| said.as_object().unwrap().clone()).collect();
        let some = |texts: [&str; 3]| texts.map(|text| (!text.is_empty()).then(|| text.to_owned())).to_vec();
        let expected = [
            ("extra.weather", some(["rain", "light rain", ""])),
            ("folder", some(["a", "a", "b/c"])),
            ("licence", some(["1", "2", ""])),
            ("seen", some(["x1", "x2", ""])),
        ];
        assert_eq!(metadata(&images, &said), expected.map(|(key, values)| (key.to_owned(), values)));
    }
}
