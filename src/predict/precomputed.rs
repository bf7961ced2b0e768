//! `kind = "precomputed"`: COCO results JSON files, one per condition, for teams that infer elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Deserialize;

use super::{
    CategoryMap, Frame, ModelCard, Opener, PredictError, Predictor, PredictorError, PredictorKind, Variables,
    Vocabulary,
};
use crate::condition::{Condition, ConditionName};
use crate::dataset::{Dataset, MAX_FILE_MIB, most_bytes};
use crate::detection::{BBox, Detection};
use crate::digest::Digest;
use crate::entry::{Entry, Named};
use crate::file;
use crate::json::{self, JsonError, Whole};
use crate::spec::{Diagnostic, Key, Shape, Source, TableReader};

/// Result files.
#[derive(Debug)]
pub struct Precomputed;

impl Named for Precomputed {
    fn entry(&self) -> Entry {
        Entry { name: "precomputed", summary: "COCO results JSON files, one per condition" }
    }
}

/// What the pattern must contain to tell the files of two conditions apart.
const CONDITION: &str = "{condition}";

/// What the pattern may contain to tell the files of two datasets apart.
const DATASET: &str = "{dataset}";

const KEYS: &[Key] = &[
    Key::new(
        "path",
        Shape::PATH,
        "the files by a pattern: `{condition}` stands for \"clean\" or a level (\"blur@3\"), `{dataset}` for the dataset's name",
    )
    .required(),
    MAX_FILE_MIB,
];

impl PredictorKind for Precomputed {
    fn identity(&self) -> &'static str {
        "The same model is the same content of the result files. Every run reads them anew; nothing of them is kept."
    }

    fn keys(&self) -> Vec<Key> {
        KEYS.to_vec()
    }

    fn options(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Opener>> {
        let pattern = options.required::<String>("path", "path = \"results/{dataset}/{condition}.json\"")?;
        let most = most_bytes(options);
        if !pattern.get_ref().contains(CONDITION) {
            let message = format!("`path` names the same file for every condition: it has no `{CONDITION}`");
            let help =
                "the files are named by condition, for example `results/{condition}.json` -> results/blur@3.json";
            options.wrong(Diagnostic::new(pattern.span(), message).help(help));
            return None;
        }
        Some(Box::new(ResultFiles {
            pattern: source.resolve(&pattern),
            most,
            cells: HashMap::new(),
            digests: vec![],
            silent: BTreeMap::new(),
        }))
    }
}

type Cell = HashMap<u64, Vec<Detection>>;

struct ResultFiles {
    pattern: PathBuf,
    /// Bytes of a file.
    most: u64,
    /// By dataset and condition, then by image id.
    cells: HashMap<(String, ConditionName), Cell>,
    digests: Vec<Digest>,
    /// By dataset and condition, the images that no result is of.
    silent: BTreeMap<String, usize>,
}

impl ResultFiles {
    /// Of all files that were read. Where none was, as no dataset can be used, nothing is known but where they would be: two
    /// models of which nothing was read are not one.
    fn digest(&self) -> Digest {
        if self.digests.is_empty() {
            return Digest::of_bytes(self.pattern.as_os_str().as_encoded_bytes());
        }
        Digest::of_parts(self.digests.iter().map(Digest::to_string))
    }
}

impl Opener for ResultFiles {
    fn open(self: Box<Self>, _variables: Variables<'_>) -> Result<Box<dyn Predictor>, PredictorError> {
        Ok(self)
    }
}

impl Predictor for ResultFiles {
    fn card(&self) -> ModelCard {
        ModelCard {
            kind: Precomputed.entry().name.to_owned(),
            digest: Some(self.digest()),
            settings: [("images_without_results".to_owned(), serde_json::json!(self.silent))].into(),
        }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Ids
    }

    fn needs_pixels(&self) -> bool {
        false
    }

