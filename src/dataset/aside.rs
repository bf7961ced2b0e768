//! What readers come to know beside the images and labels themselves: nobody but an audit looks at it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detection::BBox;

/// What is known beside images and labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aside {
    /// Boxes that cannot be meant, in the order of the images; also those that the reader clipped or left out.
    pub odd_boxes: Vec<OddBox>,
    /// By file name, what a picture was called before it was exported, where the labels say so (`extra.name` in COCO
    /// files of Roboflow).
    pub originals: BTreeMap<String, String>,
}

/// A box that cannot be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OddBox {
    /// The image's file name.
    pub image: String,
    /// As it is written, pixels.
    pub bbox: BBox,
    /// What is odd about it.
    pub oddity: Oddity,
}

/// What can be odd about a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// Its width or height is 0.
    NoSize,
    /// It lies outside of its image.
    Outside,
    /// It reaches beyond its image by more than a pixel.
    Beyond,
    /// An object of the same category has the same box.
    Repeated,
}

impl OddBox {
    /// `a.jpg [1, 2, 3, 0]: of no size`
    pub fn describe(&self) -> String {
        format!("{} {}: {}", self.image, self.bbox.describe(), self.oddity.describe())
    }
}

impl Oddity {
    /// In words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NoSize => "of no size",
            Self::Outside => "outside of its image",
            Self::Beyond => "reaches beyond its image",
            Self::Repeated => "written twice",
        }
    }
}
