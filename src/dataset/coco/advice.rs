//! What a file is that is not read as COCO labels, and what to do: a message that names a way out that is none costs more than one
//! without.

#![expect(clippy::zero_sized_map_values, reason = "serde reads the keys of a table as those of a map")]

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};

use super::file::{RawAnnotation, RawCategory, RawImage};
use crate::dataset::DatasetError;
use crate::json::{self, JsonError, WrongItem, first_wrong, other_kind};

/// What the file should be.
const INSTANCES: &str = "COCO instances JSON";

/// Why the file at `path` cannot be read, where reading it ended in `error`.
pub fn refusal(path: &Path, bytes: &[u8], error: &JsonError) -> DatasetError {
    let (reason, help) = reason_and_help(path, bytes, error);
    DatasetError::Syntax { path: path.to_path_buf(), expected: INSTANCES, reason, help }
}

fn reason_and_help(path: &Path, bytes: &[u8], error: &JsonError) -> (String, Option<String>) {
    let with = |help: &str| (error.to_string(), Some(help.to_owned()));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => return with("a data.yaml is read by `format = \"yolo\"`, with a `split`"),
        Some("xml") => return (error.to_string(), Some(of_xml(bytes).to_owned())),
        _ => {}
    }
    if other_kind(bytes).is_some() || matches!(error, JsonError::NotFinite { .. }) {
        return (error.to_string(), None);
    }
    if let Some(list) = items(bytes) {
        return (format!("it is a list of {}", list.what), Some(list.help.to_owned()));
    }
    let is_whole = !error.to_string().starts_with("it ends in the middle");
    let Some(keys) = keys(bytes).filter(|_| !error.to_string().starts_with("duplicate field")) else {
        return (error.to_string(), is_whole.then(|| "mend the file, or let the tool write it again".to_owned()));
    };
    let has = |key: &str| keys.contains_key(key);
    let tool = TOOLS.iter().find(|(key, _)| has(key)).map(|(_, tool)| *tool);
    if let Some(tool) = tool.filter(|_| !has("images")) {
        return (format!("it is a file of {tool}"), Some("export it as COCO, and name that file in `path`".to_owned()));
    }
    if !has("images") {
        let shown: Vec<String> = keys.keys().take(5).map(|key| format!("`{key}`")).collect();
        let what = if shown.is_empty() {
            "it has no keys".to_owned()
        } else {
            format!("it has the keys {}", shown.join(", "))
        };
        return (format!("{what}, and no `images`"), Some("name the file of COCO labels in `path`".to_owned()));
    }
    if !has("categories") {
        let help =
            "add `\"categories\": [{\"id\": 1, \"name\": \"...\"}]`, of the classes that models are to be judged on";
        return ("it has no `categories`".to_owned(), Some(help.to_owned()));
    }
    let wrong = wrong::<RawImage>(bytes, "images", "image")
        .or_else(|| wrong::<RawCategory>(bytes, "categories", "category"))
        .or_else(|| wrong::<RawAnnotation>(bytes, "annotations", "annotation"));
    (wrong.unwrap_or_else(|| error.to_string()), None)
}

fn of_xml(bytes: &[u8]) -> &'static str {
    // CVAT's own format is one file of all images.
    if bytes.windows(13).take(2000).any(|window| window == b"<annotations>") {
        "CVAT's own format is not read: export it from CVAT as COCO or Pascal VOC"
    } else {
        "VOC files are read by `format = \"voc\"`, which takes their folder"
    }
}

/// Keys that only one tool writes.
const TOOLS: [(&str, &str); 4] = [
    ("_via_img_metadata", "the VGG Image Annotator"),
    ("shapes", "labelme, of one picture"),
    ("features", "GeoJSON"),
    ("samples", "FiftyOne's own format"),
];

/// The keys of a table.
type Keys = BTreeMap<String, IgnoredAny>;

/// A list that is no file of labels.
struct CocoList {
    what: &'static str,
    help: &'static str,
}

fn items(bytes: &[u8]) -> Option<CocoList> {
    let items: Vec<Keys> = json::from_bytes(bytes).ok()?;
    let has = |key: &str| items.first().is_some_and(|first| first.contains_key(key));
    Some(if has("score") && has("bbox") {
        CocoList {
            what: "results, not labels",
            help: "name the file of labels in `path`, and results in the `path` of a model of kind `precomputed`",
        }
    } else if has("data") || has("image") && has("annotations") {
        CocoList {
            what: "another tool's tasks (Label Studio, CreateML)",
            help: "export it as COCO, and name that file in `path`",
        }
    } else {
        CocoList {
            what: "objects, without `images` and `categories`",
            help: "name the file of COCO labels in `path`: a table with `images`, `annotations` and `categories`",
        }
    })
}

fn keys(bytes: &[u8]) -> Option<Keys> {
    json::from_bytes(bytes).ok()
}

/// The first item of a list that is none of its kind.
fn wrong<T: DeserializeOwned>(bytes: &[u8], list: &str, what: &str) -> Option<String> {
    let WrongItem { index, item, reason } = first_wrong::<T>(bytes, Some(list))?;
    let id = item.get("id").map(|id| format!(" (id {id})")).unwrap_or_default();
    Some(format!("{what} {index} of `{list}`{id}: {reason}"))
}
