//! Lists of labels or detections, image by image. What is scored can be large: it may be kept in another form, and be made
//! into lists where somebody looks at an image.

use std::borrow::Cow;

use crate::detection::{Annotation, Category, Detection};

/// What is of a category.
pub trait Categorized: Clone {
    /// The category's id.
    fn category_id(&self) -> u64;
}

impl Categorized for Annotation {
    fn category_id(&self) -> u64 {
        self.category_id
    }
}

impl Categorized for Detection {
    fn category_id(&self) -> u64 {
        self.category_id
    }
}

/// A list for each image, in the order of the images.
pub trait PerImage<T: Categorized>: Sync {
    /// How many images there are.
    fn images(&self) -> usize;

    /// The list of one image.
    ///
    /// # Panics
    /// There is no such image.
    fn of(&self, image: usize) -> Cow<'_, [T]>;

    /// What one image has of some categories, in the order of its list.
    ///
    /// # Panics
    /// There is no such image.
    fn of_categories(&self, image: usize, categories: &[Category]) -> Vec<T> {
        self.of(image).iter().filter(|one| is_of(one.category_id(), categories)).cloned().collect()
    }
}

/// Whether an id is that of one of the categories.
pub fn is_of(id: u64, categories: &[Category]) -> bool {
    categories.iter().any(|category| category.id == id)
}

impl<T: Categorized + Sync> PerImage<T> for [Vec<T>] {
    fn images(&self) -> usize {
        self.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        Cow::Borrowed(&self[image])
    }
}

impl<T: Categorized + Sync> PerImage<T> for Vec<Vec<T>> {
    fn images(&self) -> usize {
        self.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        self.as_slice().of(image)
    }
}

impl<T: Categorized + Sync, const N: usize> PerImage<T> for [Vec<T>; N] {
    fn images(&self) -> usize {
        N
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        self.as_slice().of(image)
    }
}

/// The lists of all images, one after the other.
pub(super) fn lists<'a, T: Categorized + 'a>(
    lists: &'a (impl PerImage<T> + ?Sized),
) -> impl Iterator<Item = Cow<'a, [T]>> + 'a {
    (0..lists.images()).map(|image| lists.of(image))
}
