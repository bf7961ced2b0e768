//! What of a picture file an image is, where it is not the whole: a square around an object. Words alone; the pixels are
//! cut where files are decoded.

use std::fmt;

use crate::size::Size;

/// What of a picture file an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Framing {
    /// The picture of the file, after EXIF orientation.
    pub whole: Size,
    /// The part of it.
    pub cut: SquareCut,
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

impl Framing {
    /// Width and height of what is made.
    pub fn size(&self) -> Size {
        Size { width: self.cut.side, height: self.cut.side }
    }
}

/// As digests have it: two framings of a file give the same pixels where the texts are the same.
impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SquareCut { x, y, side } = self.cut;
        write!(f, "cut {x} {y} {side}")
    }
}
