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

use super::pixels::{HsvShift, LUMA, PixelChange, apply_lut, clip, map_pixels};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct ColorJitter;

/// The turn of the hue at strength 1.
const MAX_DEGREES: f64 = 90.0;

impl Named for ColorJitter {
    fn entry(&self) -> Entry {
        Entry { name: "color_jitter", summary: "changes brightness, contrast, saturation and hue at random" }
    }
}

impl Perturbation for ColorJitter {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "strength", unit: "share of each quantity", min: 0.0, max: 1.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.1], &[0.2], &[0.3], &[0.4], &[0.5]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("color_jitter.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
        let strength = values[0];
        let mut change = || rng.uniform_in(0.5 * strength, strength) * if rng.below(2) == 0 { 1.0 } else { -1.0 };
        let [brightness, contrast, saturation] = [1.0 + change(), 1.0 + change(), 1.0 + change()];
        let hue = HsvShift::new(change() * MAX_DEGREES, 0.0, 0.0);
        let bright: [u8; 256] = std::array::from_fn(|value| round(value as f64 * brightness));
        let mean = mean_grey(image, &bright);
        let toned = bright.map(|value| round(mean + (f64::from(value) - mean) * contrast));
        map_pixels(&apply_lut(image, &[toned; 3]), Colors { saturation: saturation as f32, hue })
    }
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
