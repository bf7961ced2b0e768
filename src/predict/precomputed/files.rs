//! Detections from result files: read when a run is prepared, looked up by image and condition.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;

use super::cell::{CellResults, Meaning, classes, first};
use super::pattern::{Pattern, copied, unreadable};
use super::pictures::{Pictures, Way, ways_note};
use super::result::ResultClass;
use crate::answer::Answer;
use crate::condition::{Condition, ConditionName};
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::file;
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, PredictorError, Vocabulary};

/// The kind's name in specs and records.
pub const KIND: &str = "precomputed";

/// A pattern of result files, and what those that were read say.
pub struct ResultFiles {
    pattern: Pattern,
    meaning: Meaning,
    /// Bytes of a file.
    most: u64,
    /// By dataset and condition.
    cells: HashMap<(String, ConditionName), CellResults>,
    digests: Vec<Digest>,
    /// By dataset and condition, the images that no result is of.
    silent: BTreeMap<String, usize>,
    notes: Vec<String>,
}

impl ResultFiles {
    /// Nothing read yet.
    pub fn new(pattern: Pattern, meaning: Meaning, most: u64) -> Self {
        let (cells, digests, silent, notes) = (HashMap::new(), Vec::new(), BTreeMap::new(), Vec::new());
        Self { pattern, meaning, most, cells, digests, silent, notes }
    }
}

impl Predictor for ResultFiles {
    fn card(&self) -> ModelCard {
        let mut settings: BTreeMap<String, serde_json::Value> =
            [("images_without_results".to_owned(), serde_json::json!(self.silent))].into();
        settings.extend(self.meaning.settings());
        ModelCard { kind: KIND.to_owned(), digest: Some(self.pattern.digest(&self.digests)), settings }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Ids
    }

    fn needs_pixels(&self) -> bool {
        false
    }

    fn prepare(&mut self, name: &str, dataset: &Dataset, conditions: &[Condition]) -> Result<(), PredictorError> {
        self.pattern.refuse_shared_files(conditions, !self.cells.is_empty())?;
        let pictures = Pictures::of(dataset);
        let mut said = Said::default();
        let mut clean = None;
        for condition in conditions {
            let is_clean = condition.is_clean();
            let condition = ConditionName::from(condition);
            let path = self.pattern.path(name, &condition);
            let bytes = file::read(&path, self.most).map_err(|error| unreadable(&path, &error))?;
            let cell = CellResults::read(&path, &bytes, dataset, &pictures, &self.meaning)?;
            let digest = Digest::of_bytes(&bytes);
            if is_clean {
                clean = Some(digest);
            } else if clean.as_ref() == Some(&digest) && !cell.detections.is_empty() {
                return Err(copied(&path));
            }
            let silent = dataset.images.len() - cell.covered;
            if silent > 0 {
                self.silent.insert(format!("{name}/{condition}"), silent);
            }
            said.add(&condition, &cell, dataset.images.len());
            self.digests.push(digest);
            self.cells.insert((name.to_owned(), condition), cell);
        }
        let unused = self.meaning.rename.keys().find(|theirs| !said.renamed.contains(*theirs));
        if let Some(theirs) = unused.filter(|_| !conditions.is_empty()) {
            self.notes.push(format!("no result on `{name}` is of `{theirs}`, which `rename` names"));
        }
        self.notes.extend(said.notes(name));
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
        let cell = self.cells.get(&key).ok_or_else(|| {
            PredictError::Inference(format!("no results were read for {} under {}", frame.dataset, frame.condition))
        })?;
        Ok(Answer::Objects(cell.detections.get(&frame.image.id).cloned().unwrap_or_default()))
    }
}

/// What somebody should know of the files of one dataset.
#[derive(Default)]
struct Said {
    ways: BTreeSet<Way>,
    is_ambiguous: bool,
    foreign: BTreeMap<ResultClass, usize>,
    not_counting: BTreeMap<String, usize>,
    renamed: BTreeSet<String>,
    /// The condition that covers the fewest images, of those that do not cover all; and how many these are.
    least: Option<(usize, ConditionName)>,
    partial: usize,
    images: usize,
}

impl Said {
    fn add(&mut self, condition: &ConditionName, cell: &CellResults, images: usize) {
        self.images = images;
        self.ways.extend(&cell.ways);
        self.is_ambiguous |= cell.is_ambiguous;
        self.renamed.extend(cell.renamed.iter().cloned());
        for (category, count) in &cell.not_counting {
            *self.not_counting.entry(category.clone()).or_default() += count;
        }
        for (category, count) in &cell.foreign {
            *self.foreign.entry(category.clone()).or_default() += count;
        }
        if cell.covered < images {
            self.partial += 1;
            if self.least.as_ref().is_none_or(|(least, _)| cell.covered < *least) {
                self.least = Some((cell.covered, condition.clone()));
            }
        }
    }

    fn notes(self, dataset: &str) -> Vec<String> {
        let mut notes = ways_note(dataset, &self.ways, self.is_ambiguous);
        if !self.foreign.is_empty() {
            let count: usize = self.foreign.values().sum();
            let which = classes(&self.foreign);
            notes.push(format!(
                "results on `{dataset}` of categories that it does not have are left out ({count}): {which}"
            ));
        }
        if !self.not_counting.is_empty() {
            let count: usize = self.not_counting.values().sum();
            let which = self.not_counting.iter().map(|(name, count)| format!("`{name}` {count}")).collect::<Vec<_>>();
            notes.push(format!(
                "results on `{dataset}` of categories that do not count are left out ({count}): {}",
                first(&which)
            ));
        }
        if let Some((covered, condition)) = self.least {
            let others = match self.partial - 1 {
                0 => String::new(),
                1 => ", and not all under 1 more condition".to_owned(),
                others => format!(", and not all under {others} more conditions"),
            };
            notes.push(format!(
                "results on `{dataset}` cover {covered} of {} images under {condition}{others}: those that they do not \
                 cover count as images where nothing was found",
                self.images
            ));
        }
        notes
    }
}
