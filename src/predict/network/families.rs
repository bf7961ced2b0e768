//! How families of classifiers make pictures ready, by the name that specs have for each. A file of numbers `[N, C]` does
//! not say of which family it is.

use super::preprocess::{IMAGENET_MEAN, IMAGENET_STD, Placement, Preprocessing, Resize};
use crate::detection::Size;
use crate::spec::Choice;

/// A family of classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `torchvision.models` with the weights' own transforms.
    Torchvision,
    /// `timm` with `create_transform`.
    Timm,
    /// Ultralytics' `-cls` models.
    Ultralytics,
    /// Models of TensorFlow's slim and of Coral.
    TfSlim,
    /// Transformers of Hugging Face with `ViTImageProcessor`.
    HfVit,
}

impl Choice for Family {
    const ALL: &'static [(&'static str, Self)] = &[
        ("torchvision", Self::Torchvision),
        ("timm", Self::Timm),
        ("ultralytics", Self::Ultralytics),
        ("tf_slim", Self::TfSlim),
        ("hf_vit", Self::HfVit),
    ];

    fn summary(self) -> &'static str {
        match self {
            Self::Torchvision => {
                "short side 8/7 of the input's (256 for 224; weights called V2 have `resize = 232`), the middle cut out, \
                 bilinear, ImageNet's mean and std"
            }
            Self::Timm => {
                "short side 8/7 of the input's (a `crop_pct` of 0.875; many models have 0.95 or 1: set `resize`), the \
                 middle cut out, bicubic, ImageNet's mean and std"
            }
            Self::Ultralytics => "short side that of the input, the middle cut out, bilinear, shares of 255",
            Self::TfSlim => "short side 8/7 of the input's, the middle cut out, bilinear, pixel / 127.5 - 1",
            Self::HfVit => "stretched, bilinear, mean and std 0.5",
        }
    }
}

/// The middle that is cut out, of the short side: 224 of 256, the habit of ImageNet's classifiers (`crop_pct` of timm).
const MIDDLE: f64 = 0.875;

impl Family {
    /// What it does for an input of `size`.
    pub fn preprocessing(self, size: Size) -> Preprocessing {
        let side = size.width.min(size.height);
        // timm's `floor(size / crop_pct)`.
        let around = (f64::from(side) / MIDDLE).floor() as u32;
        let cut = |short_side: u32| Preprocessing {
            placement: Placement::Crop,
            short_side: Some(short_side),
            ..Preprocessing::PLAIN
        };
        let imagenet = Preprocessing { mean: IMAGENET_MEAN, std: IMAGENET_STD, ..cut(around) };
        match self {
            Self::Torchvision => imagenet,
            Self::Timm => Preprocessing { resize: Resize::Bicubic, ..imagenet },
            Self::Ultralytics => cut(side),
            Self::TfSlim => Preprocessing { scale: 127.5, mean: [1.0; 3], ..cut(around) },
            Self::HfVit => Preprocessing { mean: [0.5; 3], std: [0.5; 3], ..Preprocessing::PLAIN },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sides_are_those_of_the_libraries() {
        let of = |family: Family, side| family.preprocessing(Size { width: side, height: side }).short_side;
        assert_eq!([224, 160, 384].map(|side| of(Family::Timm, side)), [Some(256), Some(182), Some(438)]);
        assert_eq!(of(Family::Torchvision, 224), Some(256));
        assert_eq!(of(Family::Ultralytics, 224), Some(224));
        assert_eq!(of(Family::HfVit, 224), None);
    }
}
