//! # Saturation
//!
//! ## What it does
//! Multiplies the saturation of HSV by `factor` and adds `offset`, clipped to 0..1. With an offset grey pixels turn
//! reddish, since the hue of grey is taken as red.
//!
//! ## Field condition
//! Vivid or faded colour modes of cameras, wrong colour profiles, displays filmed off the screen.
//!
//! ## Parameter and severities
//! `factor`, 0..=20, and `offset`, share of full saturation, 0..=1: (0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2).
//! The first two fade, the others saturate: strength does not rise evenly.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `saturate` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{PixelChange, extremes, map_pixels};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "saturate", summary: "scales the saturation of HSV" },
    group: Group::Color,
    parameters: &[
        Parameter { name: "factor", unit: "1 changes nothing", min: 0.0, max: 20.0 },
        Parameter { name: "offset", unit: "share of full saturation", min: 0.0, max: 1.0 },
    ],
    ladder: Some([&[0.3, 0.0], &[0.1, 0.0], &[2.0, 0.0], &[5.0, 0.1], &[20.0, 0.2]]),
    revision: 1,
    source: include_str!("saturate.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Turns the rounding of `map_pixels` into truncation, with the thousandth of `pixels::truncate`.
const TO_TRUNCATE: f32 = -0.499;

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    map_pixels(image, Saturation { factor: values[0] as f32, offset: values[1] as f32 })
}

struct Saturation {
    factor: f32,
    offset: f32,
}

impl PixelChange for Saturation {
    /// With hue and value kept, each channel's distance from the largest scales as the saturation does.
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let (least, most) = extremes(r, g, b);
        let chroma = most - least;
        let wanted = self.factor * chroma + self.offset * most;
        let wanted = if wanted < most { wanted } else { most };
        let is_grey = chroma < 0.5;
        let scale = wanted / if is_grey { 1.0 } else { chroma };
        let top = most + TO_TRUNCATE;
        let tint = if is_grey { wanted } else { 0.0 };
        (top - (most - r) * scale, top - (most - g) * scale - tint, top - (most - b) * scale - tint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::FrameSeed;

    #[test]
    fn a_factor_of_one_changes_nothing() {
        let image = RgbImage::from_fn(256, 64, |x, y| image::Rgb([x as u8, (x * 7 + y) as u8, (y * 4) as u8]));
        let rng = FrameSeed { seed: 0, image: "a.png", kind: "saturate", values: &[], step: 0 }.rng();
        assert_eq!(KIND.apply(&image, &[1.0, 0.0], rng), image);
    }
}
