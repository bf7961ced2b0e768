//! What the numbers of a dataset's images and categories are, for those who have to find them by what others call them.

use std::collections::{BTreeMap, BTreeSet};

use crate::detection::Category;

/// How images and categories are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbering {
    /// What the ids are.
    pub ids: ImageIds,
    /// The ids by what the file of labels has for them, where that is no number.
    pub texts: BTreeMap<String, u64>,
    /// What else categories are called (WordNet ids, synonyms), and the ids of those that are: a name may be of several.
    pub other_names: BTreeMap<String, BTreeSet<u64>>,
    /// Images that a sample has left out: their ids and file names.
    pub left_out: Vec<(u64, String)>,
    /// Categories that do not count, in the order of their ids: what is said of them is no mistake.
    pub categories_left_out: Vec<Category>,
}

/// Whose numbers the ids of images are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImageIds {
    /// Those that the file of labels gives.
    #[default]
    Written,
    /// Places in a list that only this program makes: nobody else's numbers mean them.
    Places,
}
