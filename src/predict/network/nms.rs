//! Candidates of a decoder, and greedy non-maximum suppression within each class.

/// A box a decoder found, in pixels of the network's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Left, top, right, bottom.
    pub corners: [f32; 4],
    /// Confidence, 0..=1.
    pub score: f32,
    /// Class number.
    pub label: usize,
}

impl Candidate {
    fn iou(&self, other: &Self) -> f32 {
        let ([ax0, ay0, ax1, ay1], [bx0, by0, bx1, by1]) = (self.corners, other.corners);
        let width = (ax1.min(bx1) - ax0.max(bx0)).max(0.0);
        let height = (ay1.min(by1) - ay0.max(by0)).max(0.0);
        let shared = width * height;
        let union = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

/// Sorts by falling score (equal scores keep their order), drops each candidate whose IoU with a better one of its
/// class exceeds `iou` (nothing is dropped where it is `None`), and keeps at most `max`.
pub fn suppress(mut candidates: Vec<Candidate>, iou: Option<f32>, max: usize) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(iou) = iou else {
        candidates.truncate(max);
        return candidates;
    };
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.len() == max {
            break;
        }
        let beaten = |better: &Candidate| better.label == candidate.label && better.iou(&candidate) > iou;
        if !kept.iter().any(beaten) {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(x: f32, score: f32, label: usize) -> Candidate {
        Candidate { corners: [x, 0.0, x + 10.0, 10.0], score, label }
    }

    #[test]
    fn the_better_of_two_overlapping_boxes_of_a_class_stays() {
        let kept = suppress(vec![candidate(0.0, 0.5, 0), candidate(1.0, 0.9, 0), candidate(1.0, 0.4, 1)], Some(0.5), 9);
        assert_eq!(kept, vec![candidate(1.0, 0.9, 0), candidate(1.0, 0.4, 1)]);
    }

    #[test]
    fn without_suppression_only_the_cap_applies() {
        let kept = suppress(vec![candidate(0.0, 0.5, 0), candidate(0.0, 0.9, 0)], None, 1);
        assert_eq!(kept, vec![candidate(0.0, 0.9, 0)]);
    }
}
