//! Which objects of one image were found, at one IoU and one confidence: for pictures, for ranking images and for counts,
//! not for COCO's figures.

use super::min_confidence::MinConfidence;
use super::similarity::Similarity;
use crate::detection::{Annotation, Detection};

/// IoU from which a detection counts as having found an object: COCO's and VOC's loosest.
const MIN_IOU: f64 = 0.5;

/// What became of the objects and detections of one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// Detections that found an object.
    pub found: Vec<usize>,
    /// The annotations that they found, in the same order.
    pub objects: Vec<usize>,
    /// Annotations that nothing found.
    pub missed: Vec<usize>,
    /// Detections that found nothing (those on ignored regions are left out).
    pub spurious: Vec<usize>,
}

impl Matches {
    /// F1 score, 0..=1; 1 for an image without objects and without claims.
    pub fn f1(&self) -> f64 {
        let wrong = (self.missed.len() + self.spurious.len()) as f64;
        let right = 2.0 * self.found.len() as f64;
        if right + wrong == 0.0 { 1.0 } else { right / (right + wrong) }
    }
}

/// Matches greedily by falling score, within a category, each object once; claims are what `min` admits. The `detections` of a
/// category are sorted by falling score.
pub fn match_claims(
    similarity: Similarity,
    annotations: &[Annotation],
    detections: &[Detection],
    min: &MinConfidence,
) -> Matches {
    let mut matches = Matches::default();
    let mut taken = vec![false; annotations.len()];
    let covers = |crowd: &Annotation, claim: &Detection| similarity.inside(crowd, claim) >= MIN_IOU;
    let claims = detections.iter().enumerate().filter(|(_, d)| min.admits(d));
    for (index, detection) in claims {
        let free = annotations.iter().enumerate().filter(|(at, a)| !taken[*at] && !a.iscrowd && same(a, detection));
        let best = free.map(|(at, a)| (at, similarity.between(a, detection))).max_by(|(_, a), (_, b)| a.total_cmp(b));
        match best {
            Some((at, iou)) if iou >= MIN_IOU => {
                taken[at] = true;
                matches.found.push(index);
                matches.objects.push(at);
            }
            _ if annotations.iter().any(|a| a.iscrowd && same(a, detection) && covers(a, detection)) => {}
            _ => matches.spurious.push(index),
        }
    }
    matches.missed = (0..annotations.len()).filter(|&at| !taken[at] && !annotations[at].iscrowd).collect();
    matches
}

fn same(annotation: &Annotation, detection: &Detection) -> bool {
    annotation.category_id == detection.category_id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Shape};

    fn annotation(x: f64, iscrowd: bool) -> Annotation {
        Annotation {
            category_id: 1,
            bbox: BBox::from([x, 0.0, 10.0, 10.0]),
            shape: Shape::Box,
            area: 100.0,
            iscrowd,
            is_whole: false,
        }
    }

    fn detection(x: f64, score: f64) -> Detection {
        Detection { category_id: 1, bbox: BBox::from([x, 0.0, 10.0, 10.0]), shape: Shape::Box, score }
    }

    #[test]
    fn found_missed_and_spurious_are_told_apart() {
        let matches = match_claims(
            Similarity::Boxes,
            &[annotation(0.0, false), annotation(50.0, false), annotation(90.0, true)],
            &[detection(1.0, 0.9), detection(2.0, 0.8), detection(91.0, 0.7), detection(50.0, 0.1)],
            &0.3.into(),
        );
        assert_eq!((matches.found.as_slice(), matches.missed.as_slice()), ([0].as_slice(), [1].as_slice()));
        assert_eq!((matches.objects.as_slice(), matches.spurious.as_slice()), ([0].as_slice(), [1].as_slice()));
        assert!((matches.f1() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_empty_image_left_alone_is_perfect() {
        assert!((match_claims(Similarity::Boxes, &[], &[], &0.3.into()).f1() - 1.0).abs() < 1e-12);
    }
}
