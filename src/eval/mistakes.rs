//! What is wrong with the wrong detections of one image, in TIDE's kinds, and which label each would find if it were mended.

use serde::{Deserialize, Serialize};

use super::boxes::{Boxes, FOUND, NEAR, Status, nearest, positions};
use super::gather::falling;
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection};

/// TIDE's kinds of wrong detections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// On an object of another category.
    Classification,
    /// Beside an object of its category.
    Localization,
    /// Beside an object of another category.
    Both,
    /// On an object that a detection of a higher score has found.
    Duplicate,
    /// On no object.
    Background,
}

/// The kind of each detection of an image, `None` of one that is not wrong.
pub fn error_kinds(
    similarity: Similarity,
    categories: &[Category],
    labels: &[Annotation],
    detections: &[Detection],
) -> Vec<Option<ErrorKind>> {
    let mistakes = mistakes(&Boxes::matched(similarity, &positions(categories), labels, detections));
    mistakes.into_iter().map(|mistake| Some(mistake?.kind)).collect()
}

/// What is wrong with a detection.
#[derive(Debug)]
pub struct Mistake {
    /// The first kind that it is of.
    pub kind: ErrorKind,
    /// Position of the label that it would find with its place or its category mended.
    pub would_find: Option<usize>,
}

/// The mistake of each detection of an image, `None` of one that is not wrong. Where several would find one label, only the
/// one of the highest score does, the first of equal ones: the others would be its duplicates.
pub fn mistakes(boxes: &Boxes<'_>) -> Vec<Option<Mistake>> {
    let is_known = |at: &usize| boxes.label_status[*at] != Status::Unknown;
    let mut labels: Vec<usize> = (0..boxes.labels.len()).filter(is_known).collect();
    // Of labels with the same IoU the first counts; pycocotools has them by category.
    labels.sort_by_key(|&at| boxes.labels[at].category_id);
    let is_wrong = |at: usize| boxes.detection_status[at] == Status::Unmatched;
    let mistake = |at: usize| is_wrong(at).then(|| mistake(boxes, &labels, &boxes.detections[at]));
    let mut mistakes: Vec<Option<Mistake>> = (0..boxes.detections.len()).map(mistake).collect();
    let mut order: Vec<usize> = (0..mistakes.len()).collect();
    order.sort_by(|&one, &other| falling(boxes.detections[one].score, boxes.detections[other].score));
    let mut is_taken = vec![false; boxes.labels.len()];
    for at in order {
        if let Some(mistake) = &mut mistakes[at] {
            mistake.would_find = mistake.would_find.filter(|&label| !std::mem::replace(&mut is_taken[label], true));
        }
    }
    mistakes
}

/// `labels` are positions of labels of known categories. Which kind is asked for first is `tidecv`'s order.
fn mistake(boxes: &Boxes<'_>, labels: &[usize], detection: &Detection) -> Mistake {
    let overlap = |&at: &usize| (at, boxes.similarity().coco(&boxes.labels[at], detection));
    let is_own = |at: &&usize| boxes.labels[**at].category_id == detection.category_id;
    let counts = |at: &&usize| boxes.label_status[**at] != Status::Ignored;
    // What does not count comes last, as pycocotools sorts it.
    let own = labels.iter().filter(is_own).filter(counts).chain(labels.iter().filter(is_own).filter(|at| !counts(at)));
    let others = labels.iter().filter(|at| !is_own(at) && !boxes.labels[**at].iscrowd);
    let (own, other) = (nearest(own.map(overlap)), nearest(others.map(overlap)));
    let iou = |nearest: Option<(usize, f64)>| nearest.map_or(0.0, |(_, iou)| iou);
    let (kind, near) = if (NEAR..=FOUND).contains(&iou(own)) {
        (ErrorKind::Localization, own)
    } else if iou(other) >= FOUND {
        (ErrorKind::Classification, other)
    } else if iou(own) > FOUND {
        // It found nothing, so the object is taken.
        (ErrorKind::Duplicate, None)
    } else if iou(other) <= NEAR {
        (ErrorKind::Background, None)
    } else {
        (ErrorKind::Both, None)
    };
    let is_free = |label: &usize| boxes.label_status[*label] == Status::Unmatched;
    Mistake { kind, would_find: near.map(|(label, _)| label).filter(is_free) }
}
