//! What an audit of a spec's datasets found: versioned, and the JSON report as it is. Lists are in the order of the spec.

use serde::{Deserialize, Serialize};

use super::{CaseRecord, Counts, SetupRecord, Tool};
use crate::audit::{Balance, Likeness, Spread, Suspects};
use crate::dataset::OddBox;
use crate::digest::Digest;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::task::Task;

/// The version of an audit's format; a change of meaning counts it up.
pub const AUDIT_VERSION: u32 = 1;

/// Everything that an audit of one spec found. Two audits of the same input are the same, byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataAudit {
    /// `AUDIT_VERSION`.
    pub version: u32,
    /// What made it.
    pub tool: Tool,
    /// The suite's name.
    pub name: String,
    /// The spec's file.
    pub file: String,
    /// The digest of its text, of the files that it extends, and of the options that change it.
    pub spec_digest: Digest,
    /// The options of the command line that change it (`--limit`, `20`), in order.
    pub options: Vec<(String, String)>,
    /// The datasets, those that no model is run on among them.
    pub datasets: Vec<DatasetAudit>,
    /// Datasets and models that failed.
    pub setup: Vec<SetupRecord>,
    /// The checks on datasets.
    pub cases: Vec<CaseRecord>,
    /// The cases and failed set-ups, counted.
    pub counts: Counts,
    /// What people should know beside the findings.
    pub notes: Vec<String>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// The program's exit code: 0 all gates hold, 1 a check failed, 3 something could not be judged, 130 interrupted.
    pub exit_code: Exit,
}

/// What was found in one dataset; nothing where it could not be read, which [`DataAudit::setup`] tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetAudit {
    /// The name in the spec.
    pub name: String,
    /// What models are asked to do with it; files that say nothing are of `detect`.
    #[serde(default, skip_serializing_if = "Task::is_unsaid")]
    pub task: Task,
    /// Whether models are run on it.
    pub is_evaluated: bool,
    /// The digest of the annotation files; `None` if it could not be read.
    pub digest: Option<Digest>,
    /// Number of images.
    pub images: usize,
    /// Number of images of the whole dataset where `images` are a sample of it; `None` for the whole.
    pub sampled_from: Option<usize>,
    /// Number of annotations.
    pub annotations: usize,
    /// What its reader found odd.
    pub warnings: Vec<String>,
    /// What it was held against.
    pub compared_with: Vec<ComparedSplit>,
    /// Its images that another split has, too; `None` where there is nothing to hold it against, or where no model is run
    /// on it: the other side tells then.
    pub leakage: Option<Known<Vec<Pair>>>,
    /// Its images that are like an earlier one.
    pub duplicates: Option<Known<Vec<Pair>>>,
    /// Its images that are much like one of another split, or like an earlier one, without being the same: frames of one video.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<Pair>,
    /// Its boxes that cannot be meant.
    pub invalid_boxes: Vec<OddBox>,
    /// Its objects by category.
    pub balance: Option<Balance>,
    /// Its sizes and light.
    pub spread: Option<Spread>,
    /// What models say of its labels; `None` where none was asked.
    pub suspects: Option<Known<Suspects>>,
}

/// A split that a dataset was held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedSplit {
    /// The dataset of the spec, or what the export calls the split.
    pub name: String,
    /// Number of images.
    pub images: usize,
    /// Number of images of the whole split where `images` are a sample of it: what the rest shares is not known.
    pub sampled_from: Option<usize>,
}

/// Two images that are one, or near each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The image's file name.
    pub image: String,
    /// The split of the other image; `None` for the same dataset.
    pub split: Option<String>,
    /// The other image's file name.
    pub other: String,
    /// By what.
    #[serde(flatten)]
    pub likeness: Likeness,
}

impl Pair {
    /// `a.jpg is b.jpg of `train`: the same file`
    pub fn describe(&self) -> String {
        let of = self.split.as_ref().map(|split| format!(" of `{split}`")).unwrap_or_default();
        let is = if self.likeness.is_near() { "is near" } else { "is" };
        format!("{} {is} {}{of}: {}", self.image, self.other, self.likeness.describe())
    }
}

/// What was looked for, or why it is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known<T> {
    /// Everything that there is.
    Found(T),
    /// It could not be looked at.
    Unknown(Failure),
}

impl<T> Known<T> {
    /// What was found, if it is known.
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            Self::Unknown(_) => None,
        }
    }
}

/// A picture of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPicture {
    /// The dataset's name.
    pub dataset: String,
    /// What it shows.
    pub shows: Shown,
    /// The finding's place in its list.
    pub place: usize,
    /// A JPEG file.
    pub bytes: Vec<u8>,
}

/// The list that a picture is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// [`DatasetAudit::leakage`]
    Leakage,
    /// [`DatasetAudit::duplicates`]
    Duplicate,
    /// [`DatasetAudit::near`]
    Near,
    /// The labels of [`DatasetAudit::suspects`].
    Suspect,
    /// The labels that no model finds.
    Unfound,
}
