//! The pattern of result files: which file is of which dataset and condition.

use std::path::{Path, PathBuf};

use crate::condition::{Condition, ConditionName};
use crate::digest::Digest;
use crate::predict::PredictorError;

/// What the pattern must contain to tell the files of two conditions apart.
const CONDITION: &str = "{condition}";

/// What the pattern may contain to tell the files of two datasets apart.
const DATASET: &str = "{dataset}";

/// A path with placeholders.
#[derive(Debug, Clone)]
pub struct Pattern(PathBuf);

impl Pattern {
    /// Of a path as it was resolved.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Refuses a pattern that names one file for several cells: answers to one of them would be scored as those to
    /// another. `has_others` tells of another dataset whose files were read.
    ///
    /// # Errors
    /// It does; the message says which placeholder it lacks.
    pub fn refuse_shared_files(&self, conditions: &[Condition], has_others: bool) -> Result<(), PredictorError> {
        let pattern = self.0.display().to_string();
        if has_others && !pattern.contains(DATASET) {
            let message = format!("{pattern} names the same files for every dataset: it has no `{DATASET}`");
            return Err(PredictorError::Load(message));
        }
        if let Some(perturbed) =
            conditions.iter().find(|condition| !condition.is_clean() && !pattern.contains(CONDITION))
        {
            let message = format!(
                "{pattern} names the same file for clean images and under {perturbed}: it has no `{CONDITION}`; the \
                 files are named by condition, for example `results/{CONDITION}.json` -> results/{perturbed}.json"
            );
            return Err(PredictorError::Load(message));
        }
        Ok(())
    }

    /// The file of a cell.
    pub fn path(&self, dataset: &str, condition: &ConditionName) -> PathBuf {
        let pattern = self.0.display().to_string();
        PathBuf::from(pattern.replace(DATASET, dataset).replace(CONDITION, &condition.0))
    }

    /// One digest of all files that were read. Where none was, as no dataset can be used, nothing is known but where they
    /// would be: two models of which nothing was read are not one.
    pub fn digest(&self, read: &[Digest]) -> Digest {
        if read.is_empty() {
            return Digest::of_bytes(self.0.as_os_str().as_encoded_bytes());
        }
        Digest::of_parts(read.iter().map(Digest::to_string))
    }
}

/// Why a file cannot be read, with a way out.
pub fn unreadable(path: &Path, error: &std::io::Error) -> PredictorError {
    let is_too_long = error.kind() == std::io::ErrorKind::FileTooLarge;
    let way_out = if is_too_long { "; if it is what it should be, raise `max_file_mib`" } else { "" };
    PredictorError::Load(format!("cannot read {}: {error}{way_out}", path.display()))
}

/// What is wrong with results that a script wrote twice: it was not told of the perturbed pictures, and such a model would
/// be judged perfectly robust.
pub fn copied(path: &Path) -> PredictorError {
    PredictorError::Load(format!("{} holds the results of the clean images, byte for byte", path.display()))
}
