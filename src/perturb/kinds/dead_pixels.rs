//! # Dead pixels
//!
//! ## What it does
//! Sticks a share of the photosites of a Bayer sensor (RGGB) at 0 or full scale, either with equal chance; demosaicing
//! spreads each to its neighbours, as coloured dots.
//!
//! ## Field condition
//! An aged, hot or irradiated sensor; single sites that no longer see.
//!
//! ## Parameter and severities
//! `share` of the photosites, 0.00001..=0.1 (at least one): 0.0002, 0.0005, 0.001, 0.003, 0.01.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Bilinear demosaicing, where green passes a quarter to four neighbours, red and blue a half to four and a quarter to
//! the other four.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "dead_pixels", summary: "sticks single photosites at black or full scale" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "share", unit: "share of the photosites", min: 1e-05, max: 0.1 }],
    ladder: Some([&[0.0002], &[0.0005], &[0.001], &[0.003], &[0.01]]),
    revision: 1,
    source: include_str!("dead_pixels.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = image.dimensions();
    let sites = f64::from(width) * f64::from(height);
    let mut out = image.clone();
    for _ in 0..((sites * values[0]).round() as u64).max(1) {
        let (x, y) = (rng.below(width), rng.below(height));
        let stuck = if rng.below(2) == 0 { 0 } else { 255 };
        stick(&mut out, x, y, stuck);
    }
    out
}

/// Mixes `stuck` into the channel of site (x, y), over the neighbours by the weights of bilinear demosaicing (in quarters).
fn stick(image: &mut RgbImage, x: u32, y: u32, stuck: i32) {
    let (channel, quarters) = match (x % 2, y % 2) {
        (0, 0) => (0, [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
        (1, 1) => (2, [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
        _ => (1, [[0, 1, 0], [1, 4, 1], [0, 1, 0]]),
    };
    for (dy, row) in (0..).zip(quarters) {
        for (dx, quarter) in (0..).zip(row) {
            // Coordinates left of or above the picture wrap to where there is no pixel.
            let at = ((x + dx).wrapping_sub(1), (y + dy).wrapping_sub(1));
            if let Some(pixel) = image.get_pixel_mut_checked(at.0, at.1) {
                let value = i32::from(pixel.0[channel]);
                pixel.0[channel] = (value + (stuck - value) * quarter / 4) as u8;
            }
        }
    }
}
