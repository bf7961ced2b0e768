//! # Sepia
//!
//! ## What it does
//! Tints the picture brown, as old prints are.
//!
//! ## Field condition
//! Photo filters and scanned prints; a strong cast with the colours gone.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ToSepia` of albumentations 2.0.8 (its matrix).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Lane, Packed, PackedChange, PixelChange, ZERO, map_packed};
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "sepia", summary: "tints the picture brown" },
    group: Group::Color,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("sepia.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Shares of the old red, green and blue in the new red, green and blue.
const MATRIX: [[f32; 3]; 3] = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    map_packed(image, Tint)
}

struct Tint;

impl PixelChange for Tint {
    #[inline(always)]
    fn change(&self, r: f32, g: f32, b: f32) -> (f32, f32, f32) {
        let mixed = |[of_r, of_g, of_b]: [f32; 3]| of_r * r + of_g * g + of_b * b;
        (mixed(MATRIX[0]), mixed(MATRIX[1]), mixed(MATRIX[2]))
    }
}

/// One channel of four pixels as words.
const WORDS: [Lane; 3] = [words(0), words(1), words(2)];

/// Four bytes of each channel as four pixels.
const PIXELS: Lane = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, ZERO, ZERO, ZERO, ZERO];

const fn words(c: u8) -> Lane {
    let z = ZERO;
    [c, z, z, z, c + 3, z, z, z, c + 6, z, z, z, c + 9, z, z, z]
}

impl PackedChange for Tint {
    #[inline(always)]
    fn change_packed<P: Packed>(&self, registers: P, pixels: P::Register) -> P::Register {
        let channel = |c: usize| registers.floats(registers.pick(pixels, WORDS[c]));
        let (r, g, b) = (channel(0), channel(1), channel(2));
        let mixed = |[of_r, of_g, of_b]: [f32; 3]| {
            let red_green = registers.sum(registers.scale(r, of_r), registers.scale(g, of_g));
            registers.rounded(registers.sum(red_green, registers.scale(b, of_b)))
        };
        registers.pick(registers.bytes([mixed(MATRIX[0]), mixed(MATRIX[1]), mixed(MATRIX[2])]), PIXELS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::pixels::map_pixels;

    #[test]
    fn packed_pixels_round_as_single_ones_do() {
        let image = RgbImage::from_fn(1024, 1024, |x, y| image::Rgb([x as u8, y as u8, (x / 4 * 7 + y / 4) as u8]));
        assert_eq!(map_packed(&image, Tint), map_pixels(&image, Tint));
    }
}
