//! The errors of AlexNet that ImageNet-C's figures are relative to (Hendrycks & Dietterich 2019), by the corruption's name: a
//! list in another order divides by another corruption's.

/// AlexNet's top-1 error on clean images, 0..=1 (torchvision's weights).
pub const CLEAN: f64 = 0.434_78;

/// The mean over severities 1 to 5 of its top-1 error under each of ImageNet-C's corruptions, 0..=1, as the code of `AugMix`
/// (google-research/augmix) lists them.
const MEAN_ERRORS: [(&str, f64); 15] = [
    ("gaussian_noise", 0.886_428),
    ("shot_noise", 0.894_468),
    ("impulse_noise", 0.922_640),
    ("defocus_blur", 0.819_880),
    ("glass_blur", 0.826_268),
    ("motion_blur", 0.785_948),
    ("zoom_blur", 0.798_360),
    ("snow", 0.866_816),
    ("frost", 0.826_572),
    ("fog", 0.819_324),
    ("brightness", 0.564_592),
    ("contrast", 0.853_204),
    ("elastic_transform", 0.646_056),
    ("pixelate", 0.717_840),
    ("jpeg_compression", 0.606_500),
];

/// AlexNet's mean error under a kind of perturbation; `None` where ImageNet-C does not have it.
pub fn mean_error(kind: &str) -> Option<f64> {
    MEAN_ERRORS.iter().find(|(name, _)| *name == kind).map(|(_, error)| *error)
}

/// The corruptions of ImageNet-C.
pub fn corruptions() -> impl Iterator<Item = &'static str> {
    MEAN_ERRORS.iter().map(|(name, _)| *name)
}
