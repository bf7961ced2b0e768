//! How the objects of a dataset are spread over its categories.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::detection::{Annotation, Category};

/// The objects of each category; regions that count neither way are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// In the order of the dataset.
    pub categories: Vec<CategoryCount>,
    /// Objects of the commonest category per object of the rarest that has any; `None` where there is no object.
    pub imbalance: Option<f64>,
    /// Images that hold no object.
    pub images_without_objects: usize,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCount {
    /// Its name.
    pub name: String,
    /// Its objects.
    pub objects: usize,
    /// Images that hold one.
    pub images: usize,
}

/// Counts the objects of `data`.
pub fn balance(data: &Dataset) -> Balance {
    let is_object = |annotation: &&Annotation| !annotation.iscrowd;
    let held: Vec<BTreeSet<u64>> = data
        .annotations
        .iter()
        .map(|list| list.iter().filter(is_object).map(|annotation| annotation.category_id).collect())
        .collect();
    let objects = data.objects();
    let mut images: BTreeMap<u64, usize> = BTreeMap::new();
    held.iter().flatten().for_each(|category| *images.entry(*category).or_default() += 1);
    let of = |counts: &BTreeMap<u64, usize>, category: &Category| counts.get(&category.id).copied().unwrap_or(0);
    let count = |category: &Category| CategoryCount {
        name: category.name.clone(),
        objects: of(&objects, category),
        images: of(&images, category),
    };
    let categories: Vec<CategoryCount> = data.categories.iter().map(count).collect();
    let objects = || categories.iter().map(|category| category.objects).filter(|objects| *objects > 0);
    let imbalance = objects().max().zip(objects().min()).map(|(most, least)| most as f64 / least as f64);
    Balance { imbalance, images_without_objects: held.iter().filter(|held| held.is_empty()).count(), categories }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Aside;
    use crate::detection::{BBox, ImageRecord, Shape};
    use crate::digest::Digest;

    #[test]
    fn the_rarest_category_with_objects_is_held_against_the_commonest() {
        let object = |category_id: u64, iscrowd: bool| {
            let bbox = BBox::from([0.0, 0.0, 1.0, 1.0]);
            Annotation { category_id, bbox, shape: Shape::Box, area: 1.0, iscrowd, is_whole: false }
        };
        let image = |id: u64| ImageRecord {
            id,
            file_name: id.to_string(),
            path: "x".into(),
            width: 9,
            height: 9,
            framing: None,
        };
        let categories = [(1, "a"), (2, "b"), (3, "c")];
        let data = Dataset {
            images: vec![image(1), image(2), image(3)],
            categories: categories.map(|(id, name)| Category { id, name: name.to_owned() }).to_vec(),
            annotations: vec![
                vec![object(1, false), object(1, false), object(2, false)],
                vec![object(1, false), object(2, true)],
                vec![object(3, true)],
            ],
            is_labelled: true,
            digest: Digest::of_bytes(b""),
            sampled_from: None,
            metadata: Vec::new(),
            numbering: crate::dataset::Numbering::default(),
            warnings: Vec::new(),
            aside: Aside::default(),
        };
        let found = balance(&data);
        let counts: Vec<(usize, usize)> = found.categories.iter().map(|c| (c.objects, c.images)).collect();
        assert_eq!(counts, [(3, 2), (1, 1), (0, 0)]);
        assert_eq!((found.imbalance, found.images_without_objects), (Some(3.0), 1));
    }
}
