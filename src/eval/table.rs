//! The match table of a cell: every detection matched once, so that figures for any weighting of the images cost a walk
//! over the table.

use std::collections::HashMap;

use super::batches::by_batches;
use super::check::{Unscorable, check};
use super::gather::Gathered;
use super::greedy::{Outcomes, is_ignored, match_group};
use super::params::Params;
use super::parts::{AreaRanges, MAX_PARTS, Parts};
use super::per_image::PerImage;
use super::ranking::order_by_score;
use super::similarity::Similarity;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// The detections of one cell with what became of each, 12 bytes for each.
#[derive(Debug, Clone)]
pub struct MatchTable {
    pub(super) params: Params,
    images: usize,
    pub(super) category_ids: Vec<u64>,
    /// In the order of the dataset's categories.
    pub(super) categories: Vec<CategoryTable>,
    /// What rows point into: there are few different ones.
    pub(super) outcomes: Vec<Outcomes>,
}

/// The rows of one category.
#[derive(Debug, Clone, Default)]
pub(super) struct CategoryTable {
    /// By falling score; equal scores by image id, then in the order given.
    pub rows: Vec<Row>,
    /// Images with objects.
    pub objects: Vec<Objects>,
}

/// A detection, one of the [`Params::most_detections`] of the highest scores of its image and category.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Position in the dataset's images.
    pub image: u32,
    /// What became of it, as a position in [`MatchTable::outcomes`].
    pub outcomes: u32,
    /// Detections of its image and category that come before it.
    pub rank: u16,
    /// Whether it is of the same image and score as the row before it.
    pub is_tied: bool,
}

/// How many objects of an image count in each part.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    /// Position in the dataset's images.
    pub image: u32,
    /// In the order of the parts, which are COCO's area ranges unless told otherwise.
    pub counts: [u32; MAX_PARTS],
}

impl MatchTable {
    /// As [`Self::build_with`], with COCO's own params for boxes.
    ///
    /// # Errors
    /// See [`Self::build_with`].
    pub fn build(
        images: &[ImageRecord],
        categories: &[Category],
        annotations: &(impl PerImage<Annotation> + ?Sized),
        detections: &(impl PerImage<Detection> + ?Sized),
    ) -> Result<Self, Unscorable> {
        Self::build_with(&Params::of(Similarity::Boxes), images, categories, annotations, detections)
    }

    /// Matches the detections of one cell. `annotations` and `detections` are per image, in the order of `images`;
    /// those of other categories than `categories` are left out.
    ///
    /// # Errors
    /// An image id given twice, lists of another length than `images`, or a score that is not a number.
    pub fn build_with(
        params: &Params,
        images: &[ImageRecord],
        categories: &[Category],
        annotations: &(impl PerImage<Annotation> + ?Sized),
        detections: &(impl PerImage<Detection> + ?Sized),
    ) -> Result<Self, Unscorable> {
        Self::build_in(&AreaRanges::of(params), params, images, categories, annotations, detections)
    }

    /// As [`Self::build_with`], but with other parts of the objects than COCO's area ranges: only [`Self::view_of`] makes sense
    /// of such a table.
    ///
    /// # Errors
    /// See [`Self::build_with`].
    pub fn build_in(
        parts: &impl Parts,
        params: &Params,
        images: &[ImageRecord],
        categories: &[Category],
        annotations: &(impl PerImage<Annotation> + ?Sized),
        detections: &(impl PerImage<Detection> + ?Sized),
    ) -> Result<Self, Unscorable> {
        check(images, annotations, detections)?;
        let category_ids = categories.iter().map(|category| category.id).collect();
        let (mut kinds, mut outcomes) = (Kinds::default(), Vec::new());
        let add = |building: &mut Building, image: usize, mut group: Gathered<'_>| {
            group.detections.truncate(params.most_detections());
            match_group(params.similarity, &group.objects, &group.detections, parts, image, &mut outcomes);
            building.add(image, &group, parts, outcomes.iter().map(|&one| kinds.number(one)));
        };
        let cell = (images, categories, annotations, detections);
        let categories = by_batches(cell, Building::with_capacity, add, Building::finish);
        Ok(Self { params: *params, images: images.len(), category_ids, categories, outcomes: kinds.all })
    }

    /// How many images the cell has.
    pub fn images(&self) -> usize {
        self.images
    }
}

/// Outcomes that were seen, each once.
#[derive(Default)]
struct Kinds {
    all: Vec<Outcomes>,
    numbers: HashMap<Outcomes, u32>,
}

impl Kinds {
    fn number(&mut self, outcomes: Outcomes) -> u32 {
        *self.numbers.entry(outcomes).or_insert_with(|| {
            self.all.push(outcomes);
            (self.all.len() - 1) as u32
        })
    }
}

/// Rows with their scores, in the order of images.
struct Building {
    rows: Vec<(f64, Row)>,
    objects: Vec<Objects>,
}

impl Building {
    fn with_capacity(rows: usize) -> Self {
        Self { rows: Vec::with_capacity(rows), objects: Vec::new() }
    }

    fn add(&mut self, at: usize, group: &Gathered<'_>, parts: &impl Parts, outcomes: impl Iterator<Item = u32>) {
        let image = at as u32;
        let row = |(rank, (detection, outcomes)): (usize, (&&Detection, u32))| {
            (detection.score, Row { image, outcomes, rank: rank as u16, is_tied: false })
        };
        self.rows.extend(group.detections.iter().zip(outcomes).enumerate().map(row));
        if !group.objects.is_empty() {
            let counts =
                |part| group.objects.iter().filter(|object| !is_ignored(object, parts, part, at)).count() as u32;
            let counts = |part| if part < parts.count() { counts(part) } else { 0 };
            self.objects.push(Objects { image, counts: std::array::from_fn(counts) });
        }
    }

    fn finish(self) -> CategoryTable {
        let ordered = order_by_score(self.rows, |row| row.image);
        CategoryTable { rows: ordered.map(|(row, is_tied)| Row { is_tied, ..row }).collect(), objects: self.objects }
    }
}
