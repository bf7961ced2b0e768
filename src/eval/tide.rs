//! TIDE's split of the errors of a cell: how much AP50 each kind costs.
//!
//! Bolya et al., *TIDE: A General Toolbox for Identifying Object Detection Errors* (2020). The figures are those of the
//! authors' `tidecv` 1.0.1, which tells them in per cent. Where that departs from COCO's evaluation, COCO is followed, as
//! hotcoco does, so that AP50 is the one that stands beside it: a hundred detections of each category of an image, not of the
//! image; pycocotools' order of equal scores and overlaps; the mean over all categories with objects, and no others. A
//! detection on a crowd is no error, and one that lies partly on a crowd of its category is badly placed: `tidecv` lets mended
//! detections on crowds be right, and does not ask whether what is wrong is near a crowd.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::batches::by_id;
use super::boxes::{Boxes, Status, positions};
use super::check::{Unscorable, check};
use super::curve::needed;
use super::gather::falling;
use super::grid::recall_thresholds;
use super::mistakes::{ErrorKind, Mistake, mistakes};
use super::per_image::PerImage;
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// Average precision at IoU 0.5 and what it would gain, 0..=1, if all errors of one kind were mended and no others. The
/// gains do not add up to what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tide {
    /// AP at IoU 0.5, the mean over categories.
    pub ap50: f64,
    /// `Cls`: placed on an object of another category.
    pub classification: f64,
    /// `Loc`: the right category, but placed badly: an IoU of 0.1 to 0.5.
    pub localization: f64,
    /// `Both`: placed badly on an object of another category.
    pub both: f64,
    /// `Dupe`: on an object that a detection of a higher score has found.
    pub duplicate: f64,
    /// `Bkg`: on no object.
    pub background: f64,
    /// `Miss`: objects that no detection found, nor would find with its place or category mended.
    pub missed: f64,
}

/// Splits the errors of one cell. `annotations` and `detections` are per image, in the order of `images`. Takes about 30 bytes
/// of memory for each detection.
///
/// # Errors
/// See [`super::MatchTable::build`].
pub fn tide(
    similarity: Similarity,
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<Tide, Unscorable> {
    check(images, annotations, detections)?;
    let positions = positions(categories);
    let mut tallies = vec![TideTally::default(); positions.len()];
    for image in by_id(images) {
        let (labels, detections) = (annotations.of(image), detections.of(image));
        add(&Boxes::matched(similarity, &positions, &labels, &detections), &positions, &mut tallies);
    }
    let measured: Vec<Tide> = tallies.into_iter().filter(|tally| tally.objects > 0).map(TideTally::split).collect();
    let mean = |figure: fn(&Tide) -> f64| match measured.len() {
        0 => 0.0,
        count => measured.iter().map(figure).sum::<f64>() / count as f64,
    };
    Ok(Tide {
        ap50: mean(|one| one.ap50),
        classification: mean(|one| one.classification),
        localization: mean(|one| one.localization),
        both: mean(|one| one.both),
        duplicate: mean(|one| one.duplicate),
        background: mean(|one| one.background),
        missed: mean(|one| one.missed),
    })
}

/// What the curves of one category are made of.
#[derive(Debug, Clone, Default)]
struct TideTally {
    /// Detections with their scores.
    rows: Vec<(f64, TideFate)>,
    /// Objects that count.
    objects: u64,
    /// Objects that count and that no detection found, nor would find with its place or category mended.
    missed: u64,
}

/// What a detection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TideFate {
    Right,
    Wrong(ErrorKind),
    /// Wrong, but right with its place mended.
    Misplaced,
    /// One of another category, that would be right with its category mended.
    Misnamed,
}

impl TideFate {
    /// Whether it is right with the errors of one kind mended; `None` if it is not there then.
    fn is_right(self, mended: Option<ErrorKind>) -> Option<bool> {
        match self {
            Self::Right => Some(true),
            Self::Wrong(kind) => (mended != Some(kind)).then_some(false),
            Self::Misplaced => Some(mended == Some(ErrorKind::Localization)),
            Self::Misnamed => (mended == Some(ErrorKind::Classification)).then_some(true),
        }
    }
}

/// Adds the boxes of one image.
fn add(boxes: &Boxes<'_>, positions: &HashMap<u64, usize>, tallies: &mut [TideTally]) {
    let mut is_missed: Vec<bool> = boxes.label_status.iter().map(|&status| status == Status::Unmatched).collect();
    for (at, mistake) in mistakes(boxes).into_iter().enumerate() {
        let Detection { category_id, score, .. } = boxes.detections[at];
        let fate = match mistake {
            Some(Mistake { kind, would_find: None }) => TideFate::Wrong(kind),
            Some(Mistake { kind, would_find: Some(label) }) => {
                is_missed[label] = false;
                let of_label = boxes.labels[label].category_id;
                if of_label == category_id {
                    TideFate::Misplaced
                } else {
                    tallies[positions[&of_label]].rows.push((score, TideFate::Misnamed));
                    TideFate::Wrong(kind)
                }
            }
            None if boxes.detection_status[at] == Status::Matched => TideFate::Right,
            None => continue,
        };
        tallies[positions[&category_id]].rows.push((score, fate));
    }
    for ((label, status), is_missed) in boxes.labels.iter().zip(&boxes.label_status).zip(is_missed) {
        if matches!(status, Status::Matched | Status::Unmatched) {
            let tally = &mut tallies[positions[&label.category_id]];
            tally.objects += 1;
            tally.missed += u64::from(is_missed);
        }
    }
}

