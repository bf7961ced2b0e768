//! One cell as it is scored: what is in it.

use std::borrow::Cow;

use crate::answer::Scores;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{MinConfidence, PerImage, Similarity};
use crate::metric::Settings;

/// The labels and answers of a cell, per image.
#[derive(Clone, Copy)]
pub struct CellData<'a> {
    /// The images.
    pub images: &'a [ImageRecord],
    /// The dataset's categories.
    pub categories: &'a [Category],
    /// What labels and answers say.
    pub content: Content<'a>,
    /// The stability of each image; `None` where there are no clean answers to agree with.
    pub stability: Option<&'a [f64]>,
    /// What the metrics' definitions leave open.
    pub settings: Settings,
}

/// What labels and answers say of an image, by the sort of it.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// Which objects are where.
    Objects(Objects<'a>),
    /// Which class the whole image is of.
    Classes(Classes<'a>),
}

/// Objects that are there and objects that were found, per image.
#[derive(Clone, Copy)]
pub struct Objects<'a> {
    /// How both are held against each other.
    pub similarity: Similarity,
    /// The labels as the condition moved them.
    pub annotations: &'a dyn PerImage<Annotation>,
    /// The detections, by falling score.
    pub detections: &'a dyn PerImage<Detection>,
    /// From which score they count, for figures of claims.
    pub min_confidence: &'a MinConfidence,
}

/// Classes that images are of and scores that were given to them, per image.
#[derive(Clone, Copy)]
pub struct Classes<'a> {
    /// The labels as the condition moved them: the first of an image that counts is its class.
    pub annotations: &'a dyn PerImage<Annotation>,
    /// The answers.
    pub answers: &'a dyn PerImageScores,
}

/// The scores of each image, in the order of the images.
pub trait PerImageScores: Sync {
    /// Those of one image.
    ///
    /// # Panics
    /// There is no such image.
    fn of(&self, image: usize) -> Cow<'_, Scores>;
}

impl PerImageScores for Vec<Scores> {
    fn of(&self, image: usize) -> Cow<'_, Scores> {
        Cow::Borrowed(&self[image])
    }
}
