//! What came of the images, before it is sorted into cells: plain data, so that it can also come from another machine.

use serde::{Deserialize, Serialize};

use super::found::Found;
use crate::digest::Digest;
use crate::failure::Failure;
use crate::position::{CellAt, ConditionAt, DatasetAt, List, ModelAt};
use crate::slice::Look;
use crate::stopwatch::Phases;

/// What came of one image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageOutcome {
    /// The answers of cells, in the order of their conditions.
    pub answers: Vec<CellAnswer>,
    /// Reading, decoding and perturbing, seconds.
    pub pixels_seconds: f64,
    /// The digest of the image file, if it was read.
    pub digest: Option<Digest>,
    /// Why the image cannot be used.
    pub failure: Option<String>,
    /// The conditions whose picture is not the clean one, as positions in the plan.
    pub changed: Vec<ConditionAt>,
    /// How the clean image looks, where somebody asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
}

/// The answer of one cell on one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellAnswer {
    /// Position in the plan.
    pub cell: CellAt,
    /// What was found, or why there is no answer.
    pub found: Result<Found, Failure>,
    /// The time the model took, seconds.
    pub seconds: f64,
}

/// Takes what came of images as it comes, from several threads: the position of the dataset, that of the image, and what
/// came of it.
pub type Take<'a> = dyn Fn(DatasetAt, usize, ImageOutcome) + Sync + 'a;

/// What a model took.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ModelTime {
    /// Frames that it was asked about.
    pub asked: usize,
    /// The time of its engine alone for these, seconds, summed over threads.
    pub inference: f64,
}

/// What there is to tell of answers beside what came of each image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// Per model, why it could not be asked, or was asked no more.
    pub unreached: List<ModelAt, Option<Failure>>,
    /// Frames that models were asked about.
    pub asked: usize,
    /// Frames whose answers came from the store.
    pub recalled: usize,
    /// Where the time went.
    pub phases: Phases,
    /// Per model, what it took.
    pub models: List<ModelAt, ModelTime>,
    /// What people should know beside the figures.
    pub notes: Vec<String>,
    /// Whether the run ended early.
    pub interrupted: bool,
}
