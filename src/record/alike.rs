//! Findings of an audit that are one: several copies of a picture, and one object in several frames of a scene.

use std::collections::HashMap;

use super::{DatasetAudit, Known, Pair, Suspect, Unfound};
use crate::detection::BBox;

/// IoU from which two boxes in alike pictures are of one object: between frames it moves by less than half its size.
const SAME_OBJECT: f64 = 0.3;

/// The positions of `pairs`, those of one picture together, in the order of the first of each.
pub fn copies<'p>(pairs: impl IntoIterator<Item = &'p Pair>) -> Vec<Vec<usize>> {
    let mut group_of: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, pair) in pairs.into_iter().enumerate() {
        let (one, other) = ((None, pair.image.as_str()), (pair.split.as_deref(), pair.other.as_str()));
        let group = match (group_of.get(&one).copied(), group_of.get(&other).copied()) {
            (Some(group), Some(second)) if group != second => {
                let moved = std::mem::take(&mut groups[second]);
                groups[group].extend(moved);
                group_of.values_mut().filter(|of| **of == second).for_each(|of| *of = group);
                group
            }
            (Some(group), _) | (None, Some(group)) => group,
            (None, None) => {
                groups.push(Vec::new());
                groups.len() - 1
            }
        };
        groups[group].push(at);
        group_of.extend([(one, group), (other, group)]);
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.retain(|group| !group.is_empty());
    groups.sort_unstable();
    groups
}

/// The images of a group of pairs, each once, those of the dataset itself before those of other splits: `train: a.jpg`.
pub fn images_of(pairs: &[Pair], group: &[usize]) -> Vec<String> {
    let own = group.iter().map(|&at| pairs[at].image.clone());
    let others = group.iter().map(|&at| match &pairs[at].split {
        Some(split) => format!("{split}: {}", pairs[at].other),
        None => pairs[at].other.clone(),
    });
    let mut images: Vec<String> = Vec::new();
    for image in own.chain(others) {
        if !images.contains(&image) {
            images.push(image);
        }
    }
    images
}

/// The scene of each image that is like another of its dataset.
#[derive(Debug)]
pub struct Scenes<'a>(HashMap<&'a str, usize>);

impl<'a> Scenes<'a> {
    /// The scenes of a dataset.
    pub fn of(found: &'a DatasetAudit) -> Self {
        let same = found.duplicates.as_ref().and_then(Known::found).map(Vec::as_slice).unwrap_or_default();
        let near = found.near.iter().filter(|pair| pair.split.is_none());
        let pairs: Vec<&Pair> = same.iter().chain(near).collect();
        let groups = copies(pairs.iter().copied());
        let images = groups.iter().enumerate().flat_map(|(scene, group)| group.iter().map(move |&at| (scene, at)));
        Self(
            images
                .flat_map(|(scene, at)| [(pairs[at].image.as_str(), scene), (pairs[at].other.as_str(), scene)])
                .collect(),
        )
    }

    /// The positions of suspect labels, those of one object together, in the order of the first of each.
    pub fn suspects(&self, labels: &[Suspect]) -> Vec<Vec<usize>> {
        self.objects(labels, |one| (&one.image, &one.bbox), |one| (one.doubt, &one.detected, &one.label))
    }

    /// The same of labels that no model finds.
    pub fn unfound(&self, labels: &[Unfound]) -> Vec<Vec<usize>> {
        self.objects(labels, |one| (&one.image, &one.bbox), |one| &one.category)
    }

    fn objects<'l, T, K: PartialEq>(
        &self,
        list: &'l [T],
        place: impl Fn(&'l T) -> (&'l String, &'l BBox),
        sort: impl Fn(&'l T) -> K,
    ) -> Vec<Vec<usize>> {
        let is_one = |one: &'l T, other: &'l T| {
            let ((image, bbox), (other_image, other_bbox)) = (place(one), place(other));
            let (scene, other_scene) = (self.0.get(image.as_str()), self.0.get(other_image.as_str()));
            let is_scene = scene.is_some() && scene == other_scene;
            is_scene && sort(one) == sort(other) && bbox.iou(other_bbox) >= SAME_OBJECT
        };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (at, one) in list.iter().enumerate() {
            let is_seen = self.0.contains_key(place(one).0.as_str());
            let is_of = |group: &&mut Vec<usize>| {
                group.iter().any(|&other| is_one(&list[other], one))
                    && group.iter().all(|&other| place(&list[other]).0 != place(one).0)
            };
            match groups.iter_mut().filter(|_| is_seen).find(is_of) {
                Some(group) => group.push(at),
                None => groups.push(vec![at]),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Likeness;

    fn pair(image: &str, split: Option<&str>, other: &str) -> Pair {
        let split = split.map(str::to_owned);
        Pair { image: image.to_owned(), split, other: other.to_owned(), likeness: Likeness::Bytes }
    }

    #[test]
    fn pairs_that_share_an_image_are_of_one_picture() {
        let pairs = [
            pair("b", None, "a"),
            pair("d", None, "c"),
            pair("e", None, "b"),
            pair("f", None, "d"),
            // Joins what was apart.
            pair("f", None, "a"),
            // The image of another split is another one.
            pair("z", Some("train"), "a"),
        ];
        assert_eq!(copies(&pairs), [vec![0, 1, 2, 3, 4], vec![5]]);
        assert_eq!(images_of(&pairs, &[0, 2]), ["b", "e", "a"]);
        assert_eq!(images_of(&pairs, &[5]), ["z", "train: a"]);
    }

    fn unfound(image: &str, x: f64) -> Unfound {
        Unfound { image: image.to_owned(), category: "extinguisher".to_owned(), bbox: [x, 0.0, 10.0, 10.0].into() }
    }

    #[test]
    fn an_object_in_three_frames_is_one_and_two_in_a_frame_are_two() {
        let scenes = Scenes([("1", 0), ("2", 0), ("3", 0), ("9", 1)].into());
        let labels = [
            unfound("1", 0.0),
            unfound("2", 3.0),
            unfound("1", 3.0), // Of the same frame as the first.
            unfound("3", 1.0),
            unfound("9", 0.0),     // Of another scene.
            unfound("2", 100.0),   // Elsewhere.
            unfound("alone", 0.0), // Like no other.
            unfound("alone", 0.0),
        ];
        assert_eq!(scenes.unfound(&labels), [vec![0, 1, 3], vec![2], vec![4], vec![5], vec![6], vec![7]]);
    }
}