impl TideTally {
    fn split(mut self) -> Tide {
        // Of equal scores those of other categories come last.
        let rank = |(_, fate): &(f64, TideFate)| *fate == TideFate::Misnamed;
        self.rows.sort_by(|one, other| falling(one.0, other.0).then(rank(one).cmp(&rank(other))));
        let precision = |objects: u64, mended: Option<ErrorKind>| {
            average_precision(self.rows.iter().filter_map(|(_, fate)| fate.is_right(mended)), objects)
        };
        let ap50 = precision(self.objects, None);
        let gain = |kind| precision(self.objects, Some(kind)) - ap50;
        Tide {
            ap50,
            classification: gain(ErrorKind::Classification),
            localization: gain(ErrorKind::Localization),
            both: gain(ErrorKind::Both),
            duplicate: gain(ErrorKind::Duplicate),
            background: gain(ErrorKind::Background),
            missed: precision(self.objects - self.missed, None) - ap50,
        }
    }
}

/// COCO's average precision for so many objects, 0 without any. `detections` say whether they are right, by falling score.
///
/// Not by [`super::curve::Curve`], whose last digits differ: here, as in pycocotools, the double's smallest step is added to
/// what is divided by, and the sum is by rising recall.
fn average_precision(detections: impl Iterator<Item = bool>, objects: u64) -> f64 {
    if objects == 0 {
        return 0.0;
    }
    let (mut counted, mut precisions) = (0_u64, Vec::new());
    for is_right in detections {
        counted += 1;
        if is_right {
            precisions.push((precisions.len() + 1) as f64 / (counted as f64 + f64::EPSILON));
        }
    }
    for at in (1..precisions.len()).rev() {
        precisions[at - 1] = precisions[at - 1].max(precisions[at]);
    }
    let (thresholds, mut fewest) = (recall_thresholds(), Vec::new());
    needed(&thresholds, objects, &mut fewest);
    let reached = |&fewest: &u64| precisions.get(fewest.max(1) as usize - 1).copied().unwrap_or(0.0);
    fewest.iter().map(reached).sum::<f64>() / thresholds.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Shape};

    fn bbox(x: f64) -> BBox {
        BBox::from([x, 0.0, 10.0, 10.0])
    }

    fn annotation(category_id: u64, x: f64) -> Annotation {
        Annotation { category_id, bbox: bbox(x), shape: Shape::Box, area: 100.0, iscrowd: false, is_whole: false }
    }

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: bbox(x), shape: Shape::Box, score }
    }

    fn split(detections: Vec<Detection>) -> Tide {
        let image =
            ImageRecord { id: 1, file_name: "a".into(), path: "a".into(), width: 900, height: 20, framing: None };
        let categories = [1, 2].map(|id| Category { id, name: id.to_string() });
        // Two objects of each category.
        let annotations = vec![annotation(1, 0.0), annotation(1, 100.0), annotation(2, 200.0), annotation(2, 300.0)];
        tide(Similarity::Boxes, &[image], &categories, &[annotations], &[detections]).unwrap()
    }

    /// All four found, with scores below those of the errors.
    fn perfect() -> Vec<Detection> {
        [(1, 0.0), (1, 100.0), (2, 200.0), (2, 300.0)].map(|(id, x)| detection(id, x, 0.5)).into()
    }

    fn gains(tide: &Tide) -> [f64; 6] {
        [tide.classification, tide.localization, tide.both, tide.duplicate, tide.background, tide.missed]
    }

    #[test]
    fn without_errors_nothing_can_be_gained() {
        let tide = split(perfect());
        assert!((tide.ap50 - 1.0).abs() < 1e-9);
        assert_eq!(gains(&tide), [0.0; 6]);
    }

    #[test]
    fn a_detection_of_high_score_on_background_costs_half_the_precision_of_the_first_object() {
        let mut found = perfect();
        found.push(detection(1, 600.0, 0.9));
        let tide = split(found);
        // Precision of category 1 becomes 2/3 at every recall, 5/6 in the mean of the two.
        assert!((tide.ap50 - 5.0 / 6.0).abs() < 1e-9, "{tide:?}");
        assert!((tide.background - (1.0 - tide.ap50)).abs() < 1e-9, "{tide:?}");
        assert_eq!(gains(&tide).iter().filter(|&&gain| gain > 1e-9).count(), 1, "{tide:?}");
    }

    #[test]
    fn each_kind_of_error_is_told_as_itself() {
        let with = |one: Detection| [perfect(), vec![one]].concat();
        let without_first = |one: Detection| [perfect()[1..].to_vec(), vec![one]].concat();
        let duplicate = vec![detection(1, 0.0, 0.9), detection(1, 1.0, 0.8), detection(1, 100.0, 0.7)];
        let cases = [
            (without_first(detection(2, 0.0, 0.9)), 0),
            (without_first(detection(1, 6.0, 0.9)), 1),
            (with(detection(1, 206.0, 0.9)), 2),
            ([duplicate, perfect()[2..].to_vec()].concat(), 3),
            (with(detection(1, 600.0, 0.9)), 4),
            (perfect()[1..].to_vec(), 5),
        ];
        for (found, kind) in cases {
            let tide = split(found);
            let most = gains(&tide).iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at);
            assert_eq!(most, Some(kind), "{tide:?}");
            assert!(gains(&tide)[kind] > 0.05, "{tide:?}");
        }
    }
}
