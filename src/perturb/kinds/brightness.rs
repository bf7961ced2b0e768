//! # Brightness
//!
//! ## What it does
//! Adds `delta` to the value channel of HSV, clipped to 0..1: colours keep hue and saturation.
//!
//! ## Field condition
//! Over- and underexposure, day against evening, lamps switched on or off.
//!
//! ## Parameter and severities
//! `delta`, share of full scale, -1..=1 (negative darkens): 0.1, 0.2, 0.3, 0.4, 0.5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `brightness` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{PixelChange, clip, map_pixels, truncated};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "brightness", summary: "adds to the value channel of HSV" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "delta", unit: "share of full scale, negative darkens", min: -1.0, max: 1.0 }],
    ladder: Some([&[0.1], &[0.2], &[0.3], &[0.4], &[0.5]]),
    revision: 1,
    source: include_str!("brightness.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    map_pixels(image, Lift { shift: (values[0] * 255.0) as f32 })
}

struct Lift {
    shift: f32,
}

impl PixelChange for Lift {
    /// Value is the largest channel, and with hue and saturation kept all channels scale with it; black becomes grey.
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let most = if r > g { r } else { g };
        let most = if most > b { most } else { b };
        let lifted = clip(most + self.shift, 255.0);
        let factor = lifted / if most > 1.0 { most } else { 1.0 };
        let of = |channel: f32| truncated(if most > 0.0 { channel * factor } else { lifted });
        (of(r), of(g), of(b))
    }
}
