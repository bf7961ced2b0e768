//! # Colour jitter
//!
//! ## What it does
//! Scales brightness, contrast (about the mean grey) and saturation (about the grey of the pixel), up or down at random
//! by half to all of `strength`, then turns the hue either way by half to all of 90° times `strength`.
//!
//! ## Field condition
//! Cameras, settings and hours of the day that differ from those of the training pictures.
//!
//! ## Parameter and severities
//! `strength`, 0..=1: 0.1, 0.2, 0.3, 0.4, 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ColorJitter` of albumentations 2.0.8 and torchvision, in fixed order and without changes near zero, so that
//! severities differ; the hue keeps to the usual quarter of the other strengths.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{HsvShift, LUMA, PixelChange, apply_lut, clip, map_pixels};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "color_jitter", summary: "changes brightness, contrast, saturation and hue at random" },
    group: Group::Color,
    parameters: &[Parameter { name: "strength", unit: "share of each quantity", min: 0.0, max: 1.0 }],
    ladder: Some([&[0.1], &[0.2], &[0.3], &[0.4], &[0.5]]),
    revision: 1,
    source: include_str!("color_jitter.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// The turn of the hue at strength 1.
const MAX_DEGREES: f64 = 90.0;

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let strength = values[0];
    let mut change = || rng.uniform_in(0.5 * strength, strength) * if rng.below(2) == 0 { 1.0 } else { -1.0 };
    let [brightness, contrast, saturation] = [1.0 + change(), 1.0 + change(), 1.0 + change()];
    let hue = HsvShift::new(change() * MAX_DEGREES, 0.0, 0.0);
    let bright: [u8; 256] = std::array::from_fn(|value| round(value as f64 * brightness));
    let mean = mean_grey(image, &bright);
    let toned = bright.map(|value| round(mean + (f64::from(value) - mean) * contrast));
    map_pixels(&apply_lut(image, &[toned; 3]), Colors { saturation: saturation as f32, hue })
}

struct Colors {
    saturation: f32,
    hue: HsvShift,
}

impl PixelChange for Colors {
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let grey = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
        let scaled = |value: f32| clip(grey + (value - grey) * self.saturation, 255.0);
        self.hue.change(scaled(r), scaled(g), scaled(b))
    }
}

/// The mean luma of the picture seen through `table`.
fn mean_grey(image: &RgbImage, table: &[u8; 256]) -> f64 {
    let mut sums = [0_u64; 3];
    for pixel in image.as_raw().chunks_exact(3) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(table[usize::from(*value)]);
        }
    }
    let total: f64 = sums.iter().zip(LUMA).map(|(sum, weight)| *sum as f64 * f64::from(weight)).sum();
    total / (image.as_raw().len() as f64 / 3.0).max(1.0)
}

fn round(value: f64) -> u8 {
    (value + 0.5) as u8
}
