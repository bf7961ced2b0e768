//! The seam of the family: a format reads a `[dataset.*]` section into a reader, and the reader reads the files.

use std::collections::BTreeMap;

use super::{Aside, DatasetError, Numbering, Terms};
use crate::detection::{Annotation, BBox, Category, ImageRecord};
use crate::digest::Digest;
use crate::entry::Named;
use crate::spec::{Key, Source, TableReader};
use crate::task::Task;

/// A way to store images with labels.
pub trait Format: Named + Sync {
    /// The keys of a section of this format, but for those that all formats share.
    fn keys(&self) -> &'static [Key];

    /// The tasks that its labels are for: objects, the class of each picture, or either. What has no labels is for all.
    fn tasks(&self) -> &'static [Task];

    /// Reads the options of a section; `None` where they are wrong (the mistakes are with `options`).
    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>>;
}

/// Options read; the files not yet.
pub trait Reader: Send + Sync {
    /// Reads the labels. Pictures are not decoded.
    ///
    /// # Errors
    /// A file cannot be read, is beyond the bounds of `terms`, or says something that cannot be true; all such findings at once.
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError>;

    /// The other splits of the same dataset that are there, by name: none where nothing says which those are.
    fn others(&self, _terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        Vec::new()
    }
}

/// Images, mostly with labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// By their ids, or by file names where each image has its own labels.
    pub images: Vec<ImageRecord>,
    /// By their ids.
    pub categories: Vec<Category>,
    /// Per image, in the order of [`Self::images`].
    pub annotations: Vec<Vec<Annotation>>,
    /// Whether somebody has said what is in the images: without, an image that has no annotation is no image without objects.
    pub is_labelled: bool,
    /// The digest of the annotation files' content.
    pub digest: Digest,
    /// Number of images of the whole dataset where this is a sample of it; `None` for the whole.
    pub sampled_from: Option<usize>,
    /// What the dataset says of its images, by key: a value per image, `None` where an image has none. Keys that part the
    /// images into groups alone.
    pub metadata: Vec<(String, Vec<Option<String>>)>,
    /// How the images are called.
    pub numbering: Numbering,
    /// What somebody should know of, counted.
    pub warnings: Vec<String>,
    /// What only audits look at.
    pub aside: Aside,
}

impl Dataset {
    /// All of a dataset with labels: no sample of it, and nothing else known. Of each image, in their order, its annotations.
    pub fn labelled(
        images: Vec<ImageRecord>,
        categories: Vec<Category>,
        annotations: Vec<Vec<Annotation>>,
        digest: Digest,
    ) -> Self {
        Self {
            images,
            categories,
            annotations,
            is_labelled: true,
            digest,
            sampled_from: None,
            metadata: Vec::new(),
            numbering: Numbering::default(),
            warnings: Vec::new(),
            aside: Aside::default(),
        }
    }

    /// The boxes of the objects of image number `at`, ignored ones too, in pixels: what has a class as a whole is one object.
    pub fn boxes(&self, at: usize) -> Vec<BBox> {
        self.annotations[at].iter().map(|annotation| annotation.bbox).collect()
    }

    /// How many annotations count as ground truth for `category_id` (crowds do not).
    pub fn ground_truths(&self, category_id: u64) -> usize {
        let counts = |a: &&Annotation| a.category_id == category_id && !a.iscrowd;
        self.annotations.iter().flatten().filter(counts).count()
    }

    /// How many annotations count as ground truth, by category id; categories without any are not in it.
    pub fn objects(&self) -> BTreeMap<u64, usize> {
        let mut counts = BTreeMap::new();
        for annotation in self.annotations.iter().flatten().filter(|annotation| !annotation.iscrowd) {
            *counts.entry(annotation.category_id).or_default() += 1;
        }
        counts
    }

    /// The category called `name`.
    pub fn category(&self, name: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.name == name)
    }

    /// Whether a category of the id counts.
    pub fn counts(&self, id: u64) -> bool {
        self.categories.iter().any(|category| category.id == id)
    }

    /// The id of the category called `name`, also where that is another name of it, and no other's.
    pub fn id_of(&self, name: &str) -> Option<u64> {
        let other = || self.numbering.other_names.get(name).filter(|ids| ids.len() == 1)?.first().copied();
        let is_other = self.numbering.categories_left_out.iter().any(|category| category.name == name);
        self.category(name).map(|category| category.id).or_else(|| other().filter(|&id| !is_other && self.counts(id)))
    }

    /// Every category that the files name, those that do not count among them, in the order of their ids.
    pub fn every_category(&self) -> Vec<&Category> {
        let mut every: Vec<&Category> = self.categories.iter().chain(&self.numbering.categories_left_out).collect();
        every.sort_by_key(|category| category.id);
        every
    }
}
