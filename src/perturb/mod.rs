//! The perturbations: one file each, all behind [`Perturbation`], listed in [`ALL`].
//!
//! `pixels` holds the kernels they share, `warp` how boxes move with the content, `rng` where randomness comes from;
//! `section` reads a spec's section by its `keys`, `preset` holds lists of kinds, `setting` is what comes of both.

mod keys;
mod perturbation;
mod pixels;
mod preset;
mod rng;
mod section;
mod setting;
mod warp;

mod aspect;
mod augmentation;
mod banding;
mod bayer;
mod border_truncation;
mod box_blur;
mod brightness;
mod channel_drop;
mod channel_shuffle;
mod chroma_subsampling;
mod chromatic_aberration;
mod clahe;
mod coarse_dropout;
mod color_jitter;
mod contrast;
mod dead_pixels;
mod defocus_blur;
mod downscale;
mod elastic_transform;
mod equalize;
mod exposure;
mod fog;
mod frost;
mod gamma;
mod gaussian_blur;
mod gaussian_noise;
mod glare;
mod glass_blur;
mod grayscale;
mod grid_distortion;
mod haze;
mod horizontal_flip;
mod hue_saturation_value;
mod impulse_noise;
mod interlacing;
mod invert;
mod iso_noise;
mod jpeg_compression;
mod lens_dirt;
mod lens_distortion;
mod low_light;
mod median_blur;
mod motion_blur;
mod object_occlusion;
mod packet_loss;
mod perspective;
mod pixelate;
mod posterize;
mod quantization;
mod rain;
mod random_crop;
mod random_erasing;
mod rgb_shift;
mod rolling_shutter;
mod rotate;
mod rotate_90;
mod salt_and_pepper;
mod saturate;
mod scale;
mod sepia;
mod shadow;
mod shear;
mod shot_noise;
mod snow;
mod solarize;
mod spatter;
mod speckle_noise;
mod sun_flare;
mod translate;
mod turbulence;
mod uneven_illumination;
mod vertical_flip;
mod vignetting;
mod water_drops;
mod webp_compression;
mod white_balance;
mod zoom_blur;

pub use augmentation::{AUGMENTATIONS, Augmentation, in_readme};
pub use keys::{CHAIN, PRESET, SEVERITY, SHARED, form_keys, section_keys, step_keys};
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
    &defocus_blur::DefocusBlur,
    &glass_blur::GlassBlur,
    &motion_blur::MotionBlur,
    &zoom_blur::ZoomBlur,
    &snow::Snow,
    &frost::Frost,
    &fog::Fog,
    &brightness::Brightness,
    &contrast::Contrast,
    &elastic_transform::ElasticTransform,
    &pixelate::Pixelate,
    &jpeg_compression::JpegCompression,
    &speckle_noise::SpeckleNoise,
    &gaussian_blur::GaussianBlur,
    &spatter::Spatter,
    &saturate::Saturate,
    &aspect::Aspect,
    &grid_distortion::GridDistortion,
    &horizontal_flip::HorizontalFlip,
    &lens_distortion::LensDistortion,
    &perspective::Perspective,
    &random_crop::RandomCrop,
    &rotate::Rotate,
    &rotate_90::Rotate90,
    &scale::Scale,
    &shear::Shear,
    &translate::Translate,
    &vertical_flip::VerticalFlip,
    &box_blur::BoxBlur,
    &median_blur::MedianBlur,
    &turbulence::Turbulence,
    &banding::Banding,
    &iso_noise::IsoNoise,
    &salt_and_pepper::SaltAndPepper,
    &haze::Haze,
    &rain::Rain,
    &water_drops::WaterDrops,
    &clahe::Clahe,
    &equalize::Equalize,
    &exposure::Exposure,
    &gamma::Gamma,
    &glare::Glare,
    &low_light::LowLight,
    &shadow::Shadow,
    &sun_flare::SunFlare,
    &uneven_illumination::UnevenIllumination,
    &vignetting::Vignetting,
    &channel_drop::ChannelDrop,
    &channel_shuffle::ChannelShuffle,
    &chromatic_aberration::ChromaticAberration,
    &color_jitter::ColorJitter,
    &grayscale::Grayscale,
    &hue_saturation_value::HueSaturationValue,
    &invert::Invert,
    &rgb_shift::RgbShift,
    &sepia::Sepia,
    &solarize::Solarize,
    &white_balance::WhiteBalance,
    &chroma_subsampling::ChromaSubsampling,
    &packet_loss::PacketLoss,
    &webp_compression::WebpCompression,
    &bayer::Bayer,
    &dead_pixels::DeadPixels,
    &downscale::Downscale,
    &interlacing::Interlacing,
    &lens_dirt::LensDirt,
    &posterize::Posterize,
    &quantization::Quantization,
    &rolling_shutter::RollingShutter,
    &border_truncation::BorderTruncation,
    &coarse_dropout::CoarseDropout,
    &object_occlusion::ObjectOcclusion,
    &random_erasing::RandomErasing,
];
