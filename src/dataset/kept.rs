//! `categories = [...]`, an option of every format: these count, and nothing else. The labels of other categories are left
//! out before anything is measured, and what a model says of those categories is no false alarm: nobody asked.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{Dataset, DatasetError};
use crate::detection::Category;
use crate::digest::Digest;
use crate::entry::nearest;
use crate::spec::{Key, Mistake, TableReader, Value, ValueShape, list_of};

/// The key of [`read`].
pub const CATEGORIES: Key = Key::new(
    "categories",
    ValueShape::TEXTS,
    "the names of the categories that count: labels of others are left out and counted, and so is what models say of them; of pictures without labels, the classes of the models where the models do not tell them",
);

/// Reads the names.
pub fn read(options: &mut TableReader<'_, '_, '_>) -> Option<Vec<String>> {
    options.with(CATEGORIES.name, read_names).map(Spanned::into_inner)
}

fn read_names(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    if value.get_ref().as_array().is_some_and(|names| names.is_empty()) {
        return Err(Mistake::new("the list is empty").help("name at least one category, or leave it out to take all"));
    }
    let names: Vec<Spanned<String>> = list_of(value)?;
    for (index, name) in names.iter().enumerate() {
        if names[..index].iter().any(|earlier| earlier.get_ref() == name.get_ref()) {
            return Err(Mistake::new(format!("`{}` stands twice", name.get_ref())).at(name.span()));
        }
    }
    Ok(names.into_iter().map(Spanned::into_inner).collect())
}

/// A dataset without labels with the categories called `names`: they say what models may find there.
pub fn named(mut dataset: Dataset, names: &[String]) -> Dataset {
    dataset.categories = (1..).zip(names).map(|(id, name)| Category { id, name: name.clone() }).collect();
    dataset.digest = Digest::of_parts(std::iter::once(dataset.digest.to_string()).chain(names.iter().cloned()));
    dataset
}

/// The dataset with the categories called `names` alone. All images of objects stay: one without an object left is one in
/// which nothing is to be found. Images whose own class is another one go: no answer would be right.
///
/// # Errors
/// The dataset has no category of one of the names.
pub fn kept(mut dataset: Dataset, names: &[String]) -> Result<Dataset, DatasetError> {
    let known: Vec<&str> = dataset.categories.iter().map(|category| category.name.as_str()).collect();
    let unknown = names.iter().filter(|name| !known.contains(&name.as_str()));
    let unknown: Vec<String> = unknown.map(|name| with_nearest(name, nearest(name, known.iter().copied()))).collect();
    if !unknown.is_empty() {
        let known = known.iter().map(|name| (*name).to_owned()).collect();
        return Err(DatasetError::Categories { unknown, known });
    }
    let (categories, left_out): (Vec<Category>, Vec<Category>) =
        std::mem::take(&mut dataset.categories).into_iter().partition(|category| names.contains(&category.name));
    let ids: BTreeSet<u64> = categories.iter().map(|category| category.id).collect();
    let had: Vec<bool> = dataset.annotations.iter().map(|list| list.iter().any(|label| label.is_whole)).collect();
    let mut gone: BTreeMap<u64, usize> = BTreeMap::new();
    for of_image in &mut dataset.annotations {
        of_image.retain(|annotation| {
            let is_kept = ids.contains(&annotation.category_id);
            if !is_kept {
                *gone.entry(annotation.category_id).or_default() += 1;
            }
            is_kept
        });
    }
    let left = drop_unlabelled(&mut dataset, &had);
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    let parts = [dataset.digest.to_string(), "categories".to_owned()].into_iter();
    dataset.digest = Digest::of_parts(parts.chain(wanted.iter().map(|name| (*name).to_owned())));
    dataset.warnings.extend(note(&categories, &left_out, &gone, left));
    dataset.categories = categories;
    dataset.numbering.categories_left_out = left_out;
    Ok(dataset)
}

/// Leaves out the images whose class was left out, of those that had one; how many they are.
fn drop_unlabelled(dataset: &mut Dataset, had: &[bool]) -> usize {
    let stays = |at: usize| !had[at] || !dataset.annotations[at].is_empty();
    let kept: Vec<usize> = (0..dataset.images.len()).filter(|&at| stays(at)).collect();
    let left_out = dataset.images.len() - kept.len();
    if left_out > 0 {
        dataset.keep(&kept);
    }
    left_out
}

fn with_nearest(name: &str, near: Option<&str>) -> String {
    near.map_or_else(|| format!("`{name}`"), |near| format!("`{name}` (nearest: `{near}`)"))
}

/// Which categories count, and what was left out; nothing where that is nothing.
fn note(categories: &[Category], left_out: &[Category], gone: &BTreeMap<u64, usize>, images: usize) -> Option<String> {
    const SHOWN: usize = 5;
    if left_out.is_empty() {
        return None;
    }
    let counted = |category: &Category| format!("`{}` {}", category.name, gone.get(&category.id).unwrap_or(&0));
    let shown = left_out.iter().take(SHOWN).map(counted).collect::<Vec<_>>().join(", ");
    let more = if left_out.len() > SHOWN { ", ..." } else { "" };
    let (few, all, labels) = (categories.len(), categories.len() + left_out.len(), gone.values().sum::<usize>());
    let what = if images > 0 { "images" } else { "labels" };
    Some(format!("{few} of {all} categories count; {labels} {what} of others are left out ({shown}{more})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Aside, Numbering};
    use crate::detection::{Annotation, BBox, Shape};

    fn dataset() -> Dataset {
        let category = |id: u64, name: &str| Category { id, name: name.to_owned() };
        let annotation = |category_id: u64| Annotation {
            category_id,
            bbox: BBox::from([0.0, 0.0, 2.0, 2.0]),
            shape: Shape::Box,
            area: 4.0,
            iscrowd: false,
            is_whole: false,
        };
        Dataset {
            images: Vec::new(),
            categories: vec![category(1, "cone"), category(4, "person")],
            annotations: vec![vec![annotation(1), annotation(4)], vec![annotation(1)]],
            is_labelled: true,
            digest: Digest::of_bytes(b"labels"),
            sampled_from: None,
            metadata: Vec::new(),
            numbering: Numbering::default(),
            warnings: Vec::new(),
            aside: Aside::default(),
        }
    }

    #[test]
    fn labels_of_other_categories_are_left_out_and_counted_and_their_images_stay() {
        let few = kept(dataset(), &["person".to_owned()]).unwrap();
        assert_eq!(few.categories.iter().map(|category| category.id).collect::<Vec<_>>(), [4]);
        assert_eq!(few.annotations.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(few.warnings, ["1 of 2 categories count; 2 labels of others are left out (`cone` 2)"]);
        assert_ne!(few.digest, dataset().digest, "figures of it are not those of the whole");
    }

    #[test]
    fn a_name_that_the_dataset_lacks_is_an_error_with_the_nearest() {
        let error = kept(dataset(), &["persn".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("`persn` (nearest: `person`)"), "{error}");
        assert_eq!(error.way_out().unwrap(), "its categories are `cone`, `person`");
    }
}
