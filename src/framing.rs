//! What of a picture file an image is, where it is not the whole: a square around an object, and a view as classifiers are given
//! it. Words alone; the pixels are made where files are decoded.

use std::fmt;

use crate::filter::Filter;
use crate::size::Size;

/// What of a picture file an image is: first the part is cut, then the view is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Framing {
    /// The picture of the file, after EXIF orientation.
    pub whole: Size,
    /// The part of it; `None` for all.
    pub cut: Option<SquareCut>,
    /// What is made of that; `None` for nothing.
    pub view: Option<View>,
}

/// A square in the pixels of a picture, which may reach beyond it: what lies outside is black.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SquareCut {
    /// Left column, pixels.
    pub x: i32,
    /// Upper row, pixels.
    pub y: i32,
    /// Pixels of each side.
    pub side: u32,
}

/// A picture as classifiers are given it: torchvision's `Resize` of the short side and `CenterCrop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct View {
    /// The short side becomes so many pixels.
    pub resize: u32,
    /// The middle of so many pixels each way is left.
    pub crop: u32,
    /// How the picture is resized.
    pub filter: Filter,
}

impl Framing {
    /// Width and height of what is made.
    pub fn size(&self) -> Size {
        let square = |side| Size { width: side, height: side };
        match (self.cut, self.view) {
            (_, Some(view)) => square(view.crop),
            (Some(cut), None) => square(cut.side),
            (None, None) => self.whole,
        }
    }
}

/// As digests have it: two framings of a file give the same pixels where the texts are the same.
impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(SquareCut { x, y, side }) = self.cut {
            write!(f, "cut {x} {y} {side}")?;
        }
        match self.view {
            Some(view) => write!(f, " view {view}"),
            None => Ok(()),
        }
    }
}

/// `256 224 bilinear`
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resize, crop, filter } = self;
        write!(f, "{resize} {crop} {}", filter.word())
    }
}
