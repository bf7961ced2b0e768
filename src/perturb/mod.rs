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
mod frost;
mod gaussian_blur;
mod gaussian_noise;
mod glare;
mod haze;
mod horizontal_flip;
mod jpeg_compression;
mod lens_dirt;
mod rain;
mod rotate;
mod shadow;
mod snow;
mod spatter;
mod sun_flare;
mod uneven_illumination;
mod vignetting;
mod water_drops;

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
    &frost::Frost,
    &fog::Fog,
    &brightness::Brightness,
    &contrast::Contrast,
    &jpeg_compression::JpegCompression,
    &gaussian_blur::GaussianBlur,
    &spatter::Spatter,
    &horizontal_flip::HorizontalFlip,
    &rotate::Rotate,
    &glare::Glare,
    &shadow::Shadow,
    &vignetting::Vignetting,
    &sun_flare::SunFlare,
    &uneven_illumination::UnevenIllumination,
    &rain::Rain,
    &haze::Haze,
    &water_drops::WaterDrops,
    &lens_dirt::LensDirt,
];
