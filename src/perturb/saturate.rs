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

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct Saturate;

/// One in 16-bit fixed point.
const ONE: u32 = 1 << 16;

/// A thousandth of a level, as in `pixels::truncate`: keeps whole results from falling below themselves.
const ROUNDING: u32 = ONE / 1000;

impl Named for Saturate {
    fn entry(&self) -> Entry {
        Entry { name: "saturate", summary: "scales the saturation of HSV" }
    }
}

impl Perturbation for Saturate {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter { name: "factor", unit: "1 changes nothing", min: 0.0, max: 20.0 },
            Parameter { name: "offset", unit: "share of full saturation", min: 0.0, max: 1.0 },
        ]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.3, 0.0], &[0.1, 0.0], &[2.0, 0.0], &[5.0, 0.1], &[20.0, 0.2]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("saturate.rs")
    }

    /// With hue and value kept, each channel's distance from the largest scales as the saturation does.
    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        let [factor, offset] = [values[0], values[1]].map(|value| (value * f64::from(ONE) + 0.5) as u32);
        // Rounded up, so that whole results do not fall below themselves.
        let inverses: [u64; 256] = std::array::from_fn(|chroma| (1_u64 << 32).div_ceil(chroma.max(1) as u64));
        let mut out = image.clone();
        for pixel in out.pixels_mut() {
            let [r, g, b] = pixel.0.map(u32::from);
            let most = r.max(g).max(b);
            let chroma = most - r.min(g).min(b);
            let wanted = (factor * chroma + offset * most).min(most * ONE);
            let scale = ((u64::from(wanted) * inverses[chroma as usize]) >> 32) as u32;
            let moved = |channel: u32| ((most * ONE + ROUNDING - (most - channel) * scale) >> 16) as u8;
            pixel.0 = if chroma == 0 {
                let tinted = ((most * ONE + ROUNDING - wanted) >> 16) as u8;
                [most as u8, tinted, tinted]
            } else {
                [moved(r), moved(g), moved(b)]
            };
        }
        out
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
        assert_eq!(Saturate.apply(&image, &[1.0, 0.0], rng), image);
    }
}
