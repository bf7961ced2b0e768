//! Labels that confident detections contradict, and labels that nothing finds. The analysis is hotcoco's
//! (`COCOeval::image_diagnostics`); boxes that are placed otherwise, and labels that nothing finds, are told from the
//! same matches.

use std::collections::HashMap;

use hotcoco::params::IouType;
use hotcoco::{COCO, COCOeval, DtStatus, GtStatus, LabelErrorType};
use serde::{Deserialize, Serialize};

use super::per_image::is_of;
use super::table::check;
use super::tide::{ground_truth, results};
use crate::detection::{Annotation, BBox, Category, Detection, ImageRecord};

/// IoU from which a detection is on an object: where hotcoco's analysis takes a label for one of another category.
const ON: f64 = 0.5;

/// IoU below which a detection has nothing to do with an object: where hotcoco's analysis takes a label for missing.
const OFF: f64 = 0.1;

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
    #[must_use]
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
    /// Of the detection and the label; 0 for a missing label.
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
/// See [`super::MatchTable::build`]; and what hotcoco refuses, with its message.
pub fn label_errors(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &[Vec<Annotation>],
    detections: &[Vec<Detection>],
    confidence: f64,
) -> Result<LabelErrors, String> {
    check(images, annotations, detections)?;
    let labels = COCO::from_dataset(ground_truth(images, categories, annotations));
    let found = labels.load_res_anns(results(images, categories, detections)).map_err(|error| error.to_string())?;
    let mut evaluation = COCOeval::new(labels, found, IouType::Bbox);
    evaluation.params.iou_thrs = vec![ON];
    evaluation.params.area_ranges.truncate(1);
    evaluation.evaluate().map_err(|error| error.to_string())?;
    let diagnostics = evaluation.image_diagnostics(ON, confidence).map_err(|error| error.to_string())?;
    // Both number what is of a known category, from 1, in the order given.
    let is_known = |id: u64| is_of(id, categories);
    let label_places = places(annotations, |label| is_known(label.category_id));
    let detection_places = places(detections, |detection| is_known(detection.category_id));
    let desk = Desk { annotations, detections, label_places: &label_places, detection_places: &detection_places };
    let missed = |id: &u64| diagnostics.annotations.gt_status.get(id) == Some(&GtStatus::Fn);
    let missed: Vec<u64> = (1..=label_places.len() as u64).filter(missed).collect();
    let mut by_image: HashMap<usize, Vec<u64>> = HashMap::new();
    for id in &missed {
        by_image.entry(desk.label(*id).0).or_default().push(*id);
    }
    let missed_in = |image: usize| by_image.get(&image).map(Vec::as_slice).unwrap_or_default();
    let mut suspicions: Vec<(u64, Suspicion)> = Vec::new();
    for error in &diagnostics.label_errors {
        let (image, detection) = desk.detection(error.dt_id);
        let suspicion = match error.error_type {
            LabelErrorType::MissingAnnotation => suspicion(image, detection, Doubt::MissingLabel, None),
            LabelErrorType::WrongLabel => {
                // Of labels with the same overlap hotcoco takes any; the first is taken here.
                let best = desk.best(detection, missed_in(image), |label| label.category_id != detection.category_id);
                suspicion(image, detection, Doubt::WrongCategory, best)
            }
        };
        suspicions.push((error.dt_id, suspicion));
    }
    let known: Vec<u64> = suspicions.iter().map(|(id, _)| *id).collect();
    let is_spurious =
        |id: &u64| diagnostics.annotations.dt_status.get(id) == Some(&DtStatus::Fp) && !known.contains(id);
    for id in (1..=detection_places.len() as u64).filter(is_spurious) {
        let (image, detection) = desk.detection(id);
        let same = |label: &Annotation| label.category_id == detection.category_id;
        let beside = desk.best(detection, missed_in(image), same).filter(|(_, iou)| (OFF..ON).contains(iou));
        if detection.score >= confidence && beside.is_some() {
            suspicions.push((id, suspicion(image, detection, Doubt::BadlyPlaced, beside)));
        }
    }
    suspicions.sort_by(|(a_id, a), (b_id, b)| b.detection.score.total_cmp(&a.detection.score).then(a_id.cmp(b_id)));
    let overlaps = |bbox: &BBox, image: usize| detections[image].iter().any(|other| other.bbox.iou(bbox) >= OFF);
    let unfound = missed.iter().map(|id| desk.label_places[*id as usize - 1]);
    let unfound = unfound.filter(|&(image, at)| !overlaps(&annotations[image][at].bbox, image));
    Ok(LabelErrors { unfound: unfound.collect(), suspicions: suspicions.into_iter().map(|(_, one)| one).collect() })
}

/// The places (image, position) of what counts, in the order given.
fn places<T>(lists: &[Vec<T>], counts: impl Fn(&T) -> bool) -> Vec<(usize, usize)> {
    let of_image = |(image, list): (usize, &Vec<T>)| {
        let counted = list.iter().enumerate().filter(|(_, one)| counts(one)).map(|(at, _)| (image, at));
        counted.collect::<Vec<_>>()
    };
    lists.iter().enumerate().flat_map(of_image).collect()
}

/// Looks labels and detections up by hotcoco's numbers.
struct Desk<'a> {
    annotations: &'a [Vec<Annotation>],
    detections: &'a [Vec<Detection>],
    label_places: &'a [(usize, usize)],
    detection_places: &'a [(usize, usize)],
}

impl<'a> Desk<'a> {
    fn label(&self, id: u64) -> (usize, &'a Annotation) {
        let (image, at) = self.label_places[id as usize - 1];
        (image, &self.annotations[image][at])
    }

    fn detection(&self, id: u64) -> (usize, &'a Detection) {
        let (image, at) = self.detection_places[id as usize - 1];
        (image, &self.detections[image][at])
    }

    /// The first of those of `labels` that are meant and overlap most with a detection: its position, and the IoU.
    fn best(
        &self,
        detection: &Detection,
        labels: &[u64],
        is_meant: impl Fn(&Annotation) -> bool,
    ) -> Option<(usize, f64)> {
        let meant = labels.iter().map(|&id| (id, self.label(id).1)).filter(|(_, label)| is_meant(label));
        let overlaps = meant.map(|(id, label)| (self.label_places[id as usize - 1].1, label.bbox.iou(&detection.bbox)));
        overlaps.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}

/// `label` is the position of the label and the IoU with it.
fn suspicion(image: usize, detection: &Detection, doubt: Doubt, label: Option<(usize, f64)>) -> Suspicion {
    Suspicion {
        image,
        doubt,
        detection: detection.clone(),
        label: label.map(|(at, _)| at),
        iou: label.map_or(0.0, |(_, iou)| iou),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> ImageRecord {
        ImageRecord { id: 7, file_name: "a".to_owned(), path: "a".into(), width: 200, height: 200 }
    }

    fn categories() -> Vec<Category> {
        [(1, "cat"), (3, "dog")].map(|(id, name)| Category { id, name: name.to_owned() }).to_vec()
    }

    fn label(category_id: u64, x: f64) -> Annotation {
        Annotation { category_id, bbox: BBox::from([x, 0.0, 10.0, 10.0]), area: 100.0, iscrowd: false }
    }

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: BBox::from([x, 0.0, 10.0, 10.0]), score }
    }

    fn told(labels: Vec<Annotation>, detections: Vec<Detection>) -> LabelErrors {
        label_errors(&[image()], &categories(), &[labels], &[detections], 0.5).unwrap()
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
