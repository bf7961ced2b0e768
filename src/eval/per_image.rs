//! Lists of labels or detections, image by image. What is scored can be large: it may be kept in another form, and be made
//! into lists where somebody looks at an image.

use std::borrow::Cow;

/// A list for each image, in the order of the images.
pub trait PerImage<T: Clone>: Sync {
    /// How many images there are.
    fn images(&self) -> usize;

    /// The list of one image.
    ///
    /// # Panics
    /// There is no such image.
    fn of(&self, image: usize) -> Cow<'_, [T]>;
}

impl<T: Clone + Sync> PerImage<T> for [Vec<T>] {
    fn images(&self) -> usize {
        self.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        Cow::Borrowed(&self[image])
    }
}

impl<T: Clone + Sync> PerImage<T> for Vec<Vec<T>> {
    fn images(&self) -> usize {
        self.len()
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        self.as_slice().of(image)
    }
}

impl<T: Clone + Sync, const N: usize> PerImage<T> for [Vec<T>; N] {
    fn images(&self) -> usize {
        N
    }

    fn of(&self, image: usize) -> Cow<'_, [T]> {
        self.as_slice().of(image)
    }
}

/// The lists of all images, one after the other.
pub(super) fn lists<'a, T: Clone + 'a>(
    lists: &'a (impl PerImage<T> + ?Sized),
) -> impl Iterator<Item = Cow<'a, [T]>> + 'a {
    (0..lists.images()).map(|image| lists.of(image))
}
