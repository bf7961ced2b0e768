//! Precision, recall and F1 where a model is used: at one confidence and IoU 0.5; and the detections that COCO's figures
//! do not see.

use std::collections::{HashMap, HashSet};

use super::check::{Unscorable, check};
use super::matching::match_claims;
use super::min_confidence::MinConfidence;
use super::per_image::{PerImage, lists};
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// Detections and objects counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Detections that found an object: true positives.
    pub right: u64,
    /// Detections that found nothing: false positives. Those inside crowds are left out.
    pub wrong: u64,
    /// Objects that nothing found: false negatives. Crowds are left out.
    pub missed: u64,
}

impl Counts {
    /// Share of the detections that are right, 0..=1; `None` without detections.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.right + self.wrong)
    }

    /// Share of the objects that were found, 0..=1; `None` without objects.
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of both, 0..=1; `None` with neither detections nor objects.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { right: self.right + other.right, wrong: self.wrong + other.wrong, missed: self.missed + other.missed }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What became of the claims and objects of one cell at one confidence, image by image, 4 bytes for each.
#[derive(Debug, Clone)]
pub struct OperatingTable {
    categories: usize,
    /// One image after the other.
    fates: Vec<Fate>,
    /// Where each image's end.
    ends: Vec<usize>,
    /// Detections on each image without any object or crowd, with its position.
    on_empty: Vec<(usize, u32)>,
    /// Per image, detections of categories that have no object in the dataset, crowds apart.
    of_absent: Vec<u32>,
}

impl OperatingTable {
    /// Matches by [`super::match_claims`]'s rule the detections that `min` admits. `annotations` and
    /// `detections` are per image, in the order of `images`; detections by falling score.
    ///
    /// # Errors
    /// See [`super::MatchTable::build`].
    pub fn build(
        similarity: Similarity,
        images: &[ImageRecord],
        categories: &[Category],
        annotations: &(impl PerImage<Annotation> + ?Sized),
        detections: &(impl PerImage<Detection> + ?Sized),
        min: &MinConfidence,
    ) -> Result<Self, Unscorable> {
        check(images, annotations, detections)?;
        let mut present: HashSet<u64> = HashSet::new();
        for labels in lists(annotations) {
            present.extend(labels.iter().filter(|label| !label.iscrowd).map(|label| label.category_id));
        }
        let positions = (0..).zip(categories).map(|(at, category)| (category.id, at)).collect();
        let mut table = Self {
            categories: categories.len(),
            fates: Vec::new(),
            ends: Vec::with_capacity(images.len()),
            on_empty: Vec::new(),
            of_absent: Vec::with_capacity(images.len()),
        };
        for (image, (annotations, detections)) in lists(annotations).zip(lists(detections)).enumerate() {
            let claims = || detections.iter().filter(|detection| min.admits(detection));
            table.of_absent.push(claims().filter(|claim| !present.contains(&claim.category_id)).count() as u32);
            if annotations.is_empty() {
                table.on_empty.push((image, claims().count() as u32));
            }
            table.fates.extend(fates(similarity, &positions, &annotations, &detections, min));
            table.ends.push(table.fates.len());
        }
        Ok(table)
    }

    /// Detections per image that has neither object nor crowd; `None` if there is no such image.
    pub fn on_empty_images(&self, weights: &[u32]) -> Option<f64> {
        per_image(self.on_empty.iter().map(|&(image, count)| (weights[image], count)))
    }

    /// Detections per image, of categories that have no object in the dataset, crowds apart.
    pub fn of_absent_categories(&self, weights: &[u32]) -> Option<f64> {
        per_image(weights.iter().copied().zip(self.of_absent.iter().copied()))
    }

