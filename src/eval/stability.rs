//! How stable a model is on one image: whether it says of the perturbed image what it said of the clean one.

use super::matching::match_claims;
use super::min_confidence::MinConfidence;
use super::similarity::Similarity;
use crate::detection::{Annotation, Detection};

/// F1 of the matching of a model's detections on a perturbed image with its claims on the clean one, 0..=1; 1 where
/// neither claims anything.
///
/// `clean` are the detections of the clean image that counted as claims, moved as labels are by the perturbation: one
/// that has left the picture is gone, one that is hardly visible is a crowd, which nobody has to find again.
/// `perturbed` are sorted by falling score; those that `min` admits each take the free claim of their category of
/// the highest IoU, if that is at least 0.5.
pub fn stability(similarity: Similarity, clean: &[Annotation], perturbed: &[Detection], min: &MinConfidence) -> f64 {
    match_claims(similarity, clean, perturbed, min).f1()
}
