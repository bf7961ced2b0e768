//! The seam of the family, and what its members share.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::Preprocessing;
use crate::detection::Size;
use crate::entry::Named;

/// An output layout of a family of networks.
pub trait Decoder: Named + Sync {
    /// What the family's own code does where a spec says nothing.
    fn defaults(&self) -> Defaults;

    /// The number of classes if named outputs of such shapes can be of this layout, for an input of `input` pixels.
    fn classes(&self, outputs: &[(&str, &[usize])], input: Size) -> Option<usize>;

    /// The boxes with a score above `confidence`, each with its best class, in pixels of the input. `outputs` have
    /// names and shapes that [`Self::classes`] accepted, and no NaN.
    fn decode(&self, outputs: &[(&str, &Tensor)], input: Size, confidence: f32) -> Vec<Candidate>;
}

/// What a family of networks takes and how its answers are thinned out, unless the spec says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// How pictures become the input.
    pub preprocessing: Preprocessing,
    /// Confidence floor.
    pub confidence: f64,
    /// IoU of the non-maximum suppression.
    pub iou: f64,
    /// Detections kept per image.
    pub max_detections: usize,
}

/// The class of the highest score and that score; the first of equal ones. `None` without classes.
pub fn best_class(scores: impl Iterator<Item = f32>) -> Option<(usize, f32)> {
    scores.enumerate().fold(None, |best, (label, score)| match best {
        Some((_, highest)) if highest >= score => best,
        _ => Some((label, score)),
    })
}

/// Whether a box of this score is kept; one whose score is not a number is, so that it is found out.
pub fn is_claim(score: f32, confidence: f32) -> bool {
    score > confidence || score.is_nan()
}

/// Corners of a box given by centre and size.
pub fn corners(cx: f32, cy: f32, width: f32, height: f32) -> [f32; 4] {
    [cx - width / 2.0, cy - height / 2.0, cx + width / 2.0, cy + height / 2.0]
}
