//! A condition as it is brought about: clean leaves everything as it is, any other one has a setting.

use std::borrow::Cow;

use image::RgbImage;

use crate::condition::{Condition, Severity};
use crate::detection::{Annotation, BBox, Category, ImageRecord, Size};
use crate::digest::Digest;
use crate::perturb::{Group, Setting, Step, imagenet_c};

/// A condition and how to bring it about.
pub struct PlannedCondition {
    /// The condition.
    pub condition: Condition,
    /// `None` for clean.
    setting: Option<Setting>,
}

impl PlannedCondition {
    /// Nothing is done.
    pub fn clean() -> Self {
        Self { condition: Condition::Clean, setting: None }
    }

    /// A perturbed condition.
    pub fn perturbed(condition: Condition, setting: Setting) -> Self {
        Self { condition, setting: Some(setting) }
    }

    /// Whether nothing is done.
    pub fn is_clean(&self) -> bool {
        self.setting.is_none()
    }

    /// The picture that models are given of the clean `pixels`; `objects` are the boxes of the image's labels.
    pub fn picture<'a>(
        &self,
        seed: u64,
        image: &ImageRecord,
        pixels: &'a RgbImage,
        objects: &[BBox],
    ) -> Cow<'a, RgbImage> {
        match &self.setting {
            None => Cow::Borrowed(pixels),
            Some(setting) => Cow::Owned(setting.apply(seed, image, pixels, objects)),
        }
    }

    /// The labels of that picture, each in the place of its own before; `None` for objects that left the picture.
    pub fn annotations(
        &self,
        seed: u64,
        image: &ImageRecord,
        annotations: &[Annotation],
        categories: &[Category],
    ) -> Vec<Option<Annotation>> {
        match &self.setting {
            None => annotations.iter().cloned().map(Some).collect(),
            Some(setting) => setting.annotations(seed, image, annotations, categories),
        }
    }

    /// The labels that are left in that picture.
    pub fn remaining(
        &self,
        seed: u64,
        image: &ImageRecord,
        annotations: &[Annotation],
        categories: &[Category],
    ) -> Vec<Annotation> {
        match &self.setting {
            None => annotations.to_vec(),
            Some(_) => self.annotations(seed, image, annotations, categories).into_iter().flatten().collect(),
        }
    }

    /// The size of the picture that it makes of one of `size`.
    pub fn size(&self, size: Size) -> Size {
        self.setting.as_ref().map_or(size, |setting| setting.size(size))
    }

    /// What is done, first to last.
    pub fn steps(&self) -> &[Step] {
        self.setting.as_ref().map_or(&[], |setting| &setting.steps)
    }

    /// Which corruption of ImageNet-C is done, and how strong; `None` where it is none.
    pub fn imagenet_c(&self) -> Option<(&'static str, Severity)> {
        imagenet_c(self.setting.as_ref()?)
    }

    /// Whether something of `group` is done.
    pub fn is_in(&self, group: Group) -> bool {
        self.setting.as_ref().is_some_and(|setting| setting.is_in(group))
    }

    /// The groups of what is done, by name, each once.
    pub fn group_names(&self) -> Vec<String> {
        self.setting.as_ref().map(Setting::group_names).unwrap_or_default()
    }

    /// What the pixels of `image` depend on beside its own; see [`Setting::draws`].
    pub fn draws(&self, image: &ImageRecord, objects: &[BBox]) -> Vec<u8> {
        self.setting.as_ref().map(|setting| setting.draws(image, objects)).unwrap_or_default()
    }

    /// Stands for what is done to pixels: a part of the keys of the store.
    pub fn digest_of_pixels(&self, seed: u64) -> Digest {
        self.setting.as_ref().map_or_else(clean, |setting| setting.digest(seed))
    }

    /// Stands for what is done to pixels and labels: figures under conditions of equal digests may be compared.
    pub fn digest(&self, seed: u64) -> Digest {
        let of_both = |setting: &Setting| Digest::of_parts([setting.digest(seed).to_string(), setting.rules.text()]);
        self.setting.as_ref().map_or_else(clean, of_both)
    }
}

fn clean() -> Digest {
    Digest::of_bytes(b"clean")
}
