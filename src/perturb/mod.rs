//! The perturbations: one file each, all behind [`Perturbation`], listed in [`ALL`].
//!
//! `pixels` holds the kernels they share, `warp` how boxes move with the content, `rng` where randomness comes from,
//! `setting` how a spec's section becomes a kind at a level.

mod perturbation;
mod pixels;
mod rng;
mod setting;
mod warp;

mod brightness;
mod contrast;
mod gaussian_blur;
mod gaussian_noise;
mod horizontal_flip;
mod jpeg_compression;
mod rotate;

pub use perturbation::{Group, Parameter, Perturbation};
pub use rng::{FrameSeed, Rng};
pub use setting::{Setting, Sweep, read_sweep};
pub use warp::{MIN_VISIBLE, Matrix, Warp, move_annotations};

/// Every kind, in the order of the catalogue.
pub static ALL: &[&dyn Perturbation] = &[
    &gaussian_noise::GaussianNoise,
    &brightness::Brightness,
    &contrast::Contrast,
    &jpeg_compression::JpegCompression,
    &gaussian_blur::GaussianBlur,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
];
