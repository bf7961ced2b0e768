//! The baseline's file: JSON with sorted keys and a line per figure, so that a review sees what changed. What is needed to
//! compare well, and nobody reads, lies in a file beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AcceptedFigure, ImageF1s, decode};
use crate::digest::Digest;
use crate::eval::Tide;
use crate::file;
use crate::json::from_bytes;

/// The version of the file's format.
const VERSION: u32 = 2;

/// The version whose entries are sealed together with their details, and so cannot be believed without them.
const SEALED_WITH_DETAILS: u32 = 1;

/// The version of the format of the file beside it. In the first one nothing was known of images, errors and answers.
const DETAILS_VERSION: u32 = 2;

/// The versions of it that are read.
const READABLE_DETAILS: [u32; 2] = [1, DETAILS_VERSION];

/// Accepted figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    /// By [`super::key`].
    pub entries: BTreeMap<String, AcceptedFigure>,
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
    /// F1 of single images, of a figure over all categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<ImageF1s>,
    /// Which errors cost how much, of a figure over all categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Tide>,
    /// Stands for the model as it was asked: its answers are in the store under it, as long as they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Digest>,
}

impl Details {
    /// Stands for them.
    fn digest(&self) -> String {
        Digest::of_bytes(json!(self).to_string().as_bytes()).short()
    }

    /// The seal of an entry of version [`SEALED_WITH_DETAILS`].
    fn first_seal(&self, value: f64) -> String {
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
pub fn details_path(path: &Path) -> PathBuf {
    path.with_extension("details.json")
}

impl Baseline {
    /// Reads the baseline at `path` and its details; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no baseline.
    pub fn read(path: &Path) -> Result<Option<Self>, BaselineError> {
        Ok(Self::read_of_any(path)?.map(|(baseline, _)| baseline))
    }

    /// The baseline at `path` where it is of an earlier format: its text and that of its details are what it becomes.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn read_earlier(path: &Path) -> Result<Option<Self>, BaselineError> {
        let earlier = Self::read_of_any(path)?.filter(|(_, version)| *version < VERSION);
        Ok(earlier.map(|(baseline, _)| baseline))
    }

    /// With the version of its format.
    fn read_of_any(path: &Path) -> Result<Option<(Self, u32)>, BaselineError> {
        let Some(file) = figures::<AcceptedFigure>(path, &[SEALED_WITH_DETAILS, VERSION])? else { return Ok(None) };
        let beside = details_path(path);
        let details = figures::<Details>(&beside, &READABLE_DETAILS)?.map(|file| file.figures);
        let mut baseline = Self { entries: BTreeMap::new(), details: details.unwrap_or_default() };
        for (key, entry) in file.figures {
            let believed = match file.version {
                SEALED_WITH_DETAILS => baseline.believe_first(&key, entry, &beside),
                _ => baseline.believe(&key, entry, &beside),
            };
            let entry = believed.map_err(|reason| BaselineError::Malformed { path: path.to_owned(), reason })?;
            baseline.entries.insert(key, entry);
        }
        Ok(Some((baseline, file.version)))
    }

    /// Accepts a figure with its details.
    pub fn insert(&mut self, key: String, entry: AcceptedFigure, details: Details) {
        let entry = AcceptedFigure { details: Some(details.digest()), ..entry }.sealed(&key);
        self.entries.insert(key.clone(), entry);
        self.details.insert(key, details);
    }

    /// The entry, if it and its details, where they are there, are as they were accepted.
    fn believe(&self, key: &str, entry: AcceptedFigure, beside: &Path) -> Result<AcceptedFigure, String> {
        if !entry.is_sealed(key) {
            return Err(format!("{key} was changed after it was accepted"));
        }
        match self.details.get(key) {
            Some(details) if entry.details.as_ref() != Some(&details.digest()) => Err(apart(key, beside)),
            Some(_) | None => Ok(entry),
        }
    }

    /// [`Self::believe`] for a file of version [`SEALED_WITH_DETAILS`]; sealed anew.
    fn believe_first(&self, key: &str, entry: AcceptedFigure, beside: &Path) -> Result<AcceptedFigure, String> {
        match self.details.get(key) {
            None => Err(format!(
                "{key} was accepted by an earlier version, whose seal cannot be tried without the details in {}",
                beside.display()
            )),
            Some(details) if details.first_seal(entry.value) != entry.seal => Err(apart(key, beside)),
            Some(details) => Ok(AcceptedFigure { details: Some(details.digest()), ..entry }.sealed(key)),
        }
    }

    /// The draws of a figure; `None` if there are none.
    pub fn draws(&self, key: &str) -> Option<Vec<Option<f64>>> {
        decode(self.details.get(key)?.draws.as_ref()?)
    }

    /// Whether a figure can be paired, resample by resample.
    pub fn has_draws(&self, key: &str) -> bool {
        self.details.get(key).is_some_and(|details| details.draws.is_some())
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        lines(VERSION, self.entries.iter().map(|(key, entry)| (key, json!(entry))))
    }

    /// The text of the file beside it.
    pub fn details_text(&self) -> String {
        lines(DETAILS_VERSION, self.details.iter().map(|(key, details)| (key, json!(details))))
    }
}

fn apart(key: &str, beside: &Path) -> String {
    format!("{key} and its details in {} do not belong together", beside.display())
}

/// JSON with a line per figure.
fn lines<'k>(version: u32, figures: impl Iterator<Item = (&'k String, Value)>) -> String {
    let lines: Vec<String> = figures.map(|(key, value)| format!("    {}: {value}", json!(key))).collect();
    format!("{{\n  \"version\": {version},\n  \"figures\": {{\n{}\n  }}\n}}\n", lines.join(",\n"))
}

