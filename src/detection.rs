//! Images, annotations and detections in COCO's words, and the arithmetic of boxes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::framing::Framing;
pub use crate::size::Size;

/// A box in pixels: `x`, `y` of the top-left corner, `width`, `height`. Written as COCO writes it: `[x, y, width, height]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct BBox {
    /// Left edge, pixels.
    pub x: f64,
    /// Top edge, pixels.
    pub y: f64,
    /// Width, pixels.
    pub width: f64,
    /// Height, pixels.
    pub height: f64,
}

impl From<[f64; 4]> for BBox {
    fn from([x, y, width, height]: [f64; 4]) -> Self {
        Self { x, y, width, height }
    }
}

impl From<BBox> for [f64; 4] {
    fn from(b: BBox) -> Self {
        [b.x, b.y, b.width, b.height]
    }
}

impl BBox {
    /// The box between two corners, pixels.
    pub fn from_corners(x0: f64, y0: f64, x1: f64, y1: f64) -> Self {
        Self { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }
    }

    /// Right edge, pixels.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge, pixels.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Square pixels.
    pub fn area(&self) -> f64 {
        self.width * self.height
    }

    /// The part inside an image of the given size, pixels; of no size where the box lies outside.
    #[must_use]
    pub fn clipped(&self, width: f64, height: f64) -> Self {
        let (x0, x1) = (self.x.clamp(0.0, width), self.right().clamp(0.0, width));
        let (y0, y1) = (self.y.clamp(0.0, height), self.bottom().clamp(0.0, height));
        Self::from_corners(x0, y0, x1, y1)
    }

    /// Area shared with `other`, square pixels.
    pub fn intersection(&self, other: &Self) -> f64 {
        let width = self.right().min(other.right()) - self.x.max(other.x);
        let height = self.bottom().min(other.bottom()) - self.y.max(other.y);
        if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
    }

    /// Intersection over union, 0..=1.
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = self.intersection(other);
        if shared == 0.0 { 0.0 } else { shared / (self.area() + other.area() - shared) }
    }

    /// `[1, 2.5, 3, 4]`, to a tenth of a pixel.
    pub fn describe(&self) -> String {
        let sides = <[f64; 4]>::from(*self).map(|side| format!("{}", (side * 10.0).round() / 10.0));
        format!("[{}]", sides.join(", "))
    }

    /// Whether all four numbers, the edges and the area are finite.
    pub fn is_finite(&self) -> bool {
        let own = <[f64; 4]>::from(*self);
        own.into_iter().chain([self.right(), self.bottom(), self.area()]).all(f64::is_finite)
    }
}

/// What an object covers of its box. Every shape has a box around it, so that what asks for no more (pictures, slices,
/// audits) need not know of shapes. As long as there is one alone it takes no memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Shape {
    /// The box itself: nothing more is known.
    #[default]
    Box,
}

/// A class of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// COCO's id; any number, gaps are common.
    pub id: u64,
    /// The name, by which models and datasets are matched.
    pub name: String,
}

/// An object marked in an image, or the class of an image as a whole: COCO writes both as annotations.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// Which class.
    pub category_id: u64,
    /// Where, pixels.
    pub bbox: BBox,
    /// What is covered of it.
    pub shape: Shape,
    /// Square pixels; of the mask where the dataset has one, so it may be less than the box's.
    pub area: f64,
    /// COCO's `iscrowd`: a detection inside the region counts neither for nor against the model. Also set for
    /// objects that a perturbation has moved mostly out of the picture.
    pub iscrowd: bool,
    /// Whether it is the class of the image as a whole. Its box is the image.
    pub is_whole: bool,
}

impl Annotation {
    /// The class of an image of `size` as a whole.
    pub fn of_image(category_id: u64, size: Size) -> Self {
        let bbox = BBox::from_corners(0.0, 0.0, f64::from(size.width), f64::from(size.height));
        Self { category_id, bbox, shape: Shape::Box, area: bbox.area(), iscrowd: false, is_whole: true }
    }
}

/// An object found by a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// Which class, as the dataset numbers it.
    pub category_id: u64,
    /// Where, pixels of the image the model was given.
    pub bbox: BBox,
    /// What is covered of it; boxes alone are written and read.
    #[serde(skip)]
    pub shape: Shape,
    /// Confidence, 0..=1.
    pub score: f64,
}

/// One image of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRecord {
    /// COCO's id.
    pub id: u64,
    /// The name in the annotation file.
    pub file_name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Pixels, after EXIF orientation and framing.
    pub width: u32,
    /// Pixels, after EXIF orientation and framing.
    pub height: u32,
    /// What of the file it is; `None` for the whole picture.
    pub framing: Option<Framing>,
}

impl ImageRecord {
    /// Width and height.
    pub fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iou_of_half_overlapping_squares_is_a_third() {
        let a = BBox::from([0.0, 0.0, 2.0, 2.0]);
        let b = BBox::from([1.0, 0.0, 2.0, 2.0]);
        assert!((a.iou(&b) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_box_outside_the_image_is_clipped_to_nothing() {
        let clipped = BBox::from([-10.0, 5.0, 4.0, 4.0]).clipped(8.0, 8.0);
        assert_eq!(clipped.area(), 0.0);
    }

    #[test]
    fn the_shape_of_boxes_takes_no_memory() {
        assert_eq!(size_of::<Detection>(), size_of::<(u64, BBox, f64)>());
        assert_eq!(size_of::<Annotation>(), size_of::<(u64, BBox, f64, bool)>());
    }
}
