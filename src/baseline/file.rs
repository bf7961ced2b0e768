//! The baseline's file: JSON with sorted keys and a line per figure, so that a review sees what changed. What is needed to
//! compare well, and nobody reads, lies in a file beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Entry, decode};
use crate::digest::Digest;
use crate::file;
use crate::json::from_bytes;

/// The version of the file's format.
const VERSION: u32 = 1;

/// Accepted figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    /// By [`super::key`].
    pub entries: BTreeMap<String, Entry>,
    /// What else is known of them, by [`super::key`].
    pub details: BTreeMap<String, Details>,
}

/// What is known of a figure beside its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The figure on resampled images, as [`super::encode`] writes it.
    pub draws: Option<String>,
    /// The figures of single categories.
    #[serde(default)]
    pub categories: BTreeMap<String, f64>,
}

impl Details {
    /// Stands for them and the figure's value.
    #[must_use]
    pub fn seal(&self, value: f64) -> String {
        let details = json!(self).to_string();
        Digest::of_parts([value.to_le_bytes().as_slice(), details.as_bytes()]).short()
    }
}

/// Why a baseline could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is no baseline.
    #[error("{path} is not a baseline: {reason}; restore the file, or remove it and accept a record anew")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    version: u32,
    figures: BTreeMap<String, T>,
}

/// Where the details of the baseline at `path` lie: `x.json` has `x.details.json`.
#[must_use]
pub fn details_path(path: &Path) -> PathBuf {
    path.with_extension("details.json")
}

impl Baseline {
    /// Reads the baseline at `path` and its details; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no baseline.
    pub fn read(path: &Path) -> Result<Option<Self>, BaselineError> {
        let Some(entries) = figures(path)? else { return Ok(None) };
        let baseline = Self { entries, details: figures(&details_path(path))?.unwrap_or_default() };
        match baseline.broken_seal() {
            None => Ok(Some(baseline)),
            Some(key) => {
                let details = details_path(path);
                let reason = format!("{key} and its details in {} do not belong together", details.display());
                Err(BaselineError::Malformed { path: path.to_owned(), reason })
            }
        }
    }

    /// A figure that was not accepted with the details that stand for it.
    fn broken_seal(&self) -> Option<&str> {
        let is_broken = |(key, entry): &(&String, &Entry)| {
            self.details.get(*key).is_some_and(|details| details.seal(entry.value) != entry.seal)
        };
        self.entries.iter().find(is_broken).map(|(key, _)| key.as_str())
    }

    /// The draws of a figure; `None` if there are none.
    #[must_use]
    pub fn draws(&self, key: &str) -> Option<Vec<Option<f64>>> {
        decode(self.details.get(key)?.draws.as_ref()?)
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        lines(self.entries.iter().map(|(key, entry)| (key, json!(entry))))
    }

    /// The text of the file beside it.
    #[must_use]
    pub fn details_text(&self) -> String {
        lines(self.details.iter().map(|(key, details)| (key, json!(details))))
    }
}

/// JSON with a line per figure.
fn lines<'k>(figures: impl Iterator<Item = (&'k String, Value)>) -> String {
    let lines: Vec<String> = figures.map(|(key, value)| format!("    {}: {value}", json!(key))).collect();
    format!("{{\n  \"version\": {VERSION},\n  \"figures\": {{\n{}\n  }}\n}}\n", lines.join(",\n"))
}

fn figures<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<BTreeMap<String, T>>, BaselineError> {
    let bytes = match file::read(path, file::MOST_OF_A_REPORT) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BaselineError::Unreadable { path: path.to_owned(), error }),
    };
    let malformed = |reason: String| BaselineError::Malformed { path: path.to_owned(), reason };
    let file: File<T> = from_bytes(&bytes).map_err(|error| malformed(error.to_string()))?;
    if file.version != VERSION {
        return Err(malformed(format!("its format is {}, this program reads {VERSION}", file.version)));
    }
    Ok(Some(file.figures))
}

#[cfg(test)]
mod tests {
    use super::super::Identity;
    use super::*;

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let identity =
            Identity { dataset: Some("d".into()), pictures: None, condition: "c".into(), definition: "m".into() };
        let entry = Entry {
            value: 0.1,
            interval: Some([0.0, 0.2]),
            images: 3,
            identity,
            model: None,
            seal: String::new(),
            tool: "0".into(),
            reason: "first".into(),
            date: "2026-11-24".into(),
        };
        let mut baseline = Baseline::default();
        let details = Details { draws: Some(super::super::encode(&[Some(0.5)])), ..Details::default() };
        let entry = Entry { seal: details.seal(entry.value), ..entry };
        baseline.entries.insert("a/test/clean/map".into(), entry);
        baseline.details.insert("a/test/clean/map".into(), details);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("windtunnel.baseline.json");
        assert_eq!(Baseline::read(&path).unwrap(), None);
        std::fs::write(&path, baseline.text()).unwrap();
        std::fs::write(details_path(&path), baseline.details_text()).unwrap();
        assert_eq!(Baseline::read(&path).unwrap().unwrap(), baseline);
        assert_eq!(baseline.draws("a/test/clean/map").unwrap(), [Some(0.5)]);
        assert_eq!(baseline.text().lines().count(), 6);
        std::fs::write(&path, baseline.text().replace("\"value\":0.1", "\"value\":0.05")).unwrap();
        assert!(Baseline::read(&path).unwrap_err().to_string().contains("do not belong together"));
        std::fs::write(&path, "{\"version\": 9, \"figures\": {}}").unwrap();
        assert!(Baseline::read(&path).unwrap_err().to_string().contains("its format is 9"));
    }
}
