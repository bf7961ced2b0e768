//! Classes from result files: read when a run is prepared, looked up by image and condition.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;

use super::cell::{ClassCell, ClassMeaning};
use crate::answer::Answer;
use crate::condition::{Condition, ConditionName};
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::file;
use crate::packed::Packed;
use crate::predict::precomputed::files::KIND;
use crate::predict::precomputed::pattern::{Pattern, copied, unreadable};
use crate::predict::precomputed::pictures::{Pictures, Way, ways_note};
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, PredictorError, Vocabulary};

/// A pattern of files of classes, and what those that were read say.
pub struct ClassFiles {
    pattern: Pattern,
    meaning: ClassMeaning,
    /// Bytes of a file.
    most: u64,
    /// By dataset and condition, by image id.
    cells: HashMap<(String, ConditionName), HashMap<u64, Packed>>,
    digests: Vec<Digest>,
    notes: Vec<String>,
}

impl ClassFiles {
    /// Nothing read yet.
    pub fn new(pattern: Pattern, meaning: ClassMeaning, most: u64) -> Self {
        Self { pattern, meaning, most, cells: HashMap::new(), digests: Vec::new(), notes: Vec::new() }
    }
}

impl Predictor for ClassFiles {
    fn card(&self) -> ModelCard {
        let digest = Some(self.pattern.digest(&self.digests));
        ModelCard { kind: KIND.to_owned(), digest, settings: self.meaning.settings() }
    }

    /// Each file has its own names; they were matched when it was read.
    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Ids
    }

    fn needs_pixels(&self) -> bool {
        false
    }

    fn prepare(&mut self, name: &str, dataset: &Dataset, conditions: &[Condition]) -> Result<(), PredictorError> {
        self.pattern.refuse_shared_files(conditions, !self.cells.is_empty())?;
        let pictures = Pictures::of(dataset);
        let (mut clean, mut ways, mut is_ambiguous) = (None, BTreeSet::<Way>::new(), false);
        for condition in conditions {
            let is_clean = condition.is_clean();
            let condition = ConditionName::from(condition);
            let path = self.pattern.path(name, &condition);
            let bytes = file::read(&path, self.most).map_err(|error| unreadable(&path, &error))?;
            let digest = Digest::of_bytes(&bytes);
            if is_clean {
                clean = Some(digest);
            } else if clean.as_ref() == Some(&digest) {
                return Err(copied(&path));
            }
            let cell = ClassCell::read(&path, &bytes, dataset, &pictures, &self.meaning)?;
            ways.extend(cell.ways);
            is_ambiguous |= cell.is_ambiguous;
            self.digests.push(digest);
            self.cells.insert((name.to_owned(), condition), cell.scores);
        }
        self.notes.extend(ways_note(name, &ways, is_ambiguous));
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        self.notes.iter().map(|note| format!(": {note}")).collect()
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        _categories: &CategoryMap,
        _stop: &AtomicBool,
    ) -> Result<Answer, PredictError> {
        let key = (frame.dataset.to_owned(), ConditionName::from(frame.condition));
        let answer = self.cells.get(&key).and_then(|cell| cell.get(&frame.image.id));
        answer.map(Packed::answer).ok_or_else(|| {
            let (image, condition) = (&frame.image.file_name, frame.condition);
            PredictError::Inference(format!("no answer was read for `{image}` of {} under {condition}", frame.dataset))
        })
    }
}
