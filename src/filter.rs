//! The filters that pictures are resized by. Words alone; `resizing` has their arithmetic.

use serde::{Deserialize, Serialize};

/// How pixels are made of pixels. Between the first and the others lie up to 64 grey levels when shrinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Bilinear between the four nearest pixels, as OpenCV's `INTER_LINEAR`.
    Linear,
    /// Bilinear over the whole footprint of a pixel, as Pillow's `BILINEAR`.
    Bilinear,
    /// Bicubic over the whole footprint of a pixel, as Pillow's `BICUBIC`.
    Bicubic,
}

impl Filter {
    /// Every filter by the word that specs have for it.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("linear", Self::Linear), ("bilinear", Self::Bilinear), ("bicubic", Self::Bicubic)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Bilinear => "bilinear",
            Self::Bicubic => "bicubic",
        }
    }
}
