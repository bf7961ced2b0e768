//! The kinds of perturbations, one file each, listed in [`ALL`].

mod aspect;
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

use super::Perturbation;

/// Every kind, in the order of the catalogue.
pub static ALL: &[&Perturbation] = &[
    &gaussian_noise::KIND,
    &shot_noise::KIND,
    &impulse_noise::KIND,
    &defocus_blur::KIND,
    &glass_blur::KIND,
    &motion_blur::KIND,
    &zoom_blur::KIND,
    &snow::KIND,
    &frost::KIND,
    &fog::KIND,
    &brightness::KIND,
    &contrast::KIND,
    &elastic_transform::KIND,
    &pixelate::KIND,
    &jpeg_compression::KIND,
    &speckle_noise::KIND,
    &gaussian_blur::KIND,
    &spatter::KIND,
    &saturate::KIND,
    &aspect::KIND,
    &grid_distortion::KIND,
    &horizontal_flip::KIND,
    &lens_distortion::KIND,
    &perspective::KIND,
    &random_crop::KIND,
    &rotate::KIND,
    &rotate_90::KIND,
    &scale::KIND,
    &shear::KIND,
    &translate::KIND,
    &vertical_flip::KIND,
    &box_blur::KIND,
    &median_blur::KIND,
    &turbulence::KIND,
    &banding::KIND,
    &iso_noise::KIND,
    &salt_and_pepper::KIND,
    &haze::KIND,
    &rain::KIND,
    &water_drops::KIND,
    &clahe::KIND,
    &equalize::KIND,
    &exposure::KIND,
    &gamma::KIND,
    &glare::KIND,
    &low_light::KIND,
    &shadow::KIND,
    &sun_flare::KIND,
    &uneven_illumination::KIND,
    &vignetting::KIND,
    &channel_drop::KIND,
    &channel_shuffle::KIND,
    &chromatic_aberration::KIND,
    &color_jitter::KIND,
    &grayscale::KIND,
    &hue_saturation_value::KIND,
    &invert::KIND,
    &rgb_shift::KIND,
    &sepia::KIND,
    &solarize::KIND,
    &white_balance::KIND,
    &chroma_subsampling::KIND,
    &packet_loss::KIND,
    &webp_compression::KIND,
    &bayer::KIND,
    &dead_pixels::KIND,
    &downscale::KIND,
    &interlacing::KIND,
    &lens_dirt::KIND,
    &posterize::KIND,
    &quantization::KIND,
    &rolling_shutter::KIND,
    &border_truncation::KIND,
    &coarse_dropout::KIND,
    &object_occlusion::KIND,
    &random_erasing::KIND,
];
