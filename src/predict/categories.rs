//! Matching a model's classes with a dataset's categories: by name, never silently by index.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::PredictError;
use super::alike::{first_word, matched, synset};
use crate::dataset::Dataset;
use crate::entry::nearest;
use crate::task::Task;

/// Which category of a dataset each class of a model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum CategoryMap {
    /// The model speaks in the dataset's ids.
    Ids,
    /// By class number; `None` for classes the dataset does not have.
    ByLabel(Vec<Option<u64>>),
    /// By the name that the model gives with each object: the dataset's ids; `None` for categories that do not count.
    ByName(BTreeMap<String, Option<u64>>),
}

/// Categories with ground truth that the model has no class for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the model has no class for {}", missing.join(", "))]
pub struct CategoryMismatch {
    /// Each missing category's name, with the nearest class.
    pub missing: Vec<String>,
}

/// A model found something of a class that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownClass {
    /// It tells names where it was to count.
    #[error("`{name}` is a name where numbers were expected")]
    Name {
        /// The name.
        name: String,
    },
    /// The dataset has no category of the name.
    #[error(
        "the model found a `{name}`, which the dataset has no category for{}: list the model's classes in `labels`, or \
         give them the dataset's names with `rename = {{ \"{name}\" = \"...\" }}`", near(nearest.as_deref())
    )]
    Category {
        /// The name.
        name: String,
        /// The dataset's name that is closest.
        nearest: Option<String>,
    },
    /// The name is none of the labels.
    #[error("the model found a `{name}`, which is none of its `labels`{}: list all of its classes", near(nearest.as_deref()))]
    Label {
        /// The name.
        name: String,
        /// The label that is closest.
        nearest: Option<String>,
    },
    /// There are not so many labels.
    #[error("the model found class number {number}, but there are {labels} labels")]
    Number {
        /// The number.
        number: usize,
        /// How many labels there are.
        labels: usize,
    },
    /// There are no labels at all.
    #[error("the model found class number {number}; which that is, `labels = [...]` in the model's order must tell")]
    Unnamed {
        /// The number.
        number: usize,
    },
}

fn near(nearest: Option<&str>) -> String {
    nearest.map(|near| format!(" (nearest: `{near}`)")).unwrap_or_default()
}

impl From<UnknownClass> for PredictError {
    fn from(unknown: UnknownClass) -> Self {
        Self::Inference(unknown.to_string())
    }
}

/// Names in the same order on both sides that show the order to be the same: by chance one in 40,000 has eight.
const ORDERED: usize = 8;

impl CategoryMap {
    /// Matches `labels` with the categories of `dataset` by name.
    ///
    /// # Errors
    /// A category with ground truth has no class of its name: its objects could never be found.
    pub fn by_name(labels: &[String], dataset: &Dataset, task: Task) -> Result<Self, CategoryMismatch> {
        let mut ids = Self::ids_of(labels, dataset);
        match task {
            Task::Detect => {}
            Task::Classify => {
                let names: Vec<&str> = dataset.categories.iter().map(|category| category.name.as_str()).collect();
                let taken: BTreeSet<u64> = ids.iter().flatten().copied().collect();
                let alike = matched(labels, &names).into_iter().map(|at| at.map(|at| dataset.categories[at].id));
                let open = ids.iter_mut().zip(alike).filter(|(id, _)| id.is_none());
                open.for_each(|(id, alike)| *id = alike.filter(|alike| !taken.contains(alike)));
            }
        }
        let known: BTreeSet<u64> = ids.iter().flatten().copied().collect();
        let missing: Vec<String> = dataset
            .categories
            .iter()
            .filter(|category| !known.contains(&category.id) && dataset.ground_truths(category.id) > 0)
            .map(|category| match nearest(&category.name, labels.iter().map(String::as_str)) {
                Some(label) => format!("`{}` (nearest: `{label}`)", category.name),
                None => format!("`{}`", category.name),
            })
            .collect();
        if !missing.is_empty() {
            return Err(CategoryMismatch { missing });
        }
        Ok(Self::ByLabel(ids))
    }

