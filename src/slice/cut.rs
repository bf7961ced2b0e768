//! Cuts a dataset into the slices of an attribute.

use std::collections::BTreeSet;

use super::bins::{WORDS, thirds};
use super::{ALL, Attribute, Classes, Look, Property, SliceName};
use crate::detection::{Annotation, Category, ImageRecord};

/// What is cut.
#[derive(Clone, Copy)]
pub struct Population<'a> {
    /// The images.
    pub images: &'a [ImageRecord],
    /// The categories.
    pub categories: &'a [Category],
    /// The labels of the clean images, per image.
    pub annotations: &'a [Vec<Annotation>],
    /// What the dataset says of its images: keys, each with a value per image, `None` where an image has none.
    pub metadata: &'a [(String, Vec<Option<String>>)],
    /// What was measured on the clean images, per image; `None` before they were looked at.
    pub looks: Option<&'a [Look]>,
}

/// A part of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What it is called.
    pub name: SliceName,
    /// What is in it.
    pub extent: Extent,
    /// Whether each image is in the slice, or has an object that is.
    pub has: Vec<bool>,
    /// Objects in it on clean images; crowd regions are not counted.
    pub objects: usize,
    /// The least and the greatest value in it, where it is one of numbers.
    pub range: Option<(f64, f64)>,
}

/// What a slice is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Whole images.
    Images,
    /// The objects of a class, by its position.
    Objects(usize),
    /// The objects of a category, by its position.
    Category(usize),
}

impl Slice {
    /// Makes images outside of it lose nothing: `after` is what it was in `before`.
    pub fn leave_out(&self, before: &[f64], after: &mut [f64]) {
        let outside = after.iter_mut().zip(before).zip(&self.has).filter(|(_, has)| !**has);
        outside.for_each(|((after, before), _)| *after = *before);
    }

    /// Images in it, or with an object that is.
    pub fn images(&self) -> usize {
        self.has.iter().filter(|has| **has).count()
    }
}

/// The slices that `attribute` makes of a dataset, those of nothing left out. None before the images were looked at, for an
/// attribute of pixels.
pub fn cut(attribute: &'static Attribute, population: &Population<'_>) -> Vec<Slice> {
    let Population { images, annotations, .. } = *population;
    let maker = Maker { attribute, population };
    let slices = match &attribute.source {
        Property::Pixels(_) => population.looks.map_or_else(Vec::new, |looks| {
            maker.thirds(&looks.iter().map(|look| look.value(attribute.name).unwrap_or_default()).collect::<Vec<_>>())
        }),
        Property::Image(tell) => {
            let values = images.iter().zip(annotations).map(|(image, annotations)| tell(image, annotations));
            maker.thirds(&values.collect::<Vec<_>>())
        }
        Property::Words(words, tell) => {
            let of_word = |(at, word): (usize, &&str)| {
                maker.of_images(None, word, images.iter().map(|image| tell(image) == at).collect(), None)
            };
            words.iter().enumerate().map(of_word).collect()
        }
        Property::Objects(classes) => (0..classes.words.len()).map(|class| maker.of_class(classes, class)).collect(),
        Property::Category => (0..population.categories.len()).map(|at| maker.of_category(at)).collect(),
        Property::Metadata => population.metadata.iter().flat_map(|(key, values)| maker.of_key(key, values)).collect(),
    };
    slices.into_iter().filter(|slice| slice.has.contains(&true)).collect()
}

/// The names of all slices that a dataset may have, also of those that only a look at the images makes.
pub fn names(population: &Population<'_>) -> Vec<SliceName> {
    let of_attribute = |attribute: &&'static Attribute| -> Vec<SliceName> {
        if attribute.needs_pixels() {
            let name = |word: &str| SliceName { attribute, key: None, value: word.to_owned() };
            return WORDS.iter().map(|word| name(word)).collect();
        }
        cut(attribute, population).into_iter().map(|slice| slice.name).collect()
    };
    ALL.iter().flat_map(of_attribute).collect()
}

/// Makes the slices of one attribute.
struct Maker<'a> {
    attribute: &'static Attribute,
    population: &'a Population<'a>,
}

impl Maker<'_> {
    fn thirds(&self, values: &[f64]) -> Vec<Slice> {
        let of_bin = |bin: super::bins::Bin| {
            let has = values.iter().map(|value| (bin.range.0..=bin.range.1).contains(value)).collect();
            self.of_images(None, bin.word, has, Some(bin.range))
        };
        thirds(values).into_iter().map(of_bin).collect()
    }

    fn of_key(&self, key: &str, values: &[Option<String>]) -> Vec<Slice> {
        let different: BTreeSet<&String> = values.iter().flatten().collect();
        let of_value = |value: &String| {
            self.of_images(Some(key), value, values.iter().map(|other| other.as_ref() == Some(value)).collect(), None)
        };
        different.into_iter().map(of_value).collect()
    }

    fn of_images(&self, key: Option<&str>, value: &str, has: Vec<bool>, range: Option<(f64, f64)>) -> Slice {
        let kept = self.population.annotations.iter().zip(&has).filter(|(_, has)| **has);
        let objects = kept.flat_map(|(annotations, _)| annotations).filter(|object| !object.iscrowd).count();
        Slice { name: self.name(key, value), extent: Extent::Images, has, objects, range }
    }

    fn of_class(&self, classes: &Classes, class: usize) -> Slice {
        let counts =
            |image: &ImageRecord, object: &Annotation| (classes.holds)(class, &object.bbox, object.area, image.size());
        self.of_objects(classes.words[class], Extent::Objects(class), counts)
    }

    fn of_category(&self, at: usize) -> Slice {
        let category = &self.population.categories[at];
        self.of_objects(&category.name, Extent::Category(at), |_, object| object.category_id == category.id)
    }

    fn of_objects(&self, value: &str, extent: Extent, counts: impl Fn(&ImageRecord, &Annotation) -> bool) -> Slice {
        let per_image = self.population.images.iter().zip(self.population.annotations);
        let per_image: Vec<usize> = per_image
            .map(|(image, objects)| objects.iter().filter(|object| !object.iscrowd && counts(image, object)).count())
            .collect();
        let has = per_image.iter().map(|count| *count > 0).collect();
        Slice { name: self.name(None, value), extent, has, objects: per_image.iter().sum(), range: None }
    }

    fn name(&self, key: Option<&str>, value: &str) -> SliceName {
        SliceName { attribute: self.attribute, key: key.map(ToOwned::to_owned), value: value.to_owned() }
    }
}
