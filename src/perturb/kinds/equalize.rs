//! # Histogram equalisation
//!
//! ## What it does
//! Stretches each channel so that its values spread evenly over 0..=255.
//!
//! ## Field condition
//! Automatic tone enhancement in cameras and viewers, preprocessing that was not there in training.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `Equalize` of albumentations 2.0.8, each channel by itself; OpenCV's `equalizeHist`.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::apply_lut;
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "equalize", summary: "spreads the values of each channel evenly" },
    group: Group::Lighting,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("equalize.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, _: &[f64], _: Rng) -> RgbImage {
    let mut counts = [[0_u32; 256]; 3];
    for pixel in image.as_raw().chunks_exact(3) {
        for (count, value) in counts.iter_mut().zip(pixel) {
            count[usize::from(*value)] += 1;
        }
    }
    apply_lut(image, &counts.map(|count| table(&count)))
}

/// The least value becomes 0, the greatest 255; a channel of one value stays as it is.
fn table(counts: &[u32; 256]) -> [u8; 256] {
    let total: u32 = counts.iter().sum();
    let least = counts.iter().copied().find(|count| *count > 0).unwrap_or(0);
    if least == total {
        return std::array::from_fn(|value| value as u8);
    }
    let scale = 255.0 / f64::from(total - least);
    let mut below = 0;
    std::array::from_fn(|value| {
        below += counts[value];
        (f64::from(below.saturating_sub(least)) * scale + 0.5) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_values_become_black_and_white() {
        let mut counts = [0; 256];
        (counts[100], counts[110]) = (30, 10);
        let table = table(&counts);
        assert_eq!((table[100], table[110]), (0, 255));
    }
}
