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

mod bayer;
mod box_blur;
mod brightness;
mod chroma_subsampling;
mod contrast;
mod defocus_blur;
mod downscale;
mod gaussian_blur;
mod gaussian_noise;
mod glass_blur;
mod horizontal_flip;
mod interlacing;
mod jpeg_compression;
mod median_blur;
mod motion_blur;
mod packet_loss;
mod pixelate;
mod quantization;
mod rotate;
mod zoom_blur;

pub use perturbation::{Group, Parameter, Perturbation, page};
pub use preset::{PRESETS, Preset};
pub use rng::{FrameSeed, Rng};
pub use section::{Sweep, read_section};
pub use setting::{Setting, Step};
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp, move_annotations};

/// Every kind, in the order of the catalogue.
pub static ALL: &[&dyn Perturbation] = &[
    &gaussian_noise::GaussianNoise,
    &defocus_blur::DefocusBlur,
    &glass_blur::GlassBlur,
    &motion_blur::MotionBlur,
    &zoom_blur::ZoomBlur,
    &brightness::Brightness,
    &contrast::Contrast,
    &pixelate::Pixelate,
    &jpeg_compression::JpegCompression,
    &gaussian_blur::GaussianBlur,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
    &packet_loss::PacketLoss,
    &box_blur::BoxBlur,
    &median_blur::MedianBlur,
    &downscale::Downscale,
    &bayer::Bayer,
    &quantization::Quantization,
    &interlacing::Interlacing,
    &chroma_subsampling::ChromaSubsampling,
];
