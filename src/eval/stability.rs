//! How stable a model is on one image: whether it says of the perturbed image what it said of the clean one.

use super::gather::by_falling_score;
use super::matching::{MIN_CONFIDENCE, MIN_IOU};
use crate::detection::Detection;

/// F1 of the matching of two lists of detections of one image, 0..=1; 1 where neither claims anything.
///
/// Claims are detections of a score of at least 0.3. By falling score, equal scores in the order given, each perturbed
/// claim takes the free clean claim of its category of the highest IoU, if that is at least 0.5; among equal ones that of
/// the higher score, then the first given. `perturbed` has been moved back into the coordinates of the clean image.
#[must_use]
pub fn stability(clean: &[Detection], perturbed: &[Detection]) -> f64 {
    let (clean, perturbed) = (claims(clean), claims(perturbed));
    if clean.is_empty() && perturbed.is_empty() {
        return 1.0;
    }
    let mut taken = vec![false; clean.len()];
    for claim in &perturbed {
        if let Some(at) = counterpart(&clean, &taken, claim) {
            taken[at] = true;
        }
    }
    let matched = taken.iter().filter(|&&taken| taken).count();
    2.0 * matched as f64 / (clean.len() + perturbed.len()) as f64
}

fn claims(detections: &[Detection]) -> Vec<&Detection> {
    let mut claims: Vec<&Detection> = detections.iter().filter(|d| d.score >= MIN_CONFIDENCE).collect();
    by_falling_score(&mut claims);
    claims
}

fn counterpart(clean: &[&Detection], taken: &[bool], claim: &Detection) -> Option<usize> {
    let mut best = (None, 0.0);
    for (at, other) in clean.iter().enumerate() {
        if !taken[at] && other.category_id == claim.category_id {
            let iou = other.bbox.iou(&claim.bbox);
            if iou >= MIN_IOU && iou > best.1 {
                best = (Some(at), iou);
            }
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::BBox;

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: BBox::from([x, 0.0, 10.0, 10.0]), score }
    }

    #[test]
    fn the_same_claims_are_fully_stable_and_so_is_silence() {
        let claims = [detection(1, 0.0, 0.9), detection(2, 0.0, 0.5), detection(1, 40.0, 0.1)];
        assert_eq!(stability(&claims, &claims), 1.0);
        assert_eq!(stability(&claims[2..], &[]), 1.0);
    }

    #[test]
    fn lost_new_moved_and_renamed_claims_count_against() {
        let clean = [detection(1, 0.0, 0.9), detection(1, 40.0, 0.8), detection(1, 80.0, 0.7)];
        let perturbed =
            [detection(1, 1.0, 0.4), detection(2, 40.0, 0.8), detection(1, 86.0, 0.7), detection(1, 0.0, 0.3)];
        // One of 3 and of 4.
        assert!((stability(&clean, &perturbed) - 2.0 / 7.0).abs() < 1e-12);
        assert_eq!(stability(&clean, &[]), 0.0);
    }

    #[test]
    fn a_clean_claim_is_matched_once() {
        let (one, two) = ([detection(1, 0.0, 0.9)], [detection(1, 0.0, 0.9), detection(1, 1.0, 0.8)]);
        assert!((stability(&one, &two) - 2.0 / 3.0).abs() < 1e-12);
    }
}
