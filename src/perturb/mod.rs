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

mod brightness;
mod contrast;
mod fog;
mod gaussian_blur;
mod gaussian_noise;
mod horizontal_flip;
mod jpeg_compression;
mod rotate;
mod snow;
mod spatter;

pub use perturbation::{Group, Parameter, Perturbation, page};
pub use preset::{PRESETS, Preset};
pub use rng::{FrameSeed, Rng};
pub use section::{Sweep, read_section};
pub use setting::{Setting, Step};
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp, move_annotations};

/// Every kind, in the order of the catalogue.
pub static ALL: &[&dyn Perturbation] = &[
    &gaussian_noise::GaussianNoise,
    &snow::Snow,
    &fog::Fog,
    &brightness::Brightness,
    &contrast::Contrast,
    &jpeg_compression::JpegCompression,
    &gaussian_blur::GaussianBlur,
    &spatter::Spatter,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
];
