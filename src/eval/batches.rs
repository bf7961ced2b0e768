//! Work in batches, so that what is in hand at once has a bound.

use std::borrow::Cow;
use std::collections::HashMap;

use super::gather::{Gathered, by_category, by_falling_score};
use super::per_image::{PerImage, lists};
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// Detections that are matched and ordered at once, in cells of up to a million: their categories are taken in batches.
const MATCHED_AT_ONCE: usize = 1 << 15;

/// Batches of larger cells: all detections are walked through for each.
const BATCHES: usize = 32;

/// The categories of a dataset in batches.
pub struct Batches<'a, D: ?Sized> {
    categories: &'a [Category],
    detections: &'a D,
    /// By category id.
    counts: HashMap<u64, usize>,
    /// Detections that go together.
    limit: usize,
}

impl<'a, D: PerImage<Detection> + ?Sized> Batches<'a, D> {
    /// Batches for `detections`, which are per image.
    pub fn new(categories: &'a [Category], detections: &'a D) -> Self {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for list in lists(detections) {
            for detection in list.iter() {
                *counts.entry(detection.category_id).or_default() += 1;
            }
        }
        let limit = MATCHED_AT_ONCE.max(counts.values().sum::<usize>() / BATCHES);
        Self { categories, detections, counts, limit }
    }

    /// The categories in their order, as slices of at most 32,768 detections together, or a 32nd of all if that is more;
    /// and of at least one category.
    pub fn slices(&self) -> Vec<&'a [Category]> {
        split_by_size(self.categories, |category| self.count(category), self.limit)
    }

    /// The detections of one slice, and where it is the only one perhaps others.
    pub fn detections(&self, slice: &'a [Category]) -> Lists<'a, D> {
        if slice.len() == self.categories.len() {
            return Lists::Whole(self.detections);
        }
        let count = slice.iter().map(|category| self.count(category)).sum();
        if count > self.limit {
            return Lists::Looked(self.detections, slice);
        }
        let (mut found, mut starts) = (Vec::with_capacity(count), Vec::with_capacity(self.detections.images() + 1));
        starts.push(0);
        for image in 0..self.detections.images() {
            found.extend(self.detections.of_categories(image, slice));
            starts.push(found.len());
        }
        Lists::Copied(found, starts)
    }

    fn count(&self, category: &Category) -> usize {
        self.counts.get(&category.id).copied().unwrap_or(0)
    }
}

/// Detections per image.
pub enum Lists<'a, D: ?Sized> {
    /// All of them.
    Whole(&'a D),
    /// Those of some categories, looked up image by image.
    Looked(&'a D, &'a [Category]),
    /// The same as a copy: one image after the other, and where each begins; the last position is the end.
    Copied(Vec<Detection>, Vec<usize>),
}

impl<D: PerImage<Detection> + ?Sized> PerImage<Detection> for Lists<'_, D> {
    fn images(&self) -> usize {
        match self {
            Self::Whole(lists) | Self::Looked(lists, _) => lists.images(),
            Self::Copied(_, starts) => starts.len() - 1,
        }
    }

    fn of(&self, image: usize) -> Cow<'_, [Detection]> {
        match self {
            Self::Whole(lists) => lists.of(image),
            Self::Looked(lists, categories) => Cow::Owned(lists.of_categories(image, categories)),
            Self::Copied(found, starts) => Cow::Borrowed(&found[starts[image]..starts[image + 1]]),
        }
    }
}

/// Makes a table of every category, in their order. `new` gets how many detections it has, `add` what each image has of
/// it, detections by falling score; `finish` comes when all is added. Images come by rising id.
pub(super) fn by_batches<A, D, B, T>(
    (images, categories, annotations, detections): (&[ImageRecord], &[Category], &A, &D),
    new: impl Fn(usize) -> B,
    mut add: impl FnMut(&mut B, usize, Gathered<'_>),
    finish: impl Fn(B) -> T,
) -> Vec<T>
where
    A: PerImage<Annotation> + ?Sized,
    D: PerImage<Detection> + ?Sized,
{
    let batches = Batches::new(categories, detections);
    let (order, mut tables) = (by_id(images), Vec::with_capacity(categories.len()));
    for batch in batches.slices() {
        let found = batches.detections(batch);
        let mut building: Vec<B> = batch.iter().map(|category| new(batches.count(category))).collect();
        for &image in &order {
            let (objects, found) = (annotations.of(image), found.of(image));
            for mut group in by_category(batch, &objects, &found) {
                by_falling_score(&mut group.detections);
                add(&mut building[group.category], image, group);
            }
        }
        tables.extend(building.into_iter().map(&finish));
    }
    tables
}

/// The positions of the images by rising id: the order in which pycocotools takes them, which decides between equal
/// scores.
pub(super) fn by_id(images: &[ImageRecord]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images.len()).collect();
    order.sort_by_key(|&at| images[at].id);
    order
}

/// Slices in order, each of as many pieces as stay within `limit` together, and of at least one.
pub fn split_by_size<T>(work: &[T], size: impl Fn(&T) -> usize, limit: usize) -> Vec<&[T]> {
    let (mut slices, mut rest) = (Vec::new(), work);
    while !rest.is_empty() {
        let mut sum = 0_usize;
        let fitting = rest.iter().take_while(|piece| {
            sum = sum.saturating_add(size(piece));
            sum <= limit
        });
        let (slice, after) = rest.split_at(fitting.count().max(1));
        slices.push(slice);
        rest = after;
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_stay_within_the_limit_and_have_at_least_one_piece() {
        let sizes = [3, 3, 4, 1, 11, 2, 8, 1];
        let slices = split_by_size(&sizes, |&size| size, 10);
        assert_eq!(slices, [&[3, 3, 4][..], &[1], &[11], &[2, 8], &[1]]);
        assert!(split_by_size(&[], |&size: &usize| size, 10).is_empty());
    }
}
