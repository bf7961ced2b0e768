//! Datasets of classes, whatever their format: pictures of which somebody says the class become a [`Dataset`]. Classes are
//! known by their names, and a place in some order is nobody's number: folders and splits are sorted otherwise elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::class_list::ClassList;
use super::findings::Findings;
use super::last_names::composed;
use super::metadata::metadata;
use super::place::tell_links;
use super::records::{NamedPicture, check_names, record};
use super::{Dataset, DatasetError, ImageIds, Numbering, Terms};
use crate::detection::{Annotation, Category};
use crate::digest::Digest;
use crate::task::Task;

/// A picture of which somebody says the class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassedPicture {
    /// The name in the dataset.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// The class by its name.
    pub class: String,
    /// What else is said of it.
    pub said: Map<String, Value>,
}

/// What classes a dataset has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classes {
    /// Their names, each once: categories have their places from 1 as ids.
    names: Vec<String>,
    /// What else they are called.
    other_names: BTreeMap<String, BTreeSet<usize>>,
}

impl Classes {
    /// Those called `names`, sorted.
    pub fn named(names: BTreeSet<String>) -> Self {
        Self { names: names.into_iter().collect(), other_names: BTreeMap::new() }
    }

    /// Those of a list, in its order.
    pub fn listed(list: &ClassList) -> Self {
        Self { names: list.names.clone(), other_names: list.other_names.clone() }
    }
}

/// The pictures, sorted by name, as a dataset; `folder` is where the names start from, and `origin` what messages call it.
///
/// # Errors
/// A picture cannot be used, or has two classes.
pub fn classed(
    mut pictures: Vec<ClassedPicture>,
    classes: &Classes,
    (folder, origin): (&Path, &Path),
    terms: Terms,
    mut findings: Findings,
) -> Result<Dataset, DatasetError> {
    pictures.sort_by(|one, other| one.name.cmp(&other.name)); // stable: of two lines the first is the first
    drop_repeated(&mut pictures, &mut findings);
    if pictures.is_empty() {
        findings.refuse("it has no picture with a class");
    }
    let ids: BTreeMap<&str, u64> = classes.names.iter().map(String::as_str).zip(1..).collect();
    let (mut images, mut annotations, mut said) = (Vec::new(), Vec::new(), Vec::new());
    let mut parts = vec!["classes".to_owned()];
    parts.extend(classes.names.iter().cloned());
    for (id, picture) in (1..).zip(pictures) {
        parts.extend([picture.name.clone(), picture.class.clone()]);
        let Some(&category) = ids.get(picture.class.as_str()) else {
            findings.error("classes that `classes` does not have", format!("{} (`{}`)", picture.name, picture.class));
            continue;
        };
        let named = NamedPicture { id, name: picture.name, path: picture.path, written: (None, None) };
        if let Some(pictured) = record(named, terms, &mut findings) {
            annotations.push(vec![Annotation::of_image(category, pictured.record.size())]);
            images.push(pictured.record);
            said.push(picture.said);
        }
    }
    tell_links(folder, &images, &mut findings);
    let categories: Vec<Category> =
        (1..).zip(&classes.names).map(|(id, name)| Category { id, name: name.clone() }).collect();
    check_names(&categories, &mut findings);
    tell_single(&categories, &annotations, &mut findings);
    let warnings = findings.into_warnings(origin)?;
    let id = |number: &usize| *number as u64 + 1;
    let other_names =
        classes.other_names.iter().map(|(name, numbers)| (name.clone(), numbers.iter().map(id).collect()));
    let numbering = Numbering { ids: ImageIds::Places, other_names: other_names.collect(), ..Numbering::default() };
    let mut metadata = metadata(&images, &said);
    // Folders that are the classes part nothing that the classes do not.
    let name = |label: &Annotation| categories.iter().find(|category| category.id == label.category_id);
    let are_classes = |values: &Vec<Option<String>>| {
        let mut pairs = values.iter().zip(annotations.iter().flatten());
        pairs.all(|(value, label)| value.as_deref().map(composed) == name(label).map(|category| category.name.clone()))
    };
    metadata.retain(|(_, values)| !are_classes(values));
    let labelled = Dataset::labelled(images, categories, annotations, Digest::of_parts(parts));
    Ok(Dataset { metadata, numbering, warnings, ..labelled })
}

/// Leaves one of each picture that is there twice; with two classes it has none.
fn drop_repeated(pictures: &mut Vec<ClassedPicture>, findings: &mut Findings) {
    let mut first: BTreeMap<PathBuf, String> = BTreeMap::new();
    pictures.retain(|picture| match first.get(&picture.path) {
        None => {
            first.insert(picture.path.clone(), picture.class.clone());
            true
        }
        Some(class) if *class == picture.class => {
            findings.warning("pictures listed twice with the same class, counted once", picture.name.clone());
            false
        }
        Some(class) => {
            findings.error("pictures of two classes", format!("{} (`{class}` and `{}`)", picture.name, picture.class));
            false
        }
    });
}

/// Tells where all pictures are of one class: whoever always says it is always right.
fn tell_single(categories: &[Category], annotations: &[Vec<Annotation>], findings: &mut Findings) {
    let held: BTreeSet<u64> = annotations.iter().flatten().map(|label| label.category_id).collect();
    if let (1, Some(only)) = (held.len(), categories.iter().find(|category| held.contains(&category.id)))
        && categories.len() > 1
    {
        findings.note(format!(
            "all pictures are of one class, `{}`: a model that always says so is always right",
            only.name
        ));
    }
    let empty: Vec<&Category> = categories.iter().filter(|category| !held.contains(&category.id)).collect();
    if let [first, ..] = empty[..] {
        let (few, all) = (empty.len(), categories.len());
        findings.note(format!(
            "{few} of {all} classes have no picture here (`{}`{})",
            first.name,
            if few > 1 { ", ..." } else { "" }
        ));
    }
}

/// Refuses a dataset of classes that has fewer than two of them: every answer would be right.
///
/// # Errors
/// It has one class, or none.
pub fn check_classes(task: Task, data: &Dataset) -> Result<(), DatasetError> {
    match task {
        Task::Detect => Ok(()),
        // Of pictures without labels the models' own classes count.
        Task::Classify if !data.is_labelled || data.categories.len() > 1 => Ok(()),
        Task::Classify => Err(DatasetError::OneClass {
            known: data.categories.iter().map(|category| category.name.clone()).collect(),
            left_out: data.numbering.categories_left_out.len(),
        }),
    }
}
