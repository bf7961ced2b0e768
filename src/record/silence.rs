//! How much a model says at all of clean images that nobody has labelled. Silence agrees with silence: a model that finds
//! nothing has a high stability and a low risk, and neither tells that it is of no use.

use super::{CellRecord, DatasetRecord, HeldAgainst, Record, held_against};
use crate::condition::CLEAN;
use crate::gate::Outcome;

/// What to do about a model of which stability cannot be judged.
pub const WAY_OUT_OF_SILENCE: &str = "Hold it against a model that you trust (`metric = \"agreement\"` with `reference`), \
                                      or take pictures of things that it knows";

/// A model's silence on a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The model's name.
    pub model: String,
    /// Clean images on which it finds nothing.
    pub silent: usize,
    /// All images.
    pub images: usize,
}

impl Silence {
    /// How silent a model is on a dataset without labels; labels tell by themselves whether silence is right.
    pub fn of(record: &Record, model: &str, dataset: &DatasetRecord) -> Option<Self> {
        let is_it =
            |cell: &&CellRecord| cell.model == model && cell.dataset == dataset.name && cell.condition.0 == CLEAN;
        let silent = record.cells.iter().find(is_it)?.silent.filter(|_| dataset.annotations == 0)?;
        Some(Self { model: model.to_owned(), silent, images: dataset.images })
    }

    /// Whether most of what agrees is silence. Pictures without objects are common where a camera looks at an empty yard, so
    /// that this is said of a model, and fails it nowhere by itself.
    pub fn is_most(&self) -> bool {
        2 * self.silent >= self.images
    }

    /// `4 of 44`, of those on which it finds something.
    pub fn share(&self) -> String {
        format!("{} of {}", self.images.saturating_sub(self.silent), self.images)
    }

    /// `finds something on 4 of 44 clean images`
    pub fn told(&self) -> String {
        format!("finds something on {} clean images", self.share())
    }

    /// What most people should know before they read its stability: of most of the images, and of fewer where a case of
    /// `record` rests on it.
    pub fn warning(&self, record: &Record, dataset: &DatasetRecord) -> Option<String> {
        let Self { model, silent, images } = self;
        let of_it =
            || record.cases.iter().filter(|case| case.model.as_ref() == Some(model) && case.dataset == dataset.name);
        // It also says from which score on something is found.
        let told = of_it().find_map(|case| Some(case.silence.as_ref()?.told.clone()));
        let told = told.or_else(|| {
            self.is_most().then(|| format!("`{model}` finds nothing on {silent} of {images} clean images"))
        })?;
        let is_unjudged =
            of_it().any(|case| case.silence.is_some() && matches!(case.verdict.outcome, Outcome::Error(_)));
        let is_held_against = of_it().any(|case| held_against(&case.read) == HeldAgainst::Reference);
        let way_out = if self.is_most() && is_unjudged && !is_held_against {
            format!(". {WAY_OUT_OF_SILENCE}")
        } else {
            String::new()
        };
        Some(format!("{told}: where it is silent, its stability and its risk say nothing about it{way_out}"))
    }
}
