//! # Chroma subsampling
//!
//! ## What it does
//! Keeps the luma of each pixel and takes the mean of its chroma over squares of `block` pixels (YCbCr of JFIF).
//!
//! ## Field condition
//! Codecs that save on colour: 4:2:0 at 2 pixels, cheap cameras, analogue links and old recorders at more.
//!
//! ## Parameter and severities
//! `block`, pixels, 1..=64 (whole; 1 changes nothing but rounding): 2, 4, 8, 16, 32.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Colour transform of JFIF 1.02 (ITU-R BT.601, full range).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "chroma_subsampling", summary: "coarsens colour and keeps brightness" },
    group: Group::Compression,
    parameters: &[Parameter { name: "block", unit: "pixels, whole", min: 1.0, max: 64.0 }],
    ladder: Some([&[2.0], &[4.0], &[8.0], &[16.0], &[32.0]]),
    revision: 1,
    source: include_str!("chroma_subsampling.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let block = values[0].round() as u32;
    let (width, height) = image.dimensions();
    let means = box_means(image, block);
    let columns = width.div_ceil(block) as usize;
    let mut out = image.clone();
    let (pixels, _) = out.as_chunks_mut::<3>();
    for (y, row) in (0..height).zip(pixels.chunks_exact_mut(width as usize)) {
        let means = &means[(y / block) as usize * columns..][..columns];
        for (pixels, mean) in row.chunks_mut(block as usize).zip(means) {
            for pixel in pixels {
                *pixel = with_luma_of(*pixel, mean);
            }
        }
    }
    out
}

/// A colour has the luma of `pixel` and the chroma of `mean` if it differs from `mean` by the difference of their lumas
/// in all channels.
fn with_luma_of(pixel: [u8; 3], mean: &[f32; 3]) -> [u8; 3] {
    let shift = luma(pixel.map(f32::from)) - luma(*mean);
    mean.map(|channel| (channel + shift + 0.5) as u8)
}

/// ITU-R BT.601.
fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// The mean colour of each square, row by row; squares are cut at the right and at the bottom.
fn box_means(image: &RgbImage, block: u32) -> Vec<[f32; 3]> {
    let (width, height) = image.dimensions();
    let columns = width.div_ceil(block) as usize;
    let (pixels, _) = image.as_chunks::<3>();
    let mut means = Vec::with_capacity(columns * height.div_ceil(block) as usize);
    for rows in pixels.chunks(width as usize * block as usize) {
        let mut sums = vec![[0_u32; 4]; columns];
        for row in rows.chunks_exact(width as usize) {
            for (sum, pixels) in sums.iter_mut().zip(row.chunks(block as usize)) {
                for [r, g, b] in pixels {
                    *sum = [sum[0] + u32::from(*r), sum[1] + u32::from(*g), sum[2] + u32::from(*b), sum[3] + 1];
                }
            }
        }
        means.extend(sums.iter().map(|[r, g, b, count]| [*r, *g, *b].map(|sum| sum as f32 / *count as f32)));
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_pictures_stay_as_they_are() {
        let out = with_luma_of([77; 3], &[130.5, 130.5, 130.5]);
        assert_eq!(out, [77; 3]);
    }
}