    fn prepare(&mut self, name: &str, dataset: &Dataset, conditions: &[Condition]) -> Result<(), PredictorError> {
        let pattern = self.pattern.display().to_string();
        if !self.cells.is_empty() && !pattern.contains(DATASET) {
            let message = format!("{pattern} names the same files for every dataset: it has no `{DATASET}`");
            return Err(PredictorError::Load(message));
        }
        let mut clean = None;
        for condition in conditions {
            let is_clean = condition.is_clean();
            let condition = ConditionName::from(condition);
            let path = self.path(name, &condition);
            let bytes =
                file::read(&path, self.most).map_err(|error| PredictorError::Load(unreadable(&path, &error)))?;
            let cell = read_cell(&path, &bytes, dataset)?;
            let digest = Digest::of_bytes(&bytes);
            if is_clean {
                clean = Some(digest);
            } else if clean.as_ref() == Some(&digest) && !cell.is_empty() {
                let message = format!("{} holds the results of the clean images, byte for byte", path.display());
                return Err(PredictorError::Load(message));
            }
            let silent = dataset.images.len() - cell.len();
            if silent > 0 {
                self.silent.insert(format!("{name}/{condition}"), silent);
            }
            self.digests.push(digest);
            self.cells.insert((name.to_owned(), condition), cell);
        }
        Ok(())
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        _categories: &CategoryMap,
        _stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let key = (frame.dataset.to_owned(), ConditionName::from(frame.condition));
        let cell = self.cells.get(&key).ok_or_else(|| {
            PredictError::Inference(format!("no results were read for {} under {}", frame.dataset, frame.condition))
        })?;
        Ok(cell.get(&frame.image.id).cloned().unwrap_or_default())
    }
}

impl ResultFiles {
    fn path(&self, dataset: &str, condition: &ConditionName) -> PathBuf {
        let pattern = self.pattern.display().to_string();
        PathBuf::from(pattern.replace(DATASET, dataset).replace(CONDITION, &condition.0))
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    let is_too_long = error.kind() == std::io::ErrorKind::FileTooLarge;
    let way_out = if is_too_long { "; if it is what it should be, raise `max_file_mib`" } else { "" };
    format!("cannot read {}: {error}{way_out}", path.display())
}

#[derive(Deserialize)]
struct RawResult {
    image_id: Whole,
    category_id: Whole,
    bbox: [f64; 4],
    score: f64,
}

fn read_cell(path: &Path, bytes: &[u8], dataset: &Dataset) -> Result<Cell, PredictorError> {
    let fail = |what: String| PredictorError::Load(format!("{}: {what}", path.display()));
    let results: Vec<RawResult> = json::from_bytes(bytes).map_err(|error| match error {
        JsonError::NotFinite { .. } => PredictorError::NonFinite(format!("{}: {error}", path.display())),
        JsonError::Syntax(reason) => fail(format!("it is not COCO results JSON: {reason}")),
    })?;
    let images: HashSet<u64> = dataset.images.iter().map(|image| image.id).collect();
    let categories: HashSet<u64> = dataset.categories.iter().map(|category| category.id).collect();
    let mut cell = Cell::new();
    for (index, raw) in results.iter().enumerate() {
        let bbox = BBox::from(raw.bbox);
        if !bbox.is_finite() || !bbox.area().is_finite() || !raw.score.is_finite() {
            let what = format!(
                "{}: result {index} has a number that is not finite, or a box of no finite area",
                path.display()
            );
            return Err(PredictorError::NonFinite(what));
        }
        if bbox.width < 0.0 || bbox.height < 0.0 || !(0.0..=1.0).contains(&raw.score) {
            let what = "[x, y, width, height] of a size of at least 0 and a score of 0..1 are expected";
            return Err(fail(format!("result {index} has bbox {:?} and score {}; {what}", raw.bbox, raw.score)));
        }
        if !images.contains(&raw.image_id.0) {
            return Err(fail(format!(
                "result {index} has image_id {}, which the dataset does not have",
                raw.image_id.0
            )));
        }
        if !categories.contains(&raw.category_id.0) {
            let what = format!("result {index} has category_id {}, which the dataset does not have", raw.category_id.0);
            return Err(fail(what));
        }
        let detection = Detection { category_id: raw.category_id.0, bbox, score: raw.score };
        cell.entry(raw.image_id.0).or_default().push(detection);
    }
    for detections in cell.values_mut() {
        // Stable: equal scores keep the file's order, as pycocotools has it.
        detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    }
    Ok(cell)
}
