//! What stands in place of a data.yaml: darknet's `obj.data`, as CVAT writes it, or a bare list of classes, as `LabelImg` and
//! Label Studio leave it beside their labels.

use std::path::{Path, PathBuf};

use super::outline::DataYaml;
use crate::dataset::files::{clean_name, clean_path, files_in, has_extension, lines, read_text};
use crate::dataset::{DatasetError, Seen};
use crate::file;

/// What the file of keys is called in messages.
const EXPECTED: &str = "a darknet .data file";

/// The split of a dataset that has none.
pub const WHOLE: &str = "all";

/// Whether a file is darknet's.
pub fn is_data(path: &Path) -> bool {
    has_extension(path, "data")
}

/// What lists of classes are called; the last one in each split of Roboflow's exports for darknet.
const LISTS: [&str; 4] = ["classes.txt", "obj.names", "labels.txt", "_darknet.labels"];

/// Whether a file is a list of classes.
pub fn is_classes(path: &Path) -> bool {
    path.file_name().is_some_and(|name| LISTS.iter().any(|list| name == *list))
}

/// The file in `folder` that stands in place of a data.yaml, if there is one.
pub fn beside(folder: &Path) -> Option<PathBuf> {
    let files = files_in(folder, |path| is_data(path) || is_classes(path)).ok()?;
    let data = files.iter().find(|path| is_data(path));
    data.or_else(|| files.iter().find(|path| is_classes(path))).cloned()
}

/// Reads a `.data` file: `key = value`, a line each, with the names of the classes in a file of their own.
///
/// # Errors
/// It or its list of names cannot be read, or they contradict each other.
pub fn read_data(path: &Path) -> Result<DataYaml, DatasetError> {
    let text = read_text(path, EXPECTED, file::MOST_OF_A_TEXT)?;
    let folder = path.parent().map(clean_path).unwrap_or_default();
    let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    let pairs: Vec<(String, String)> = lines(&text).filter_map(|(_, line)| pair(line)).collect();
    let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let wrong = |finding: String| DatasetError::Content {
        path: path.to_path_buf(),
        findings: vec![finding],
        seen: Seen::default(),
    };
    let names =
        value("names").ok_or_else(|| wrong("no `names = obj.names`: it tells where the class names are".to_owned()))?;
    let listed = list(&located(&folder, names))?;
    let count = value("classes").and_then(|count| count.parse::<usize>().ok());
    if let Some(count) = count.filter(|&count| count != listed.len()) {
        return Err(wrong(format!("`classes = {count}` disagrees with the {} names in {names}", listed.len())));
    }
    let splits = pairs.iter().filter(|(key, value)| is_split(key) && !value.is_empty());
    let splits = splits.map(|(key, value)| (key.clone(), vec![inside(&folder, value)])).collect();
    Ok(DataYaml::of(folder, listed.clone(), splits, format!("{text}\n{}", listed.join("\n"))))
}

/// Reads a list of classes, a line each, whose pictures are in `images`, with a folder for each split, or beside it.
///
/// # Errors
/// It cannot be read, or is empty.
pub fn read_classes(path: &Path) -> Result<DataYaml, DatasetError> {
    let names = list(path)?;
    let folder = path.parent().map(clean_path).unwrap_or_default();
    let images = folder.join("images");
    let (base, around) = if images.is_dir() { ("images", images) } else { (".", folder.clone()) };
    let mut splits: Vec<(String, Vec<String>)> = crate::dataset::split::folders(&around)
        .into_iter()
        .filter(|name| crate::dataset::split::is_word(name))
        .map(|name| (name.clone(), vec![format!("{base}/{name}")]))
        .collect();
    splits.push((WHOLE.to_owned(), vec![base.to_owned()]));
    let text = names.join("\n");
    Ok(DataYaml::of(folder, names, splits, text))
}

fn is_split(key: &str) -> bool {
    crate::dataset::split::is_word(key)
}

/// The lines of a file of names.
fn list(path: &Path) -> Result<Vec<String>, DatasetError> {
    let text = read_text(path, "a list of class names", file::MOST_OF_A_TEXT)?;
    let names: Vec<String> =
        lines(&text).map(|(_, line)| line.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let wrong = |finding: String| DatasetError::Content {
        path: path.to_path_buf(),
        findings: vec![finding],
        seen: Seen::default(),
    };
    if names.is_empty() {
        return Err(wrong("it names no class".to_owned()));
    }
    match (1..names.len()).find(|&at| names[..at].contains(&names[at])) {
        Some(twice) => Err(wrong(format!("`{}` is there twice", names[twice]))),
        None => Ok(names),
    }
}

/// `value` as it leads from `folder`: CVAT writes paths from the folder that darknet would be run in (`data/train.txt`).
fn inside(folder: &Path, value: &str) -> String {
    let clean = clean_name(value);
    let mut rest = clean.as_str();
    while !folder.join(rest).exists() {
        match rest.split_once('/') {
            Some((_, after)) => rest = after,
            None => return clean,
        }
    }
    rest.to_owned()
}

fn located(folder: &Path, value: &str) -> PathBuf {
    clean_path(&folder.join(inside(folder, value)))
}