    /// The counts of each category when image `i` counts `weights[i]` times. Their sum is what is pooled over categories.
    ///
    /// # Panics
    /// Another number of weights than of images.
    pub fn weighted(&self, weights: &[u32]) -> Vec<Counts> {
        assert_eq!(weights.len(), self.ends.len(), "a weight for each image");
        let mut sums = vec![Counts::default(); self.categories];
        let mut start = 0;
        for (&end, &weight) in self.ends.iter().zip(weights) {
            for fate in &self.fates[start..end] {
                fate.count(&mut sums[fate.category()], u64::from(weight));
            }
            start = end;
        }
        sums
    }
}

/// The weighted mean of counts.
fn per_image(counts: impl Iterator<Item = (u32, u32)>) -> Option<f64> {
    let (images, sum) = counts.fold((0_u64, 0_u64), |(images, sum), (weight, count)| {
        (images + u64::from(weight), sum + u64::from(weight) * u64::from(count))
    });
    (images > 0).then(|| sum as f64 / images as f64)
}

/// What became of one claim or object, and its category.
#[derive(Debug, Clone, Copy)]
struct Fate(u32);

impl Fate {
    const RIGHT: u32 = 0;
    const WRONG: u32 = 1;
    const MISSED: u32 = 2;

    fn new(category: u32, what: u32) -> Self {
        Self(category << 2 | what)
    }

    /// Position in the dataset's categories.
    fn category(self) -> usize {
        (self.0 >> 2) as usize
    }

    fn count(self, counts: &mut Counts, weight: u64) {
        match self.0 & 3 {
            Self::RIGHT => counts.right += weight,
            Self::WRONG => counts.wrong += weight,
            _ => counts.missed += weight,
        }
    }
}

/// The fates on one image; `positions` are those of the categories, by their ids.
fn fates(
    similarity: Similarity,
    positions: &HashMap<u64, u32>,
    annotations: &[Annotation],
    detections: &[Detection],
    min: &MinConfidence,
) -> Vec<Fate> {
    let matches = match_claims(similarity, annotations, detections, min);
    let found = matches.found.iter().map(|&at| (detections[at].category_id, Fate::RIGHT));
    let spurious = matches.spurious.iter().map(|&at| (detections[at].category_id, Fate::WRONG));
    let missed = matches.missed.iter().map(|&at| (annotations[at].category_id, Fate::MISSED));
    let all = found.chain(spurious).chain(missed);
    all.filter_map(|(id, what)| Some(Fate::new(*positions.get(&id)?, what))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{BBox, Shape};

    fn image(id: u64) -> ImageRecord {
        ImageRecord { id, file_name: id.to_string(), path: "a".into(), width: 200, height: 20, framing: None }
    }

    fn annotation(category_id: u64, x: f64) -> Annotation {
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

    fn table() -> OperatingTable {
        let categories = [1, 2].map(|id| Category { id, name: id.to_string() });
        let annotations = [vec![annotation(1, 0.0), annotation(1, 50.0)], vec![]];
        let detections = [
            vec![detection(1, 0.0, 0.9), detection(2, 0.0, 0.8), detection(1, 50.0, 0.2)],
            vec![detection(1, 0.0, 0.3)],
        ];
        OperatingTable::build(
            Similarity::Boxes,
            &[image(1), image(2)],
            &categories,
            &annotations,
            &detections,
            &0.3.into(),
        )
        .unwrap()
    }

    #[test]
    fn counts_follow_the_weights_of_images() {
        let [one, two] = table().weighted(&[2, 1]).try_into().unwrap();
        assert_eq!(one, Counts { right: 2, wrong: 1, missed: 2 });
        assert_eq!(two, Counts { right: 0, wrong: 2, missed: 0 });
        assert_eq!(one.plus(two).f1(), Some(4.0 / 9.0));
        assert_eq!((two.precision(), two.recall()), (Some(0.0), None));
        assert_eq!(Counts::default().f1(), None);
    }

    #[test]
    fn what_mean_precision_hides_is_told() {
        let table = table();
        let once = [1; 2];
        assert_eq!((table.on_empty_images(&once), table.of_absent_categories(&once)), (Some(1.0), Some(0.5)));
    }
}
