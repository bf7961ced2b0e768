//! COCO's matching of the detections and objects of one category in one image, at every IoU and for every part of them.

use super::grid::{IOUS, iou_threshold};
use super::parts::{MAX_PARTS, Parts};
use super::similarity::Similarity;
use crate::detection::{Annotation, Detection};

/// What became of a detection at each IoU: bit `t` says that it found an object, bit `IOUS + t` that it is ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct MatchOutcome(u32);

/// The bits of every IoU.
const EVERY: u32 = (1 << IOUS) - 1;

impl MatchOutcome {
    /// IoU slots at which the detection is ignored, as bits.
    pub fn ignored(self) -> u32 {
        self.0 >> IOUS
    }

    /// IoU slots at which the detection found an object that counts, as bits.
    pub fn right(self) -> u32 {
        self.0 & EVERY & !self.ignored()
    }

    fn set(&mut self, iou: usize, ignored: bool) {
        self.0 |= 1 << iou | u32::from(ignored) << (IOUS + iou);
    }

    fn ignore_unmatched(&mut self) {
        self.0 |= (!self.0 & EVERY) << IOUS;
    }
}

/// Outcomes for every part, in the order of the [`Parts`] that they were matched in.
pub type Outcomes = [MatchOutcome; MAX_PARTS];

/// An object that a detection may find.
struct MatchCandidate {
    object: usize,
    iou: f64,
}

/// Matches as pycocotools' `evaluateImg`: by falling score, each detection takes the free object of the highest IoU,
/// the later of equal ones; an object that does not count (a crowd, or outside the part) only where no other is left; a
/// crowd may be taken often. `found` are of falling score; `image` is a position in the dataset's images.
pub fn match_group(
    similarity: Similarity,
    objects: &[&Annotation],
    found: &[&Detection],
    parts: &impl Parts,
    image: usize,
    outcomes: &mut Vec<Outcomes>,
) {
    outcomes.clear();
    outcomes.resize(found.len(), Outcomes::default());
    let candidates: Vec<Vec<MatchCandidate>> =
        found.iter().map(|detection| candidates(similarity, objects, detection)).collect();
    for part in 0..parts.count() {
        if !objects.is_empty() {
            let ignored: Vec<bool> = objects.iter().map(|object| is_ignored(object, parts, part, image)).collect();
            match_in_part(objects, &ignored, &candidates, part, outcomes);
        }
        for (detection, outcomes) in found.iter().zip(outcomes.iter_mut()) {
            if !parts.has(part, image, &detection.bbox, similarity.area(detection)) {
                outcomes[part].ignore_unmatched();
            }
        }
    }
}

fn match_in_part(
    objects: &[&Annotation],
    ignored: &[bool],
    candidates: &[Vec<MatchCandidate>],
    part: usize,
    outcomes: &mut [Outcomes],
) {
    let mut taken = vec![0_u32; objects.len()];
    for (candidates, outcomes) in candidates.iter().zip(outcomes) {
        let highest = candidates.iter().map(|candidate| candidate.iou).fold(0.0, f64::max);
        for slot in (0..IOUS).take_while(|&slot| iou_threshold(slot) <= highest) {
            let bit = 1 << slot;
            let best = |among: bool| {
                let free = |at: usize| ignored[at] == among && (taken[at] & bit == 0 || objects[at].iscrowd);
                best(candidates.iter().filter(|candidate| free(candidate.object)), iou_threshold(slot))
            };
            if let Some(object) = best(false).or_else(|| best(true)) {
                taken[object] |= bit;
                outcomes[part].set(slot, ignored[object]);
            }
        }
    }
}

/// The object that each detection finds at the lowest IoU of the grid, by the same rule; `ignored` are the objects that do
/// not count.
pub fn match_at_lowest_iou(
    similarity: Similarity,
    objects: &[&Annotation],
    ignored: &[bool],
    found: &[&Detection],
) -> Vec<Option<usize>> {
    let mut taken = vec![false; objects.len()];
    let find = |detection: &&Detection| {
        let candidates = candidates(similarity, objects, detection);
        let best = |among: bool| {
            let free = |at: usize| ignored[at] == among && (!taken[at] || objects[at].iscrowd);
            best(candidates.iter().filter(|candidate| free(candidate.object)), iou_threshold(0))
        };
        let object = best(false).or_else(|| best(true))?;
        taken[object] = true;
        Some(object)
    };
    found.iter().map(find).collect()
}

/// Whether an object of an image does not count in a part.
pub fn is_ignored(object: &Annotation, parts: &impl Parts, part: usize, image: usize) -> bool {
    object.iscrowd || !parts.has(part, image, &object.bbox, object.area)
}

fn best<'c>(candidates: impl Iterator<Item = &'c MatchCandidate>, threshold: f64) -> Option<usize> {
    let (mut best, mut highest) = (None, threshold);
    for candidate in candidates {
        if candidate.iou >= highest {
            (best, highest) = (Some(candidate.object), candidate.iou);
        }
    }
    best
}

fn candidates(similarity: Similarity, objects: &[&Annotation], detection: &Detection) -> Vec<MatchCandidate> {
    let candidate =
        |(at, object): (usize, &&Annotation)| MatchCandidate { object: at, iou: similarity.coco(object, detection) };
    let with_iou = objects.iter().enumerate().map(candidate);
    with_iou.filter(|candidate| candidate.iou >= iou_threshold(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Params;
    use super::super::parts::AreaRanges;
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

    fn detection(x: f64) -> Detection {
        Detection { category_id: 1, bbox: BBox::from([x, 0.0, 10.0, 10.0]), shape: Shape::Box, score: 0.5 }
    }

    fn matched(objects: &[Annotation], found: &[Detection]) -> Vec<Outcomes> {
        let mut outcomes = Vec::new();
        let (objects, found): (Vec<_>, Vec<_>) = (objects.iter().collect(), found.iter().collect());
        match_group(
            Similarity::Boxes,
            &objects,
            &found,
            &AreaRanges::of(&Params::of(Similarity::Boxes)),
            0,
            &mut outcomes,
        );
        outcomes
    }

    #[test]
    fn a_second_detection_of_an_object_is_wrong_and_one_in_a_crowd_is_ignored() {
        let outcomes = matched(
            &[annotation(0.0, false), annotation(50.0, true)],
            &[detection(0.0), detection(0.0), detection(50.0), detection(50.0)],
        );
        let all = outcomes.iter().map(|outcomes| (outcomes[0].right(), outcomes[0].ignored()));
        assert_eq!(all.collect::<Vec<_>>(), [(EVERY, 0), (0, 0), (0, EVERY), (0, EVERY)]);
    }

    #[test]
    fn what_is_small_is_ignored_among_the_large() {
        let outcomes = matched(&[annotation(0.0, false)], &[detection(3.0), detection(90.0)]);
        assert_eq!(outcomes.iter().map(|o| o[1].right()).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(outcomes.iter().map(|o| o[3].ignored()).collect::<Vec<_>>(), [EVERY, EVERY]);
    }
}