    /// Of each label the category that is called so. A name that several categories have (ImageNet's two `crane`s) is of
    /// one only where the labels have it as often, and all others, [`ORDERED`] at least, are in the order of the categories: then
    /// so are these.
    fn ids_of(labels: &[String], dataset: &Dataset) -> Vec<Option<u64>> {
        let mut ids: Vec<Option<u64>> = labels.iter().map(|label| dataset.id_of(label)).collect();
        let shared = dataset.numbering.other_names.iter().filter(|(_, ids)| ids.len() > 1);
        let is_ordered = ids.iter().flatten().is_sorted_by(|one, other| one < other);
        if !is_ordered || ids.iter().flatten().count() < ORDERED {
            return ids;
        }
        for (name, of) in shared {
            let places: Vec<usize> = (0..labels.len()).filter(|&at| ids[at].is_none() && labels[at] == *name).collect();
            if places.len() == of.len() {
                let before = ids.clone();
                places.iter().zip(of).for_each(|(&at, &id)| ids[at] = Some(id));
                if !ids.iter().flatten().is_sorted_by(|one, other| one < other) {
                    ids = before;
                }
            }
        }
        ids
    }

    /// For a model that tells names: the categories of `dataset`; those of whole pictures by every name that
    /// [`Self::id_alike`] asks for.
    pub fn of_names(dataset: &Dataset, task: Task) -> Self {
        let others = dataset.numbering.other_names.iter().filter(|(_, ids)| ids.len() == 1);
        let others =
            others.flat_map(|(name, ids)| ids.iter().map(|&id| (name.clone(), dataset.counts(id).then_some(id))));
        let counting = dataset.categories.iter().map(|category| (category.name.clone(), Some(category.id)));
        let left_out = dataset.numbering.categories_left_out.iter().map(|category| (category.name.clone(), None));
        let mut ids: BTreeMap<String, Option<u64>> = others.chain(left_out).chain(counting).collect();
        match task {
            Task::Detect => {}
            Task::Classify => add_other_names(&mut ids),
        }
        Self::ByName(ids)
    }

    /// The category id of the model's class number `label`; `None` if the dataset does not have it.
    pub fn id(&self, label: usize) -> Option<u64> {
        match self {
            Self::Ids => Some(label as u64),
            Self::ByLabel(ids) => ids.get(label).copied().flatten(),
            Self::ByName(_) => None,
        }
    }

    /// The id of the category of whole pictures that is called `name`, or what lists of ImageNet's classes have for it;
    /// `None` where the dataset has none, or it does not count.
    pub fn id_alike(&self, name: &str) -> Option<u64> {
        let Self::ByName(ids) = self else { return None };
        let by_synset = || ids.get(synset(name)?);
        let by_word = || ids.get(first_word(name).as_str());
        ids.get(name).or_else(by_synset).or_else(by_word).copied().flatten()
    }

    /// The categories that count, of a model that tells names.
    pub fn counting(&self) -> BTreeSet<u64> {
        match self {
            Self::ByName(ids) => ids.values().flatten().copied().collect(),
            Self::Ids | Self::ByLabel(_) => BTreeSet::new(),
        }
    }

    /// The category id of the class called `name` of a model that tells names; `None` for one that does not count.
    ///
    /// # Errors
    /// The dataset has no category of that name: the message says what to do.
    pub fn id_called(&self, name: &str) -> Result<Option<u64>, UnknownClass> {
        let Self::ByName(ids) = self else { return Err(UnknownClass::Name { name: name.to_owned() }) };
        ids.get(name).copied().ok_or_else(|| UnknownClass::Category {
            name: name.to_owned(),
            nearest: nearest(name, ids.keys().map(String::as_str)).map(str::to_owned),
        })
    }
}

/// Adds synsets and first words that one category alone has.
fn add_other_names(ids: &mut BTreeMap<String, Option<u64>>) {
    let keys: [fn(&str) -> Option<String>; 2] =
        [|name| synset(name).map(str::to_owned), |name| Some(first_word(name)).filter(|word| !word.is_empty())];
    let own: Vec<(String, Option<u64>)> = ids.iter().map(|(name, id)| (name.clone(), *id)).collect();
    for key in keys {
        let mut others: BTreeMap<String, Vec<Option<u64>>> = BTreeMap::new();
        for (name, id) in &own {
            if let Some(other) = key(name) {
                others.entry(other).or_default().push(*id);
            }
        }
        for (other, of) in others {
            if let [one] = of[..] {
                ids.entry(other).or_insert(one);
            }
        }
    }
}
