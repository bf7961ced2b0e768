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
                "the middle cut out, bicubic, ImageNet's mean and std; with the model's own `crop_pct`, which timm's \
                 `resolve_data_config` tells: it is 0.875, 0.9, 0.95 or 1"
            }
            Self::Ultralytics => "short side that of the input, the middle cut out, bilinear, shares of 255",
            Self::TfSlim => "short side 8/7 of the input's, the middle cut out, bilinear, pixel / 127.5 - 1",
            Self::HfVit => "stretched, bilinear, mean and std 0.5",
        }
    }
}

/// The middle that is cut out, of the short side: 224 of 256, the habit of ImageNet's classifiers.
const MIDDLE: f64 = 0.875;

/// What timm's models have as `crop_pct`.
pub const USUAL_SHARES: [f64; 4] = [MIDDLE, 0.9, 0.95, 1.0];

/// The short side of pictures of whose middle an input of `size` shows `share`: timm's `floor(size / crop_pct)`.
pub fn short_side_of(size: Size, share: f64) -> u32 {
    (f64::from(size.width.min(size.height)) / share).floor() as u32
}

impl Family {
    /// Whether its models differ in what is cut out, so that a habit would be a guess: timm's have a `crop_pct` each, and
    /// 0.875 in place of 0.95 cost a model 0.025 of top-1.
    pub fn differs_in_crop(self) -> bool {
        match self {
            Self::Timm => true,
            Self::Torchvision | Self::Ultralytics | Self::TfSlim | Self::HfVit => false,
        }
    }

    /// What it does for an input of `size`.
    pub fn preprocessing(self, size: Size) -> Preprocessing {
        let side = size.width.min(size.height);
        let around = short_side_of(size, MIDDLE);
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

    /// `math.floor(size / crop_pct)` of Python.
    #[test]
    fn a_share_of_the_middle_is_rounded_as_timm_does() {
        let of = |side, share| short_side_of(Size { width: side, height: side }, share);
        assert_eq!(USUAL_SHARES.map(|share| of(224, share)), [256, 248, 235, 224]);
        assert_eq!([of(72, 0.95), of(288, 0.96), of(240, 0.94)], [75, 300, 255]);
    }
}