/// The file at `path`, whose version must be one of `readable`; `None` where there is none.
fn figures<T: DeserializeOwned>(path: &Path, readable: &[u32]) -> Result<Option<File<T>>, BaselineError> {
    let bytes = match file::read(path, file::MOST_OF_A_REPORT) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BaselineError::Unreadable { path: path.to_owned(), error }),
    };
    let malformed = |reason: String| BaselineError::Malformed { path: path.to_owned(), reason };
    let file: File<T> = from_bytes(&bytes).map_err(|error| malformed(error.to_string()))?;
    if !readable.contains(&file.version) {
        let known = readable.iter().map(u32::to_string).collect::<Vec<_>>().join(" and ");
        return Err(malformed(format!("its format is {}, this program reads {known}", file.version)));
    }
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::super::Identity;
    use super::*;

    const KEY: &str = "a/test/clean/map";

    fn entry() -> AcceptedFigure {
        let identity =
            Identity { dataset: Some("d".into()), pictures: None, condition: "c".into(), definition: "m".into() };
        AcceptedFigure {
            value: 0.1,
            interval: Some([0.0, 0.2]),
            images: 3,
            identity,
            model: None,
            details: None,
            seal: String::new(),
            tool: "0".into(),
            reason: "first".into(),
            date: "2026-11-24".into(),
        }
    }

    fn details() -> Details {
        Details { draws: Some(super::super::encode(&[Some(0.5)])), ..Details::default() }
    }

    /// A baseline of one figure in a folder of its own.
    fn written() -> (tempfile::TempDir, PathBuf, Baseline) {
        let mut baseline = Baseline::default();
        baseline.insert(KEY.to_owned(), entry(), details());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("windtunnel.baseline.json");
        std::fs::write(&path, baseline.text()).unwrap();
        std::fs::write(details_path(&path), baseline.details_text()).unwrap();
        (folder, path, baseline)
    }

    fn refused(path: &Path) -> String {
        Baseline::read(path).unwrap_err().to_string()
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let (folder, path, baseline) = written();
        assert_eq!(Baseline::read(&folder.path().join("none.json")).unwrap(), None);
        assert_eq!(Baseline::read(&path).unwrap().unwrap(), baseline);
        assert_eq!(baseline.draws(KEY).unwrap(), [Some(0.5)]);
        assert_eq!(baseline.text().lines().count(), 6);
        std::fs::write(&path, "{\"version\": 9, \"figures\": {}}").unwrap();
        assert!(refused(&path).contains("its format is 9, this program reads 1 and 2"));
    }

    #[test]
    fn details_of_the_first_format_are_read() {
        let (_folder, path, baseline) = written();
        let text = baseline.details_text();
        let first = text.replacen("\"version\": 2", "\"version\": 1", 1);
        assert_ne!(first, text);
        std::fs::write(details_path(&path), first).unwrap();
        assert_eq!(Baseline::read(&path).unwrap().unwrap(), baseline);
        std::fs::write(details_path(&path), text.replacen("\"version\": 2", "\"version\": 3", 1)).unwrap();
        assert!(refused(&path).contains("its format is 3, this program reads 1 and 2"));
    }

    #[test]
    fn the_seal_holds_with_and_without_the_details() {
        let (_folder, path, baseline) = written();
        let changed =
            [("\"value\":0.1", "\"value\":0.05"), ("\"images\":3", "\"images\":9"), (KEY, "b/test/clean/map")];
        for (was, is) in changed {
            std::fs::write(&path, baseline.text().replace(was, is)).unwrap();
            assert!(refused(&path).contains("was changed after it was accepted"), "{is}");
        }
        std::fs::remove_file(details_path(&path)).unwrap();
        for (was, is) in changed {
            std::fs::write(&path, baseline.text().replace(was, is)).unwrap();
            assert!(refused(&path).contains("was changed after it was accepted"), "{is} without details");
        }
        // What only people read may be mended, and the figures are good without the details.
        std::fs::write(&path, baseline.text().replace("first", "the first version")).unwrap();
        let read = Baseline::read(&path).unwrap().unwrap();
        assert_eq!((read.entries[KEY].value, read.draws(KEY)), (0.1, None));
    }

    #[test]
    fn details_of_another_figure_are_refused() {
        let (_folder, path, baseline) = written();
        std::fs::write(
            details_path(&path),
            baseline.details_text().replace("\"categories\":{}", "\"categories\":{\"a\":1.0}"),
        )
        .unwrap();
        assert!(refused(&path).contains("do not belong together"));
    }

    #[test]
    fn a_file_of_the_first_version_is_read_with_its_details_and_refused_without() {
        let (_folder, path, baseline) = written();
        let first = AcceptedFigure { seal: details().first_seal(0.1), ..entry() };
        std::fs::write(&path, lines(SEALED_WITH_DETAILS, [(&KEY.to_owned(), json!(first))].into_iter())).unwrap();
        assert_eq!(Baseline::read(&path).unwrap().unwrap(), baseline, "sealed anew");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"value\":0.1", "\"value\":0.05")).unwrap();
        assert!(refused(&path).contains("do not belong together"));
        std::fs::remove_file(details_path(&path)).unwrap();
        assert!(refused(&path).contains("cannot be tried without the details"));
    }
}
