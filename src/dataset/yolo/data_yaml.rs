//! `data.yaml`: classes, splits and the root of a YOLO dataset (docs.ultralytics.com/datasets/detect).

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use yaml_rust2::{Yaml, YamlLoader};

use super::outline::DataYaml;
use super::{darknet, yaml_size};
use crate::dataset::files::{clean_path, read_text};
use crate::dataset::{DatasetError, Seen};
use crate::file;

/// What the file is called in messages.
const EXPECTED: &str = "a YOLO data.yaml";

/// Keys that are no splits.
const OTHER_KEYS: [&str; 10] =
    ["path", "names", "nc", "download", "roboflow", "kpt_shape", "flip_idx", "yaml_file", "channels", "colors"];

/// Reads the file, or what stands in its place.
///
/// # Errors
/// It cannot be read, is no YAML, or its classes contradict each other.
pub fn read(path: &Path) -> Result<DataYaml, DatasetError> {
    if darknet::is_data(path) {
        return darknet::read_data(path);
    }
    if darknet::is_classes(path) {
        return darknet::read_classes(path);
    }
    let text = read_text(path, EXPECTED, file::MOST_OF_A_TEXT)?;
    let syntax =
        |reason: String| DatasetError::Syntax { path: path.to_path_buf(), expected: EXPECTED, reason, help: None };
    yaml_size::check(&text).map_err(syntax)?;
    let documents = YamlLoader::load_from_str(&text).map_err(|error| syntax(error.to_string()))?;
    let root = documents.into_iter().next().unwrap_or(Yaml::Null);
    let Yaml::Hash(keys) = &root else { return Err(syntax("it has no keys".to_owned())) };
    let wrong = |finding: String| DatasetError::Content {
        path: path.to_path_buf(),
        findings: vec![finding],
        seen: Seen::default(),
    };
    let mut notes = Vec::new();
    let names = match numbered(&root) {
        Some(numbered) => {
            notes.push(format!("no `names`: the {} classes are called class_0, class_1, ...", numbered.len()));
            numbered
        }
        None => names(&root["names"]).map_err(wrong)?,
    };
    check_count(&root["nc"], names.len()).map_err(wrong)?;
    let keypoint_values = keypoint_values(&root["kpt_shape"]).map_err(wrong)?;
    let splits = keys.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value)));
    let splits = splits.filter(|(key, _)| !OTHER_KEYS.contains(&key.as_str()));
    Ok(DataYaml {
        folder: path.parent().map(clean_path).unwrap_or_default(),
        root: root["path"].as_str().map(ToOwned::to_owned),
        names,
        keypoint_values,
        splits: splits.map(|(key, value)| (key, sources(value))).filter(|(_, s)| !s.is_empty()).collect(),
        text,
        notes,
    })
}

/// A path, or a list of paths; what is neither names no images.
fn sources(value: &Yaml) -> Vec<String> {
    let paths = value.as_vec().map_or(std::slice::from_ref(value), Vec::as_slice);
    paths.iter().filter_map(Yaml::as_str).filter(|path| !path.trim().is_empty()).map(ToOwned::to_owned).collect()
}

/// The most classes that are given names by their number.
const MOST_NUMBERED: i64 = 100_000;

/// The names that Ultralytics gives to classes of which only the number is written (`nc`).
fn numbered(root: &Yaml) -> Option<Vec<String>> {
    let count =
        root["nc"].as_i64().filter(|count| root["names"].is_badvalue() && (1..=MOST_NUMBERED).contains(count))?;
    Some((0..count).map(|number| format!("class_{number}")).collect())
}

