//! What a record holds. Figures are full doubles, absence is `null`, lists are in the order of the spec.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AugmentationRecord, ClassesRecord, ComparedWith, Comparison, ConfusionRecord, GalleryRecord, GlimpseRecord,
    ImageRecord, Listing, RobustnessRecord, SampleRecord, SlicesRecord, SpeedRecord,
};
use crate::baseline::ImageF1s;
use crate::condition::ConditionName;
use crate::digest::Digest;
use crate::eval::{Interval, OwnConfidence, Tide};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::gate::{Outcome, SilenceTold, Verdict};
use crate::predict::ModelCard;
use crate::score::{CategoryLoss, ImageLoss};
use crate::spec::{Bound, Rule};
use crate::stopwatch::Phases;
use crate::task::Task;

/// The version of the record's format; a change of meaning counts it up.
pub const VERSION: u32 = 4;

/// Everything one run of one spec found. Two runs of the same input differ in `times` alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`VERSION`].
    pub version: u32,
    /// What made it.
    pub tool: Tool,
    /// What was run.
    pub spec: SpecRecord,
    /// The datasets.
    pub datasets: Vec<DatasetRecord>,
    /// The models.
    pub models: Vec<ModelRecord>,
    /// The conditions, clean first.
    pub conditions: Vec<ConditionRecord>,
    /// The metrics, with the definition behind every figure.
    pub metrics: Vec<MetricRecord>,
    /// The figures, cell by cell.
    pub cells: Vec<CellRecord>,
    /// How robust each model is on each dataset, over all conditions.
    pub robustness: Vec<RobustnessRecord>,
    /// Whether what models were trained with has helped.
    #[serde(rename = "audits")]
    pub augmentations: Vec<AugmentationRecord>,
    /// The models side by side.
    #[serde(default)]
    pub comparisons: Vec<Comparison>,
    /// Datasets and models that failed; their cases are skipped as blocked.
    pub setup: Vec<SetupRecord>,
    /// The images that failed cases name, with the boxes on them.
    #[serde(default)]
    pub galleries: Vec<GalleryRecord>,
    /// What models find on clean images: of datasets without labels, and of those with labels that no failed case shows
    /// images of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glimpses: Vec<GlimpseRecord>,
    /// What each condition does to a picture; of runs of before none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SampleRecord>,
    /// The cases.
    pub cases: Vec<CaseRecord>,
    /// The cases and failed set-ups, counted.
    pub counts: Counts,
    /// What people should know beside the verdicts.
    pub notes: Vec<String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// The program's exit code: 0 all hold, 1 a check failed, 3 something could not be judged, 130 interrupted.
    pub exit_code: Exit,
    /// When and how long.
    pub times: Times,
    /// The failure clusters, where the spec asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slices: Option<SlicesRecord>,
}

/// What made the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `windtunnel`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecRecord {
    /// The suite's name.
    pub name: String,
    /// The spec's file.
    pub file: String,
    /// The digest of its text, of the files that it extends, and of the options that change it.
    pub digest: Digest,
    /// The options of the command line that change it (`--profile`, `ci`), in order.
    pub options: Vec<(String, String)>,
    /// What the models are asked to do; files that say nothing are of `detect`.
    #[serde(default, skip_serializing_if = "Task::is_unsaid")]
    pub task: Task,
    /// The suite's seed.
    pub seed: u64,
    /// Whether the seed was given on the command line instead of by the spec.
    pub is_seed_given: bool,
    /// The metric of tables.
    pub metric: String,
    /// How often images are resampled for an interval.
    pub resamples: usize,
    /// The confidence of intervals, between 0 and 1.
    pub confidence: f64,
    /// Whether only some of the spec's cases were asked for.
    pub is_filtered: bool,
    /// The baseline's file, whether there is one or not.
    pub baseline: String,
}

