//! # Greyscale
//!
//! ## What it does
//! Replaces each pixel by its luma (BT.601).
//!
//! ## Field condition
//! Night mode, infrared and monochrome cameras, pictures from scans and copies.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ToGray` of albumentations 2.0.8 (weighted average).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Packed, PackedChange, PixelChange, luma_in_floats, luma_packed, map_packed};
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "grayscale", summary: "takes the colour away" },
    group: Group::Color,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("grayscale.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    map_packed(image, Gray)
}

struct Gray;

impl PixelChange for Gray {
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let luma = luma_in_floats(r, g, b);
        (luma, luma, luma)
    }
}

impl PackedChange for Gray {
    #[inline(always)]
    fn change_packed<P: Packed>(&self, registers: P, pixels: P::Register) -> P::Register {
        luma_packed(registers, pixels)
    }
}
