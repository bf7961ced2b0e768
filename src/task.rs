//! What models are asked to do with a picture, in Ultralytics' words.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entry::{Entry, Named};

/// A task. What a model answers, how it is scored and what its labels are hang on it: each room that has to know says
/// so in a `match` without a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Task {
    /// Objects, each with a class, a box and a score.
    #[default]
    Detect,
    /// The class of the picture as a whole: a score for each class there is.
    Classify,
}

impl Named for Task {
    fn entry(&self) -> Entry {
        match self {
            Self::Detect => Entry { name: "detect", summary: "objects, each with a class, a box and a score" },
            Self::Classify => {
                Entry { name: "classify", summary: "the class of the picture as a whole: a score for each class" }
            }
        }
    }
}

/// By its word.
impl Serialize for Task {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Task {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, task)| *task);
        known.ok_or_else(|| D::Error::custom(format!("the task `{word}` is not known")))
    }
}

impl Task {
    /// Whether it is the one that files are of which say nothing.
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }

    /// Every task by the word that specs have for it.
    pub const ALL: &'static [(&'static str, Self)] = &[("detect", Self::Detect), ("classify", Self::Classify)];

    /// The word for it in files and lines of a protocol.
    pub fn word(self) -> &'static str {
        self.entry().name
    }

    /// What models of it are called, in the plural.
    pub fn models(self) -> &'static str {
        match self {
            Self::Detect => "detectors",
            Self::Classify => "classifiers",
        }
    }

    /// What has a label, in the plural.
    pub fn things(self) -> &'static str {
        match self {
            Self::Detect => "objects",
            Self::Classify => "images",
        }
    }

    /// The task that a file or a line is of which says `word`, or nothing: those that were written when there was one
    /// task alone say nothing.
    ///
    /// # Errors
    /// It is not this one.
    pub fn expect(self, word: Option<&str>) -> Result<(), OtherTask> {
        let said = word.unwrap_or(Self::Detect.word());
        if said == self.word() { Ok(()) } else { Err(OtherTask { said: said.to_owned(), asked: self }) }
    }
}

/// Something is of another task than is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is of the task `{said}`, but `{}` is asked for", asked.word())]
pub struct OtherTask {
    /// What it says.
    pub said: String,
    /// What is asked for.
    pub asked: Task,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_of_the_first_task() {
        assert_eq!(Task::Detect.expect(None), Ok(()));
        assert_eq!(Task::Detect.expect(Some("detect")), Ok(()));
        assert_eq!(Task::Classify.expect(Some("classify")), Ok(()));
        assert!(Task::Classify.expect(None).is_err());
        let other = Task::Detect.expect(Some("classify")).unwrap_err();
        assert_eq!(other.to_string(), "it is of the task `classify`, but `detect` is asked for");
    }
}