/// A dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetRecord {
    /// The name in the spec.
    pub name: String,
    /// The digest of the annotation files; `None` if it could not be read.
    pub digest: Option<Digest>,
    /// The digest of the image files; `None` if no model looked at them.
    pub images_digest: Option<Digest>,
    /// Number of images.
    pub images: usize,
    /// Number of images of the whole dataset where `images` are a sample of it; `None` for the whole.
    #[serde(default)]
    pub sampled_from: Option<usize>,
    /// Number of annotations.
    pub annotations: usize,
    /// The categories, with the number of objects that count.
    pub categories: Vec<CategoryRecord>,
    /// What somebody should know of, counted.
    pub warnings: Vec<String>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRecord {
    /// The dataset's id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// Objects that count as ground truth.
    pub objects: usize,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// The name in the spec.
    pub name: String,
    /// What decides its answers; `None` if it could not be opened.
    pub card: Option<ModelCard>,
    /// From which score its detections count, where it says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_confidence: Option<OwnConfidence>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionRecord {
    /// `clean`, `blur@3`.
    pub name: ConditionName,
    /// Stands for what is done to pictures and labels; figures of other digests are not comparable.
    pub digest: Digest,
    /// What is done to the pictures, first to last; nothing for clean.
    pub steps: Vec<StepRecord>,
}

/// A perturbation with the values of its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The kind.
    pub kind: String,
    /// Its group.
    pub group: String,
    /// Counts up whenever the kind's pixels change.
    pub revision: u32,
    /// The values of its parameters.
    pub values: BTreeMap<String, f64>,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricRecord {
    /// The name.
    pub name: String,
    /// What it is.
    pub definition: String,
}

/// The figures of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// The condition's name.
    pub condition: ConditionName,
    /// The interval of the figure of tables, where it was drawn.
    #[serde(default)]
    pub interval: Option<Interval>,
    /// The figure of tables minus the clean one, over the categories that both have.
    pub change: Option<f64>,
    /// Number of detections; `None` where it was not measured.
    pub detections: Option<usize>,
    /// Of clean images: on how many the model finds nothing of a score that counts (`min_confidence`); `None` of other
    /// conditions, of classes, and where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<usize>,
    /// By metric; empty where it was not measured.
    pub figures: BTreeMap<String, Option<f64>>,
    /// What was said of labelled images, where they are of classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<ClassesRecord>,
    /// By category, then by metric.
    pub per_category: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// Figures on resampled images, by metric or `metric(category)`, where they were drawn: little-endian 32-bit floats
    /// in base64. Resample `i` draws the same images in every run on the dataset.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub draws: BTreeMap<String, String>,
    /// Image by image, in the order of the dataset; of cells that a failed case reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImageRecord>,
    /// What the baseline holds of the figure of tables, where it is comparable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<f64>,
    /// What a later run needs to tell what it lost against this one; of cells that may become a baseline's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptRecord>,
    /// Why it could not be measured.
    pub failure: Option<Failure>,
    /// Why it was not measured.
    pub blocked: Option<String>,
}

/// What is kept of a cell for later runs, beside its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptRecord {
    /// F1 of single images.
    pub images: ImageF1s,
    /// Which errors cost how much.
    pub errors: Option<Tide>,
    /// Stands for the model as it was asked; `None` where its answers are not kept.
    pub asked: Option<Digest>,
}

/// A dataset or model that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupRecord {
    /// The dataset, if it is one.
    pub dataset: Option<String>,
    /// The model, if it is one.
    pub model: Option<String>,
    /// The file that names it: the spec's, or one that it extends.
    pub file: String,
    /// The line of the file.
    pub line: usize,
    /// Why.
    pub failure: Failure,
}

/// A test case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// `model/dataset/condition/metric:bound`.
    pub id: String,
    /// The check's name, if it has one.
    pub check: Option<String>,
    /// The file of the check: the spec's, or one that it extends.
    pub file: String,
    /// The line of the check in the file.
    pub line: usize,
    /// The model's name; `None` for figures of a dataset itself.
    pub model: Option<String>,
    /// The dataset's name.
    pub dataset: String,
    /// A condition's name, or an aggregate of several.
    pub on: String,
    /// The conditions read.
    pub conditions: Vec<ConditionName>,
    /// The metric's name.
    pub metric: String,
    /// The metric that its cells are read for: the same, but for metrics of several cells.
    pub read: String,
    /// The one category it is about.
    pub category: Option<String>,
    /// The slice of the dataset it is about, `brightness:low`; `None` for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// What is asked.
    pub bound: Bound,
    /// The number it is held against.
    pub threshold: f64,
    /// How sure one has to be.
    pub rule: Rule,
    /// What it is compared with.
    pub other: Option<ComparedWith>,
    /// Where a broken bound is only told: why, and until when.
    pub waiver: Option<WaiverRecord>,
    /// Number of images.
    pub images: usize,
    /// Of a case of one category on a slice that was measured: how many of its images have labels of the category in the slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_images: Option<usize>,
    /// What became of it.
    pub verdict: Verdict,
    /// The verdict in one line, with its numbers.
    pub message: String,
    /// Where the message tells how little the model says of clean images: that, and the message without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<SilenceTold>,
    /// For a failed case that is held against something else than the clean images: what its evidence compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sides: Option<SidesRecord>,
    /// For a failed case: the categories that lost most.
    pub category_losses: Vec<CategoryLoss>,
    /// For a failed case of classes: the wrong answers that became more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confusions: Vec<ConfusionRecord>,
    /// What its model is asked to do; files that say nothing are of `detect`.
    #[serde(default, skip_serializing_if = "Task::is_unsaid")]
    pub task: Task,
    /// Which images `image_losses` lists, where they are not those that lost most, and what its numbers are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Listing>,
    /// For a failed case: the images that lost most.
    pub image_losses: Vec<ImageLoss>,
    /// For a failed case: which errors cost how much, before and after.
    #[serde(default)]
    pub errors: Option<ErrorSplit>,
    /// For a failed case: a picture of those images, a path relative to the record.
    pub picture: Option<String>,
    /// For a failed case on a dataset itself: what was found, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
}