/// `names`: a list, or a map from each number to its name.
fn names(value: &Yaml) -> Result<Vec<String>, String> {
    let names = match value {
        Yaml::Array(list) => list.iter().map(name).collect::<Result<Vec<_>, _>>()?,
        Yaml::Hash(map) => {
            let number = |key: &Yaml| key.as_i64().or_else(|| key.as_str()?.parse().ok());
            let pair = |(key, value): (&Yaml, &Yaml)| {
                let number =
                    number(key).ok_or_else(|| format!("`names` has the key {key:?}: expected a class number"))?;
                Ok::<_, String>((number, name(value)?))
            };
            let by_number = map.iter().map(pair).collect::<Result<BTreeMap<i64, String>, _>>()?;
            if let Some(gap) = (0..).zip(by_number.keys()).find(|(place, number)| place != *number) {
                return Err(format!("`names` has no class {}: class numbers run from 0 without gaps", gap.0));
            }
            by_number.into_values().collect()
        }
        Yaml::BadValue => {
            return Err("no `names`: they tell which classes the numbers in the label files are".to_owned());
        }
        _ => return Err("`names` is neither a list nor a map of class names".to_owned()),
    };
    if names.is_empty() {
        return Err("`names` is empty".to_owned());
    }
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(format!("`names` has `{twice}` twice")),
        None => Ok(names),
    }
}

/// A class name, also where YAML takes it for a number or a truth value.
fn name(value: &Yaml) -> Result<String, String> {
    match value {
        Yaml::String(name) | Yaml::Real(name) => Ok(name.trim().to_owned()),
        Yaml::Integer(number) => Ok(number.to_string()),
        Yaml::Boolean(truth) => Ok(truth.to_string()),
        Yaml::Array(_) | Yaml::Hash(_) | Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => {
            Err("`names` holds something that is no name".to_owned())
        }
    }
}

fn check_count(nc: &Yaml, names: usize) -> Result<(), String> {
    match nc {
        Yaml::BadValue | Yaml::Null => Ok(()),
        Yaml::Integer(nc) if usize::try_from(*nc) == Ok(names) => Ok(()),
        Yaml::Integer(nc) => Err(format!("`nc: {nc}` disagrees with the {names} `names`")),
        _ => Err("`nc` is not a number of classes".to_owned()),
    }
}

/// `kpt_shape: [keypoints, values of each]`
fn keypoint_values(shape: &Yaml) -> Result<usize, String> {
    if shape.is_badvalue() || shape.is_null() {
        return Ok(0);
    }
    let sides: Option<Vec<usize>> =
        shape.as_vec().and_then(|list| list.iter().map(|side| usize::try_from(side.as_i64()?).ok()).collect());
    match sides.as_deref() {
        Some([count, each]) => Ok(count.saturating_mul(*each)),
        _ => Err("`kpt_shape` is not two numbers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DataYaml, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.yaml");
        std::fs::write(&path, text).unwrap();
        super::read(&path).map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "<folder>"))
    }

    #[test]
    fn an_export_of_roboflow_is_read() {
        let text = "\u{feff}train: ../train/images\r\nval: ../valid/images\r\ntest: ../test/images\r\n\r\nnc: 3\r\n\
                    names: ['Platelets', 'RBC', 'WBC']\r\n\r\nroboflow:\r\n  workspace: w\r\n  version: 1\r\n";
        let data = parse(text).unwrap();
        assert_eq!(data.names, ["Platelets", "RBC", "WBC"]);
        assert_eq!(data.split_names(), ["train", "val", "test"]);
        assert_eq!(data.sources("val"), ["../valid/images"]);
    }

    #[test]
    fn names_may_be_a_map_and_splits_lists() {
        let data =
            parse("path: ../coco\ntrain: [a, b]\nval: v.txt\ntest:\nnames:\n  0: person\n  1: 7\n  2: yes\n").unwrap();
        assert_eq!(data.names, ["person", "7", "yes"]);
        assert_eq!((data.root.as_deref(), data.sources("train").len()), (Some("../coco"), 2));
        assert_eq!(data.split_names(), ["train", "val"]);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error("nc: 2\nnames: [a]"), "<folder>/data.yaml: `nc: 2` disagrees with the 1 `names`");
        assert_eq!(
            error("names: {0: a, 2: b}"),
            "<folder>/data.yaml: `names` has no class 1: class numbers run from 0 without gaps"
        );
        assert_eq!(error("names: [a, b, a]"), "<folder>/data.yaml: `names` has `a` twice");
        assert!(error("val: x").contains("no `names`"));
        assert!(error("names: [").contains("is not a YOLO data.yaml: "));
        assert!(error("").ends_with("is not a YOLO data.yaml: it has no keys"));
    }
}
