//! Correlation with a few weighted taps anywhere around a pixel: blurs along a path.

use image::RgbImage;

use super::border::{Border, PaddedRows};
use super::shorts::{BLOCK, Shorts, ShortsKernel, block, with_shorts};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

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
    with_shorts(Correlation { image, taps })
}

struct Correlation<'a> {
    image: &'a RgbImage,
    taps: &'a [Tap],
}

impl ShortsKernel for Correlation<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run<S: Shorts>(self, registers: S) -> RgbImage {
        let Self { image, taps } = self;
        let stride = image.width() as usize * CHANNELS;
        let margin = taps.iter().map(|tap| tap.dx.unsigned_abs() as usize).max().unwrap_or(0);
        let rows = PaddedRows::new(image, margin, BLOCK, Border::Replicate).map(|value| u16::from(value) << 8);
        let weights = whole_weights(taps);
        let start = registers.all(weights.len() as u16);
        let mut sources: Vec<&[u16]> = Vec::with_capacity(taps.len());
        let mut out = RgbImage::new(image.width(), image.height());
        for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
            sources.clear();
            sources.extend(taps.iter().map(|tap| {
                let first = margin.cast_signed() + tap.dx as isize;
                &rows.row(y + tap.dy as isize)[first.cast_unsigned() * CHANNELS..]
            }));
            for (bytes, place) in out_row.chunks_mut(BLOCK).zip((0..).step_by(BLOCK)) {
                let mut sums = start;
                for (source, weight) in sources.iter().zip(&weights) {
                    let values = registers.load(block(source, place));
                    sums = registers.add(sums, registers.high_product(values, registers.all(*weight)));
                }
                let levels = registers.store(sums).map(|sum| (sum >> 8) as u8);
                bytes.copy_from_slice(&levels[..bytes.len()]);
            }
        }
        out
    }
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
