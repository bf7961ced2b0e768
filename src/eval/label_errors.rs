//! Labels that confident detections contradict, and labels that nothing finds.
//!
//! What is of another category and what is missing is told by hotcoco's rule (`COCOeval.image_diagnostics`): by detections
//! that COCO counts as wrong at IoU 0.5, and labels that it counts as not found.

use serde::{Deserialize, Serialize};

use super::boxes::{Boxes, FOUND, NEAR, Status, nearest, positions};
use super::check::{Unscorable, check};
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// What may be wrong with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// A detection of another category is on it.
    WrongCategory,
    /// A detection is where no label is.
    MissingLabel,
    /// A detection of its category is beside it.
    BadlyPlaced,
}

impl Doubt {
    /// All, the plainest first.
    pub const ALL: [Self; 3] = [Self::WrongCategory, Self::BadlyPlaced, Self::MissingLabel];

    /// In words, for many.
    pub fn told(self) -> &'static str {
        match self {
            Self::WrongCategory => "of another category",
            Self::BadlyPlaced => "placed otherwise",
            Self::MissingLabel => "missing",
        }
    }
}

/// A label, or the lack of one, that a detection contradicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Position in the images.
    pub image: usize,
    /// What may be wrong.
    pub doubt: Doubt,
    /// The detection that says so.
    pub detection: Detection,
    /// Position in the image's annotations; `None` for a missing label.
    pub label: Option<usize>,
    /// How much the detection and the label overlap; 0 for a missing label.
    pub iou: f64,
}

/// What a model's answers say of labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelErrors {
    /// By falling score.
    pub suspicions: Vec<Suspicion>,
    /// Labels (image, annotation) that no detection, however unsure and of whatever category, overlaps.
    pub unfound: Vec<(usize, usize)>,
}

/// Holds the labels of a dataset against detections of at least `confidence`. `annotations` and `detections` are per
/// image, in the order of `images`.
///
/// # Errors
/// See [`super::MatchTable::build`].
pub fn label_errors(
    similarity: Similarity,
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &[Vec<Annotation>],
    detections: &[Vec<Detection>],
    confidence: f64,
) -> Result<LabelErrors, Unscorable> {
    check(images, annotations, detections)?;
    let categories = positions(categories);
    let mut errors = LabelErrors::default();
    for (image, (labels, detections)) in annotations.iter().zip(detections).enumerate() {
        let boxes = Boxes::matched(similarity, &categories, labels, detections);
        let wrong = detections.iter().zip(&boxes.detection_status).filter(|&(_, &status)| status == Status::Unmatched);
        let claims = wrong.map(|(detection, _)| detection).filter(|detection| detection.score >= confidence);
        errors.suspicions.extend(claims.filter_map(|claim| suspicion(&boxes, image, claim)));
        let is_unfound = |at: &usize| detections.iter().all(|one| similarity.between(&labels[*at], one) < NEAR);
        let missed = boxes.labels_that_are(Status::Unmatched);
        errors.unfound.extend(missed.filter(is_unfound).map(|at| (image, at)));
    }
    // Stable: equal scores stay in the order given.
    errors.suspicions.sort_by(|a, b| b.detection.score.total_cmp(&a.detection.score));
    Ok(errors)
}

/// What a wrong detection says of the labels of its image.
fn suspicion(boxes: &Boxes<'_>, image: usize, detection: &Detection) -> Option<Suspicion> {
    let overlap = |at: usize| (at, boxes.similarity().between(&boxes.labels[at], detection));
    let is_own = |at: &usize| boxes.labels[*at].category_id == detection.category_id;
    let missed = || boxes.labels_that_are(Status::Unmatched);
    let other = nearest(missed().filter(|at| !is_own(at)).map(overlap));
    let own = nearest(missed().filter(is_own).map(overlap));
    let counted = missed().chain(boxes.labels_that_are(Status::Matched));
    let (doubt, label) = if other.is_some_and(|(_, iou)| iou >= FOUND) {
        (Doubt::WrongCategory, other)
    } else if counted.map(overlap).all(|(_, iou)| iou < NEAR) {
        (Doubt::MissingLabel, None)
    } else if own.is_some_and(|(_, iou)| (NEAR..FOUND).contains(&iou)) {
        (Doubt::BadlyPlaced, own)
    } else {
        return None;
    };
    Some(Suspicion {
        image,
        doubt,
        detection: detection.clone(),
        label: label.map(|(at, _)| at),
        iou: label.map_or(0.0, |(_, iou)| iou),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Shape};

    fn image() -> ImageRecord {
        ImageRecord { id: 7, file_name: "a".to_owned(), path: "a".into(), width: 200, height: 200, framing: None }
    }

    fn categories() -> Vec<Category> {
        [(1, "cat"), (3, "dog")].map(|(id, name)| Category { id, name: name.to_owned() }).to_vec()
    }

    fn label(category_id: u64, x: f64) -> Annotation {
        Annotation {
            category_id,
            bbox: BBox::from([x, 0.0, 10.0, 10.0]),
            shape: Shape::Box,
            area: 100.0,
            iscrowd: false,
            is_whole: false,
        }
    }

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: BBox::from([x, 0.0, 10.0, 10.0]), shape: Shape::Box, score }
    }

    fn told(labels: Vec<Annotation>, detections: Vec<Detection>) -> LabelErrors {
        label_errors(Similarity::Boxes, &[image()], &categories(), &[labels], &[detections], 0.5).unwrap()
    }

    #[test]
    fn each_sort_of_doubt_is_told_with_its_label_by_falling_score() {
        let labels = vec![label(1, 0.0), label(1, 40.0), label(3, 80.0), label(3, 160.0)];
        let detections = vec![
            detection(1, 0.0, 0.99),   // right
            detection(3, 41.0, 0.7),   // a dog on what is called a cat
            detection(3, 85.0, 0.8),   // IoU 1/3 with the dog
            detection(1, 120.0, 0.9),  // nothing is there
            detection(1, 140.0, 0.49), // not sure
        ];
        let errors = told(labels, detections);
        let found: Vec<(Doubt, f64, Option<usize>)> =
            errors.suspicions.iter().map(|one| (one.doubt, one.detection.score, one.label)).collect();
        let expected = [
            (Doubt::MissingLabel, 0.9, None),
            (Doubt::BadlyPlaced, 0.8, Some(2)),
            (Doubt::WrongCategory, 0.7, Some(1)),
        ];
        assert_eq!(found, expected);
        assert_eq!(errors.unfound, [(0, 3)]);
    }

    #[test]
    fn of_labels_with_the_same_box_the_first_is_doubted() {
        for _ in 0..20 {
            let errors = told(vec![label(1, 0.0), label(1, 0.0), label(1, 0.0)], vec![detection(3, 0.0, 0.9)]);
            assert_eq!(errors.suspicions[0].label, Some(0));
        }
    }

    #[test]
    fn a_crowd_is_no_label_to_doubt() {
        let crowd = Annotation { iscrowd: true, ..label(1, 0.0) };
        assert_eq!(told(vec![crowd], vec![detection(1, 0.0, 0.9)]), LabelErrors::default());
    }
}
