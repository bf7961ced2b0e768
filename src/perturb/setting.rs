//! A perturbation at one level, ready to be applied: one step, or a chain of them.

use std::cmp::Ordering;

use image::RgbImage;

use super::{FrameSeed, Group, LabelRules, Perturbation, Rng, Warp, move_annotations};
use crate::condition::Level;
use crate::detection::{Annotation, BBox, Category, ImageRecord, Size};
use crate::digest::Digest;
use crate::spec::Choice as _;

/// What is done to a picture, and how its labels follow.
#[derive(Clone)]
pub struct Setting {
    /// At least one, first to last.
    pub steps: Vec<Step>,
    /// The strength as the spec asked for it.
    pub level: Level,
    /// How labels follow the content.
    pub rules: LabelRules,
}

/// A kind with the values of its parameters.
#[derive(Clone)]
pub struct Step {
    /// The kind.
    pub perturbation: &'static Perturbation,
    /// In the order of its parameters.
    pub values: Vec<f64>,
}

impl Setting {
    /// Whether any step is of `group`.
    pub fn is_in(&self, group: Group) -> bool {
        self.steps.iter().any(|step| step.perturbation.group == group)
    }

    /// The groups of its steps, by name, each once.
    pub fn group_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.steps.iter().map(|step| step.perturbation.group.to_string()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The size of the picture it makes of a picture of `size`.
    pub fn size(&self, size: Size) -> Size {
        self.steps.iter().fold(size, |size, step| step.perturbation.size(size, &step.values))
    }

    /// How the content of `image` moves.
    pub fn warp(&self, seed: u64, image: &ImageRecord) -> Warp {
        let start = (Warp::Identity, image.size());
        let step = |(warp, size): (Warp, Size), (index, step): (usize, &Step)| {
            let next = step.perturbation.warp(size, &step.values, step.rng(seed, image, index));
            (warp.then(next), step.perturbation.size(size, &step.values))
        };
        self.steps.iter().enumerate().fold(start, step).0
    }

    /// The labels of `image` as they are after the perturbation, each in its place; `None` for objects that left the
    /// picture.
    pub fn annotations(
        &self,
        seed: u64,
        image: &ImageRecord,
        annotations: &[Annotation],
        categories: &[Category],
    ) -> Vec<Option<Annotation>> {
        let (before, after) = (image.size(), self.size(image.size()));
        move_annotations(annotations, &self.warp(seed, image), &self.rules, categories, before, after)
    }

    /// Stands for what it does to pixels, whatever the spec calls it: equal digests make equal pixels of equal pictures
    /// with equal [`Self::draws`].
    pub fn digest(&self, seed: u64) -> Digest {
        let mut parts = vec![seed.to_le_bytes().to_vec()];
        for Step { perturbation, values } in &self.steps {
            parts.push(perturbation.entry.name.as_bytes().to_vec());
            parts.push(perturbation.revision.to_le_bytes().to_vec());
            parts.push(values.iter().flat_map(|value| value.to_le_bytes()).collect());
        }
        Digest::of_parts(parts.iter().map(Vec::as_slice))
    }

    /// What the perturbed pixels of `image` depend on beside its own: the name that its randomness is drawn from, and
    /// the boxes where a step acts on objects.
    pub fn draws(&self, image: &ImageRecord, objects: &[BBox]) -> Vec<u8> {
        let mut draws = base_name(image).as_bytes().to_vec();
        if self.steps.iter().any(|step| step.perturbation.reads_objects()) {
            draws.extend(self.rules.outline.word().as_bytes());
            let numbers = sorted(objects).into_iter().flat_map(<[f64; 4]>::from);
            draws.extend(numbers.flat_map(f64::to_le_bytes));
        }
        draws
    }

    /// The perturbed pixels of `image`, whose labelled objects are `objects`.
    pub fn apply(&self, seed: u64, image: &ImageRecord, pixels: &RgbImage, objects: &[BBox]) -> RgbImage {
        let mut objects = sorted(objects);
        let mut current: Option<RgbImage> = None;
        for (index, step) in self.steps.iter().enumerate() {
            let input = current.as_ref().unwrap_or(pixels);
            let size = Size { width: input.width(), height: input.height() };
            let rng = step.rng(seed, image, index);
            let output = step.perturbation.apply_to_objects(input, &step.values, rng.clone(), &objects);
            if index + 1 < self.steps.len() {
                let warp = step.perturbation.warp(size, &step.values, rng);
                for bbox in &mut objects {
                    *bbox = warp.moved(bbox, self.rules.outline);
                }
            }
            current = Some(output);
        }
        current.unwrap_or_else(|| pixels.clone())
    }
}

/// Boxes in an order that is their own: each takes its turn at the generator, and that must not depend on where a file of
/// labels has them.
fn sorted(objects: &[BBox]) -> Vec<BBox> {
    let mut objects = objects.to_vec();
    let corners = |bbox: &BBox| <[f64; 4]>::from(*bbox);
    objects.sort_by(|one, other| {
        let pairs = corners(one).into_iter().zip(corners(other));
        pairs.map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    objects
}

impl Step {
    fn rng(&self, seed: u64, image: &ImageRecord, index: usize) -> Rng {
        let kind = self.perturbation.entry.name;
        FrameSeed { seed, image: base_name(image), kind, values: &self.values, step: index as u64 }.rng()
    }
}

/// The file's name without folders, so that the same picture in another format's export is perturbed alike.
fn base_name(image: &ImageRecord) -> &str {
    image.file_name.rsplit(['/', '\\']).next().unwrap_or_default()
}
