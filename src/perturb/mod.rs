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

mod banding;
mod brightness;
mod channel_drop;
mod channel_shuffle;
mod clahe;
mod color_jitter;
mod contrast;
mod dead_pixels;
mod equalize;
mod exposure;
mod gamma;
mod gaussian_blur;
mod gaussian_noise;
mod grayscale;
mod horizontal_flip;
mod hue_saturation_value;
mod impulse_noise;
mod invert;
mod iso_noise;
mod jpeg_compression;
mod low_light;
mod posterize;
mod rgb_shift;
mod rotate;
mod salt_and_pepper;
mod saturate;
mod sepia;
mod shot_noise;
mod solarize;
mod speckle_noise;
mod white_balance;

pub use perturbation::{Group, Parameter, Perturbation, page};
pub use preset::{PRESETS, Preset};
pub use rng::{FrameSeed, Rng};
pub use section::{Sweep, read_section};
pub use setting::{Setting, Step};
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp, move_annotations};

/// Every kind, in the order of the catalogue.
pub static ALL: &[&dyn Perturbation] = &[
    &gaussian_noise::GaussianNoise,
    &shot_noise::ShotNoise,
    &impulse_noise::ImpulseNoise,
    &brightness::Brightness,
    &contrast::Contrast,
    &jpeg_compression::JpegCompression,
    &speckle_noise::SpeckleNoise,
    &gaussian_blur::GaussianBlur,
    &saturate::Saturate,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
    &iso_noise::IsoNoise,
    &salt_and_pepper::SaltAndPepper,
    &banding::Banding,
    &equalize::Equalize,
    &gamma::Gamma,
    &exposure::Exposure,
    &low_light::LowLight,
    &clahe::Clahe,
    &channel_drop::ChannelDrop,
    &channel_shuffle::ChannelShuffle,
    &color_jitter::ColorJitter,
    &grayscale::Grayscale,
    &hue_saturation_value::HueSaturationValue,
    &invert::Invert,
    &posterize::Posterize,
    &rgb_shift::RgbShift,
    &sepia::Sepia,
    &solarize::Solarize,
    &white_balance::WhiteBalance,
    &dead_pixels::DeadPixels,
];
