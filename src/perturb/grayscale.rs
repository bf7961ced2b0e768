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

use super::pixels::{Packed, PackedChange, PixelChange, luma_in_floats, luma_packed, map_packed};
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Grayscale;

impl Named for Grayscale {
    fn entry(&self) -> Entry {
        Entry { name: "grayscale", summary: "takes the colour away" }
    }
}

impl Perturbation for Grayscale {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        None
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("grayscale.rs")
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], _rng: Rng) -> RgbImage {
        map_packed(image, Gray)
    }
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
