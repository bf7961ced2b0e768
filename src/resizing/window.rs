//! The part of a resized picture that is wanted: what is cut off again need not be made.

use crate::detection::Size;

/// A part of a resized picture, in its pixels. It lies within the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Columns to its left.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Its own size.
    pub size: Size,
}

impl Window {
    /// All of a picture of a size.
    pub fn whole(size: Size) -> Self {
        Self { left: 0, top: 0, size }
    }

    /// The columns in it.
    pub fn columns(&self) -> std::ops::Range<u32> {
        self.left..self.left + self.size.width
    }

    /// The rows in it.
    pub fn rows(&self) -> std::ops::Range<u32> {
        self.top..self.top + self.size.height
    }
}