/// What is before and what is after in the evidence of a case that is held against another model or the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SidesRecord {
    /// `baseline`, or the other model's name.
    pub before: String,
    /// The model's name.
    pub after: String,
    /// The condition that both are under.
    pub condition: ConditionName,
    /// What cannot be shown of the one before, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// Why a broken bound does not fail the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverRecord {
    /// Why.
    pub reason: String,
    /// The last day, `2026-11-24`; `None` for ever.
    pub until: Option<String>,
}

/// TIDE's split of the errors of two cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorSplit {
    /// On clean images, of the other model, or accepted.
    pub before: Tide,
    /// Now.
    pub after: Tide,
}

/// Cases and failed set-ups, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The bound holds.
    pub passed: usize,
    /// The bound is broken.
    pub failed: usize,
    /// Could not be judged; failed set-ups among them.
    pub errors: usize,
    /// Not judged.
    pub skipped: usize,
    /// Broken, but only told.
    #[serde(default)]
    pub warned: usize,
}

/// When and how long; the only part in which two runs of the same input differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// Wall time of the run.
    pub seconds: f64,
    /// Reading, decoding and perturbing, summed over threads.
    pub pixels_seconds: f64,
    /// The models' answers, summed over threads.
    pub predict_seconds: f64,
    /// Frames that models were asked about; result files are not asked.
    pub asked: usize,
    /// Frames whose answers came from the store.
    pub from_store: usize,
    /// Scoring, judging and drawing, wall time.
    pub score_seconds: f64,
    /// The model's answers per cell, in the order of `cells`, summed over threads.
    pub cells: Vec<f64>,
    /// All of it by phase.
    #[serde(default)]
    pub phases: Phases,
    /// What calls took that were made to be timed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speeds: Vec<SpeedRecord>,
}

impl Record {
    /// The datasets that models were run on.
    pub fn evaluated(&self) -> impl Iterator<Item = &DatasetRecord> {
        let has_cells = |dataset: &&DatasetRecord| self.cells.iter().any(|cell| cell.dataset == dataset.name);
        self.datasets.iter().filter(|dataset| dataset.images > 0).filter(has_cells)
    }
}

impl CaseRecord {
    /// The message in a report whose headline tells once how silent each model is.
    pub fn brief(&self) -> &str {
        self.silence.as_ref().map_or(&self.message, |silence| &silence.rest)
    }

    /// Whether the bound is broken and its check only warns.
    pub fn is_waived(&self) -> bool {
        self.waiver.is_some() && self.verdict.outcome == Outcome::Fail
    }

    /// Whether it holds, but by no more than chance explains.
    pub fn is_unsure(&self) -> bool {
        self.verdict.outcome == Outcome::Pass && self.verdict.inconclusive
    }
}

impl Counts {
    /// Adds one outcome; of a check that only warns a failure is a warning. An error stays one: that nothing could be
    /// judged is not what somebody waived.
    pub fn add(&mut self, outcome: Outcome, is_waived: bool) {
        match outcome {
            Outcome::Pass => self.passed += 1,
            Outcome::Fail if is_waived => self.warned += 1,
            Outcome::Fail => self.failed += 1,
            Outcome::Error(_) => self.errors += 1,
            Outcome::Skipped => self.skipped += 1,
        }
    }
}
