//! What became of every label and every detection of one image, as COCO matches them at IoU 0.5: for analyses that look at
//! single boxes. COCO's figures are made of the match table, which knows more overlaps and no boxes.

use std::collections::HashMap;

use super::gather::falling;
use super::greedy::{is_ignored, match_at_lowest_iou};
use super::params::Params;
use super::parts::{AreaRanges, Parts};
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection};

/// IoU from which a detection has found an object: the lowest of COCO's grid.
pub const FOUND: f64 = 0.5;

/// IoU from which a detection has to do with an object at all, by TIDE's authors.
pub const NEAR: f64 = 0.1;

/// COCO's area range of all objects.
const ALL: usize = 0;

/// What became of a label or a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// They found each other.
    Matched,
    /// A label that nothing found, a detection that found nothing.
    Unmatched,
    /// What COCO does not count: a crowd or what is on it, an area outside all ranges, a detection after the hundred of the
    /// highest scores of its category.
    Ignored,
    /// Its category is none of the dataset's.
    Unknown,
}

/// The categories of a dataset by id: their positions in the order of ids.
pub fn positions(categories: &[Category]) -> HashMap<u64, usize> {
    let mut ids: Vec<u64> = categories.iter().map(|category| category.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().zip(0..).collect()
}

/// The boxes of one image, each list in the order given.
#[derive(Debug)]
pub struct Boxes<'a> {
    /// The objects marked.
    pub labels: &'a [Annotation],
    /// What became of each.
    pub label_status: Vec<Status>,
    /// The objects found.
    pub detections: &'a [Detection],
    /// What became of each.
    pub detection_status: Vec<Status>,
    params: Params,
}

impl<'a> Boxes<'a> {
    /// Matches them, category by category; `categories` as [`positions`] has them.
    pub fn matched(
        similarity: Similarity,
        categories: &HashMap<u64, usize>,
        labels: &'a [Annotation],
        detections: &'a [Detection],
    ) -> Self {
        let params = Params::of(similarity);
        let alone = |id: u64, is_ignored: bool| match (categories.contains_key(&id), is_ignored) {
            (false, _) => Status::Unknown,
            (true, true) => Status::Ignored,
            (true, false) => Status::Unmatched,
        };
        let ranges = AreaRanges::of(&params);
        let label = |label: &Annotation| alone(label.category_id, is_ignored(label, &ranges, ALL, 0));
        let is_outside = |detection: &Detection| !ranges.has(ALL, 0, &detection.bbox, similarity.area(detection));
        let detection = |detection: &Detection| alone(detection.category_id, is_outside(detection));
        let mut boxes = Self {
            labels,
            label_status: labels.iter().map(label).collect(),
            detections,
            detection_status: detections.iter().map(detection).collect(),
            params,
        };
        let mut order: Vec<usize> =
            (0..detections.len()).filter(|&at| boxes.detection_status[at] != Status::Unknown).collect();
        let (id, score) = (|at: usize| detections[at].category_id, |at: usize| detections[at].score);
        order.sort_by(|&one, &other| id(one).cmp(&id(other)).then(falling(score(one), score(other))));
        for group in order.chunk_by(|&one, &other| id(one) == id(other)) {
            boxes.match_group(id(group[0]), group);
        }
        boxes
    }

    /// Matches the detections of one category, which come by falling score.
    fn match_group(&mut self, id: u64, group: &[usize]) {
        let (first, rest) = group.split_at(group.len().min(self.params.most_detections()));
        let places: Vec<usize> = (0..self.labels.len()).filter(|&at| self.labels[at].category_id == id).collect();
        let objects: Vec<&Annotation> = places.iter().map(|&at| &self.labels[at]).collect();
        let ignored: Vec<bool> = places.iter().map(|&at| self.label_status[at] == Status::Ignored).collect();
        let found: Vec<&Detection> = first.iter().map(|&at| &self.detections[at]).collect();
        for (&at, object) in first.iter().zip(match_at_lowest_iou(self.similarity(), &objects, &ignored, &found)) {
            let Some(object) = object else { continue };
            let status = if ignored[object] { Status::Ignored } else { Status::Matched };
            (self.detection_status[at], self.label_status[places[object]]) = (status, status);
        }
        for &at in rest {
            self.detection_status[at] = Status::Ignored;
        }
    }

    /// How labels and detections are held against each other.
    pub fn similarity(&self) -> Similarity {
        self.params.similarity
    }

    /// The positions of the labels with a status.
    pub fn labels_that_are(&self, status: Status) -> impl Iterator<Item = usize> + '_ {
        self.label_status.iter().enumerate().filter(move |&(_, &one)| one == status).map(|(at, _)| at)
    }
}

/// The first of those with the highest IoU: its position and the IoU; none where every IoU is 0.
pub fn nearest(overlaps: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64)> {
    overlaps.fold(
        None,
        |best, (at, iou)| if iou > best.map_or(0.0, |(_, highest)| highest) { Some((at, iou)) } else { best },
    )
}
