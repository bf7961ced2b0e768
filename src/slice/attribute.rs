//! What an attribute is: its name and meaning, and where its value comes from.

use super::Pixels;
use crate::detection::{Annotation, BBox, ImageRecord, Size};
use crate::entry::{Entry, Named};

/// Images that a slice needs to be judged. Resamples of n images are of C(2n - 1, n) sorts: 92,378 for 10, but 126 for 5,
/// where the ends of an interval would hang on three of them.
pub const MIN_IMAGES: usize = 10;

/// Objects that a slice needs to be judged: one of 20 is 0.05 of recall, so with fewer a single one would make up the
/// default of `min_performance_drop`.
pub const MIN_OBJECTS: usize = 20;

/// Something by which a dataset is cut into slices.
#[derive(Debug)]
pub struct Attribute {
    /// The name in specs, and before the colon in names of slices.
    pub name: &'static str,
    /// What it is, and which slices it makes.
    pub summary: &'static str,
    /// The unit of its values; empty for words.
    pub unit: &'static str,
    /// Where its value comes from.
    pub source: Property,
}

/// Where the value of an attribute comes from.
#[derive(Debug)]
pub enum Property {
    /// A number measured on the pixels of the clean image; the images are cut in thirds.
    Pixels(fn(&Pixels<'_>) -> f64),
    /// A number that size and labels of the image tell; the images are cut in thirds.
    Image(fn(&ImageRecord, &[Annotation]) -> f64),
    /// One of a few words for each image, as a position in them.
    Words(&'static [&'static str], fn(&ImageRecord) -> usize),
    /// A class of each object.
    Objects(Classes),
    /// The category of objects.
    Category,
    /// What the dataset says of its images.
    Metadata,
}

/// Classes of objects; at most three.
#[derive(Debug)]
pub struct Classes {
    /// Their names.
    pub words: &'static [&'static str],
    /// Whether a class holds an object: the class, its box, its area in square pixels, the size of its picture.
    pub holds: fn(usize, &BBox, f64, Size) -> bool,
}

impl Attribute {
    /// Whether it is measured on pixels.
    pub fn needs_pixels(&self) -> bool {
        matches!(self.source, Property::Pixels(_))
    }

    /// The classes of objects, if it makes some.
    pub fn classes(&self) -> Option<&Classes> {
        match &self.source {
            Property::Objects(classes) => Some(classes),
            Property::Pixels(_)
            | Property::Image(_)
            | Property::Words(..)
            | Property::Category
            | Property::Metadata => None,
        }
    }
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Attribute {}

impl Named for Attribute {
    fn entry(&self) -> Entry {
        Entry { name: self.name, summary: self.summary }
    }
}
