//! Pascal VOC's average precision at IoU 0.5, of the challenges of 2007 (11 recalls) and from 2010 on (all of them).
//!
//! Everingham et al., *The Pascal Visual Object Classes Challenge: a Retrospective* (2015), and the development kit's
//! `VOCevaldet.m`. The kit takes the borders of a box as whole pixels that belong to it and adds 1 to every width; boxes
//! here are continuous, as COCO has them, and nothing is added.

use std::sync::Arc;

use super::batches::by_batches;
use super::check::{Unscorable, check};
use super::gather::Gathered;
use super::per_image::PerImage;
use super::ranking::{Ranked, Ranking, order_by_score, runs};
use super::similarity::Similarity;
use super::view::{Reading, View};
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// The overlap from which a detection has found an object.
const MIN_IOU: f64 = 0.5;

/// How VOC's curve becomes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VocVersion {
    /// `voc07`: the mean of the interpolated precision at the recalls 0.0, 0.1, ... 1.0, in numpy's arithmetic.
    Voc07,
    /// `voc12`: the area under the interpolated curve.
    Voc12,
}

impl VocVersion {
    fn reading(self) -> Reading {
        match self {
            Self::Voc07 => Reading::Interpolated((0..=10).map(|tenth| f64::from(tenth) * 0.1).collect()),
            Self::Voc12 => Reading::Area,
        }
    }
}

/// VOC's ranking of the detections of one cell, which both versions read.
#[derive(Debug, Clone)]
pub struct VocTable {
    images: usize,
    /// In the order of the dataset's categories.
    categories: Arc<Vec<Ranking>>,
}

impl VocTable {
    /// Judges the detections of one cell. Objects marked as crowds stand for VOC's difficult ones. `annotations` and
    /// `detections` are per image, in the order of `images`.
    ///
    /// # Errors
    /// See [`super::MatchTable::build`].
    pub fn build(
        similarity: Similarity,
        images: &[ImageRecord],
        categories: &[Category],
        annotations: &(impl PerImage<Annotation> + ?Sized),
        detections: &(impl PerImage<Detection> + ?Sized),
    ) -> Result<Self, Unscorable> {
        check(images, annotations, detections)?;
        let add = |building: &mut VocBuilding, image: usize, group: Gathered<'_>| {
            building.add(similarity, image as u32, &group);
        };
        let cell = (images, categories, annotations, detections);
        let rankings = by_batches(cell, VocBuilding::with_capacity, add, VocBuilding::finish);
        Ok(Self { images: images.len(), categories: Arc::new(rankings) })
    }

    /// The average precision of each category, for any weighting of the images.
    pub fn view(&self, version: VocVersion) -> View {
        View::new(self.images, version.reading(), 1, Arc::clone(&self.categories))
    }
}

/// What becomes of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Right,
    Wrong,
    Ignored,
}

/// One category, in the order of images.
struct VocBuilding {
    /// Scores, positions of images, and judgements.
    detections: Vec<(f64, (u32, Judgement))>,
    objects: Vec<(u32, u32)>,
}

impl VocBuilding {
    fn with_capacity(detections: usize) -> Self {
        Self { detections: Vec::with_capacity(detections), objects: Vec::new() }
    }

    fn add(&mut self, similarity: Similarity, image: u32, group: &Gathered<'_>) {
        let judged = judged(similarity, &group.objects, &group.detections);
        let detections = group.detections.iter().zip(judged);
        self.detections.extend(detections.map(|(detection, judgement)| (detection.score, (image, judgement))));
        self.objects.push((image, group.objects.iter().filter(|object| !object.iscrowd).count() as u32));
    }

    fn finish(self) -> Ranking {
        let mut run = runs();
        let ranked = order_by_score(self.detections, |(image, _)| *image).map(|((image, judgement), is_tied)| Ranked {
            image,
            run: run(is_tied),
            right: u32::from(judgement == Judgement::Right),
            ignored: u32::from(judgement == Judgement::Ignored),
        });
        Ranking::new(1, ranked, self.objects)
    }
}

/// Each detection looks at the object it overlaps most, the first of equal ones, and at no other: difficult, it is
/// ignored; free, it has found it; taken, it is wrong. `found` are by falling score.
fn judged(similarity: Similarity, objects: &[&Annotation], found: &[&Detection]) -> Vec<Judgement> {
    let mut taken = vec![false; objects.len()];
    let judge = |detection: &&Detection| match most_alike(similarity, objects, detection) {
        Some(at) if objects[at].iscrowd => Judgement::Ignored,
        Some(at) if !std::mem::replace(&mut taken[at], true) => Judgement::Right,
        _ => Judgement::Wrong,
    };
    found.iter().map(judge).collect()
}

fn most_alike(similarity: Similarity, objects: &[&Annotation], detection: &Detection) -> Option<usize> {
    let mut most = (None, 0.0);
    for (at, object) in objects.iter().enumerate() {
        let iou = similarity.between(object, detection);
        if iou > most.1 {
            most = (Some(at), iou);
        }
    }
    most.0.filter(|_| most.1 >= MIN_IOU)
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

    fn figure(version: VocVersion, detections: Vec<Detection>) -> f64 {
        let image =
            ImageRecord { id: 1, file_name: "a".into(), path: "a".into(), width: 200, height: 20, framing: None };
        let category = Category { id: 1, name: "thing".into() };
        let annotations = vec![vec![annotation(0.0, false), annotation(50.0, false), annotation(100.0, true)]];
        let table = VocTable::build(Similarity::Boxes, &[image], &[category], &annotations, &[detections]).unwrap();
        table.view(version).weighted(&[1])[0].unwrap()
    }

    #[test]
    fn a_detection_whose_best_object_is_taken_is_wrong_and_a_difficult_one_is_ignored() {
        let found = || vec![detection(0.0, 0.9), detection(1.0, 0.8), detection(100.0, 0.7), detection(50.0, 0.6)];
        // Precision 1 up to recall 1/2, then 2/3 up to 1.
        assert!((figure(VocVersion::Voc12, found()) - 5.0 / 6.0).abs() < 1e-12);
        assert!((figure(VocVersion::Voc07, found()) - (6.0 + 5.0 * 2.0 / 3.0) / 11.0).abs() < 1e-12);
    }
}
