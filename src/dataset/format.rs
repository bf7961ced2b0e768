//! The seam of the family: a format reads a `[dataset.*]` section into a reader, and the reader reads the files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::kept::CATEGORIES;
use super::place::OUTSIDE;
use super::records::MISSING;
use super::{Aside, Numbering, Terms};
use crate::detection::{Annotation, BBox, Category, ImageRecord};
use crate::digest::Digest;
use crate::entry::Named;
use crate::spec::{Family, Key, Literal, Scalar, Shape, Source, TableReader};

/// A way to store images with labels.
pub trait Format: Named + Sync {
    /// The keys of a section of this format, but for those that all formats share.
    fn keys(&self) -> &'static [Key];

    /// Reads the options of a section; `None` where they are wrong (the mistakes are with `options`).
    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>>;
}

/// The key that says whether models are run on a dataset.
pub const EVALUATE: &str = "evaluate";

/// The keys that all formats share.
const SHARED: [Key; 3] = [
    Key::new("format", Shape::One(Scalar::Member(Family::Dataset)), "how the labels are stored").required(),
    Key::new(
        "limit",
        Shape::COUNT,
        "at most so many images: a sample in which each category keeps its share, the same on every machine",
    ),
    Key::new(
        EVALUATE,
        Shape::BOOLEAN,
        "whether models are run on it; `false` for what they were trained on, which `leakage` compares the others with",
    )
    .or(Literal::Boolean(true)),
];

/// All keys of a `[dataset.*]` section of `format`.
#[must_use]
pub fn section_keys(format: &dyn Format) -> Vec<Key> {
    [&SHARED[..1], format.keys(), &[CATEGORIES], &SHARED[1..], &Terms::KEYS].concat()
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
    /// Of the annotation files' content.
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
    #[must_use]
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

    /// The boxes of the objects of image number `at`, ignored ones too, in pixels.
    #[must_use]
    pub fn boxes(&self, at: usize) -> Vec<BBox> {
        self.annotations[at].iter().map(|annotation| annotation.bbox).collect()
    }

    /// How many annotations count as ground truth for `category_id` (crowds do not).
    #[must_use]
    pub fn ground_truths(&self, category_id: u64) -> usize {
        let counts = |a: &&Annotation| a.category_id == category_id && !a.iscrowd;
        self.annotations.iter().flatten().filter(counts).count()
    }

    /// How many annotations count as ground truth, by category id; categories without any are not in it.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<u64, usize> {
        let mut counts = BTreeMap::new();
        for annotation in self.annotations.iter().flatten().filter(|annotation| !annotation.iscrowd) {
            *counts.entry(annotation.category_id).or_default() += 1;
        }
        counts
    }

    /// The category called `name`.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.name == name)
    }

    /// Every category that the files name, those that do not count among them, in the order of their ids.
    #[must_use]
    pub fn every_category(&self) -> Vec<&Category> {
        let mut every: Vec<&Category> = self.categories.iter().chain(&self.numbering.categories_left_out).collect();
        every.sort_by_key(|category| category.id);
        every
    }
}

/// What a reader has seen of a dataset's pictures when it fails: what helps depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Some are where they should be.
    pub has_pictures: bool,
    /// The spec says where they are.
    pub is_told_where: bool,
}

impl Seen {
    /// What to do where pictures are missing.
    fn way_out(self) -> &'static str {
        match (self.has_pictures, self.is_told_where) {
            (true, _) => "put them where the others are, or take them out of the labels",
            (false, false) => "set `images` to the folder that the file names start from",
            (false, true) => {
                "`images` is not the folder that the file names start from: name that one, or put the pictures there"
            }
        }
    }
}

/// Why a dataset cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not of its format.
    #[error("{} is not {expected}: {reason}", path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// Where and why.
        reason: String,
        /// What to do, where the reason does not say it.
        help: Option<String>,
    },
    /// Categories that are to count are none of its own.
    #[error("`categories` names {}, which it does not have", unknown.join(", "))]
    Categories {
        /// Each of them, with the nearest that there is.
        unknown: Vec<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A file's content contradicts itself or the pictures.
    #[error("{}: {}", path.display(), findings.join("; "))]
    Content {
        /// Which file.
        path: PathBuf,
        /// Each finding, at most a handful of each sort.
        findings: Vec<String>,
        /// What is known of its pictures.
        seen: Seen,
    },
}

impl DatasetError {
    /// What to do about it, where that can be said; it names the keys of the section to change.
    #[must_use]
    pub fn way_out(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::FileTooLarge => {
                Some("if it is what it should be, raise `max_file_mib`".to_owned())
            }
            Self::Io { .. } => Some("see that the file is there and may be read".to_owned()),
            Self::Syntax { help, .. } => help.clone(),
            Self::Categories { known, .. } => {
                const SHOWN: usize = 12;
                let shown = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let more = if known.len() > SHOWN { ", ..." } else { "" };
                Some(format!("its categories are {shown}{more}"))
            }
            Self::Content { findings, seen, .. } => {
                let has = |sort: &str| findings.iter().any(|finding| finding.starts_with(sort));
                if has(OUTSIDE) {
                    let help =
                        "if their pictures are to be read from there, set `allow_outside = true`; else mend the names";
                    return Some(help.to_owned());
                }
                has(MISSING).then(|| seen.way_out().to_owned())
            }
        }
    }
}
