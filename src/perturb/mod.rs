//! The perturbations: one file each, all behind [`Perturbation`], listed in [`ALL`].
//!
//! `pixels` holds the kernels they share, `warp` how boxes move with the content, `rng` where randomness comes from;
//! `section` reads a spec's section, `preset` holds lists of kinds, `setting` is what comes of both.

mod perturbation;
mod pixels;
mod preset;
mod rng;
mod section;
mod setting;
mod warp;

mod aspect;
mod border_truncation;
mod brightness;
mod chromatic_aberration;
mod coarse_dropout;
mod contrast;
mod elastic_transform;
mod gaussian_blur;
mod gaussian_noise;
mod grid_distortion;
mod horizontal_flip;
mod jpeg_compression;
mod lens_distortion;
mod object_occlusion;
mod perspective;
mod random_crop;
mod random_erasing;
mod rolling_shutter;
mod rotate;
mod rotate_90;
mod scale;
mod shear;
mod translate;
mod turbulence;
mod vertical_flip;

pub use perturbation::{Group, Parameter, Perturbation, page};
pub use preset::{PRESETS, Preset};
pub use rng::{FrameSeed, Rng};
pub use section::{Sweep, read_section};
pub use setting::{Setting, Step};
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp, move_annotations};

/// Every kind, in the order of the catalogue.
pub static ALL: &[&dyn Perturbation] = &[
    &gaussian_noise::GaussianNoise,
    &brightness::Brightness,
    &contrast::Contrast,
    &elastic_transform::ElasticTransform,
    &jpeg_compression::JpegCompression,
    &gaussian_blur::GaussianBlur,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
    &vertical_flip::VerticalFlip,
    &perspective::Perspective,
    &random_crop::RandomCrop,
    &rotate_90::Rotate90,
    &shear::Shear,
    &scale::Scale,
    &translate::Translate,
    &lens_distortion::LensDistortion,
    &grid_distortion::GridDistortion,
    &aspect::Aspect,
    &turbulence::Turbulence,
    &chromatic_aberration::ChromaticAberration,
    &coarse_dropout::CoarseDropout,
    &random_erasing::RandomErasing,
    &object_occlusion::ObjectOcclusion,
    &border_truncation::BorderTruncation,
    &rolling_shutter::RollingShutter,
];
