//! Correlation with a few weighted taps anywhere around a pixel: blurs along a path.

use image::RgbImage;

use super::border::{Border, PaddedRows};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values summed at a time: as many 16-bit sums as vector registers hold.
const BLOCK: usize = 64;

/// A pixel at (`dx`, `dy`) from the one that is made, and its share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// Pixels to the right.
    pub dx: i32,
    /// Pixels down.
    pub dy: i32,
    /// Its share of the sum.
    pub weight: f64,
}

/// The weighted sum of the taps around each pixel, borders replicated, truncated to bytes. The weights sum to one.
///
/// In steps of 1/256 level: each product loses less than one of them, made good on average.
pub fn correlate_taps(image: &RgbImage, taps: &[Tap]) -> RgbImage {
    let stride = image.width() as usize * CHANNELS;
    let margin = taps.iter().map(|tap| tap.dx.unsigned_abs() as usize).max().unwrap_or(0);
    let rows = PaddedRows::new(image, margin, BLOCK, Border::Replicate);
    let weights = whole_weights(taps);
    let start = weights.len() as u16;
    let mut out = RgbImage::new(image.width(), image.height());
    for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
        let sources: Vec<(&[u8], u16)> = (taps.iter().zip(&weights))
            .map(|(tap, weight)| {
                let first = margin.cast_signed() + tap.dx as isize;
                (&rows.row(y + tap.dy as isize)[first.cast_unsigned() * CHANNELS..], *weight)
            })
            .collect();
        for (block, bytes) in out_row.chunks_mut(BLOCK).enumerate() {
            let mut sums = [start; BLOCK];
            for (source, weight) in &sources {
                let source = &source[block * BLOCK..][..BLOCK];
                for (sum, value) in sums.iter_mut().zip(source) {
                    *sum = sum.wrapping_add(high_product(u16::from(*value) << 8, *weight));
                }
            }
            for (byte, sum) in bytes.iter_mut().zip(sums) {
                *byte = (sum >> 8) as u8;
            }
        }
    }
    out
}

/// The weights in 65536ths. What rounding left over goes to the first, unless it is the only one.
fn whole_weights(taps: &[Tap]) -> Vec<u16> {
    let mut weights: Vec<i32> = taps.iter().map(|tap| (tap.weight * 65_536.0).round() as i32).collect();
    let rest = 65_536 - weights.iter().sum::<i32>();
    if let Some(first) = weights.first_mut() {
        *first += rest;
    }
    weights.iter().map(|weight| (*weight).clamp(0, 65_535) as u16).collect()
}

/// The upper half of the product.
fn high_product(one: u16, other: u16) -> u16 {
    ((u32::from(one) * u32::from(other)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        let taps: Vec<Tap> = (0..41).map(|i| Tap { dx: i - 20, dy: i, weight: 1.0 / 41.0 }).collect();
        let image = RgbImage::from_pixel(9, 5, image::Rgb([147, 1, 255]));
        assert_eq!(correlate_taps(&image, &taps), image);
    }
}
