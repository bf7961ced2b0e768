//! What the four numbers of a box are, where a spec says so.

use crate::detection::{BBox, Size};
use crate::spec::Choice;

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxFormat {
    /// Left, top, right, bottom.
    Xyxy,
    /// Left, top, width, height.
    Xywh,
    /// Centre, width, height.
    Cxcywh,
    /// Top, left, bottom, right.
    Yxyx,
}

impl Choice for BoxFormat {
    const ALL: &'static [(&'static str, Self)] =
        &[("xyxy", Self::Xyxy), ("xywh", Self::Xywh), ("cxcywh", Self::Cxcywh), ("yxyx", Self::Yxyx)];

    fn summary(self) -> &'static str {
        match self {
            Self::Xyxy => "left, top, right, bottom",
            Self::Xywh => "left, top, width, height",
            Self::Cxcywh => "centre x, centre y, width, height",
            Self::Yxyx => "top, left, bottom, right (TensorFlow)",
        }
    }
}

/// What the numbers of a box count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Pixels of the picture that was sent.
    Pixel,
    /// Shares of its width and height, 0..=1.
    Unit,
}

impl Choice for Unit {
    const ALL: &'static [(&'static str, Self)] = &[("pixel", Self::Pixel), ("unit", Self::Unit)];

    fn summary(self) -> &'static str {
        match self {
            Self::Pixel => "pixels of the picture that was sent",
            Self::Unit => "shares of its width and height, 0..=1",
        }
    }
}

impl BoxFormat {
    /// The box of four numbers in a picture of `size`.
    pub fn bbox(self, unit: Unit, numbers: [f64; 4], size: Size) -> BBox {
        let (width, height) = match unit {
            Unit::Pixel => (1.0, 1.0),
            Unit::Unit => (f64::from(size.width), f64::from(size.height)),
        };
        let numbers = match self {
            Self::Yxyx => [numbers[1], numbers[0], numbers[3], numbers[2]],
            Self::Xyxy | Self::Xywh | Self::Cxcywh => numbers,
        };
        let [a, b, c, d] = [numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height];
        match self {
            Self::Xyxy | Self::Yxyx => BBox::from_corners(a, b, c, d),
            Self::Xywh => BBox::from([a, b, c, d]),
            Self::Cxcywh => BBox::from([a - c / 2.0, b - d / 2.0, c, d]),
        }
    }
}
