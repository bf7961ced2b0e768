//! Gaussian blur in 16-bit fixed point: faster than in floating point. Rounded it has no bias; truncated it is the
//! published form, equal to floating point within a fifth of a level before the cut to bytes.

use image::RgbImage;

use super::border::Border;
use super::convolve::separable_rounded;
use super::shorts::{BLOCK, Block, Shorts, ShortsKernel, block, with_shorts};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Weights from which on sums are taken in floating point: what many products lose would no longer be made up for, and
/// the outer weights would be few 65536ths.
const MANY: usize = 65;

/// Half a level in 256ths.
const HALF_LEVEL: u16 = 128;

/// What the sums of the columns and those of the rows begin with, in 256ths of a level.
type Starts = [u16; 2];

/// Convolves with the symmetric kernel whose one side is `half` (centre first, normalised), borders replicated, rounded
/// to the nearest byte.
pub fn gaussian_blur(image: &RgbImage, half: &[f32]) -> RgbImage {
    if half.len() >= MANY {
        return separable_rounded(image, half);
    }
    // Each product loses between nothing and one.
    let lost = half.len() as u16 / 2;
    convolve(image, half, [lost, lost + HALF_LEVEL])
}

/// [`gaussian_blur`] truncated to bytes. For kernels of fewer than 128 weights.
pub fn gaussian_truncated(image: &RgbImage, half: &[f32]) -> RgbImage {
    // A flat picture must not fall below its level.
    convolve(image, half, [half.len() as u16; 2])
}

/// Columns, then rows.
fn convolve(image: &RgbImage, half: &[f32], starts: Starts) -> RgbImage {
    with_shorts(Convolution { image, half, starts })
}

struct Convolution<'a> {
    image: &'a RgbImage,
    half: &'a [f32],
    starts: Starts,
}

impl ShortsKernel for Convolution<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run<S: Shorts>(self, registers: S) -> RgbImage {
        let Self { image, half, starts } = self;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let (stride, margin) = (width * CHANNELS, (half.len() - 1) * CHANNELS);
        let weights = whole_weights(half);
        let block_stride = stride.next_multiple_of(BLOCK);
        // The rows that the kernel covers, each in the place of one it has left.
        let places = height.min(2 * half.len() - 1);
        let mut rows = vec![0_u16; places * block_stride];
        let mut coming = image.as_raw().chunks_exact(stride).enumerate();
        // Room for the last block of the right margin.
        let mut columns = vec![0_u16; block_stride + 2 * margin + BLOCK];
        let mut out = RgbImage::new(image.width(), image.height());
        for (y, out_row) in out.chunks_exact_mut(stride).enumerate() {
            for (at, row) in coming.by_ref().take(if y == 0 { half.len() } else { 1 }) {
                widen(row, &mut rows[at % places * block_stride..][..stride]);
            }
            let row = |y: isize| &rows[Border::Replicate.inside(y, height) % places * block_stride..][..block_stride];
            let inner = &mut columns[margin..margin + block_stride];
            sum_columns(registers, row, y.cast_signed(), starts[0], &weights, inner);
            replicate(&mut columns, margin, stride);
            sum_row(registers, &columns, starts[1], &weights, out_row);
        }
        out
    }
}

/// The values in 256ths of a level.
fn widen(row: &[u8], wide: &mut [u16]) {
    for (wide, value) in wide.iter_mut().zip(row) {
        *wide = u16::from(*value) << 8;
    }
}

/// Repeats the first and the last pixel of the `stride` values after the left margin in both margins.
fn replicate(row: &mut [u16], margin: usize, stride: usize) {
    let (left, rest) = row.split_at_mut(margin);
    let (inner, right) = rest.split_at_mut(stride);
    let (pixels, _) = inner.as_chunks::<CHANNELS>();
    left.as_chunks_mut().0.fill(pixels[0]);
    right[..margin].as_chunks_mut().0.fill(pixels[pixels.len() - 1]);
}

/// The centre's weight and those of the pairs around it, in 65536ths; together 65536 (one less if the centre has all).
fn whole_weights(half: &[f32]) -> Vec<u16> {
    let pairs = half[1..].iter().map(|weight| (2.0 * weight * 65_536.0 + 0.5) as u32);
    let centre = 65_536_u32.saturating_sub(pairs.clone().sum());
    std::iter::once(centre).chain(pairs).map(|weight| weight.min(65_535) as u16).collect()
}

/// The weighted sums of columns around row `y`.
#[inline(always)]
fn sum_columns<'a, S: Shorts>(
    registers: S,
    row: impl Fn(isize) -> &'a [u16],
    y: isize,
    begin: u16,
    weights: &[u16],
    sums: &mut [u16],
) {
    let pairs: Vec<(&[u16], &[u16])> =
        (0..weights.len().cast_signed()).map(|distance| (row(y - distance), row(y + distance))).collect();
    for (sums, place) in sums.as_chunks_mut().0.iter_mut().zip((0..).step_by(BLOCK)) {
        *sums = sum_pairs(registers, begin, &pairs, place, weights);
    }
}

/// The weighted sums along a row with its margins, as whole levels.
#[inline(always)]
fn sum_row<S: Shorts>(registers: S, columns: &[u16], begin: u16, weights: &[u16], out: &mut [u8]) {
    let reach = weights.len() - 1;
    let pairs: Vec<(&[u16], &[u16])> = (0..weights.len())
        .map(|distance| (&columns[(reach - distance) * CHANNELS..], &columns[(reach + distance) * CHANNELS..]))
        .collect();
    for (bytes, place) in out.chunks_mut(BLOCK).zip((0..).step_by(BLOCK)) {
        let levels = sum_pairs(registers, begin, &pairs, place, weights).map(|sum| (sum >> 8) as u8);
        bytes.copy_from_slice(&levels[..bytes.len()]);
    }
}

/// The weighted sums of the pairs' values from `place` on, added to `begin`.
#[inline(always)]
fn sum_pairs<S: Shorts>(registers: S, begin: u16, pairs: &[(&[u16], &[u16])], place: usize, weights: &[u16]) -> Block {
    let mut sums = registers.all(begin);
    for ((one, other), weight) in pairs.iter().zip(weights) {
        let [one, other] = [one, other].map(|values| registers.load(block(values, place)));
        let share = registers.high_product(registers.mean(one, other), registers.all(*weight));
        sums = registers.add(sums, share);
    }
    registers.store(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::pixels::{gaussian_kernel, separable};

    fn texture(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x * 37 + y * 91) as u8, (x * y) as u8, (x / 9 * 80) as u8])
        })
    }

    /// Each byte of `made` is within `tolerance` of the other's.
    fn is_near(made: &RgbImage, wanted: &RgbImage, tolerance: u8) -> bool {
        made.iter().zip(wanted.iter()).all(|(a, b)| a.abs_diff(*b) <= tolerance)
    }

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        let image = RgbImage::from_pixel(30, 7, image::Rgb([147, 1, 255]));
        for sigma in [0.1, 1.0, 6.0, 12.0, 15.9] {
            assert_eq!(gaussian_blur(&image, &gaussian_kernel(sigma)), image);
            assert_eq!(gaussian_truncated(&image, &gaussian_kernel(sigma)), image);
        }
        assert_eq!(gaussian_blur(&image, &gaussian_kernel(64.0)), image);
    }

    #[test]
    fn it_agrees_with_floating_point_within_a_level_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17), (67, 45)] {
            let image = texture(width, height);
            for half in [0.5, 3.0, 6.0, 15.9, 16.0].map(gaussian_kernel) {
                assert!(is_near(&gaussian_blur(&image, &half), &separable_rounded(&image, &half), 1));
                assert!(is_near(&gaussian_truncated(&image, &half), &separable(&image, &half), 1));
            }
        }
    }

    /// The mean difference to floating point: no more than 0.02 levels, where truncation makes it half a level.
    #[test]
    fn rounding_neither_darkens_nor_brightens() {
        let image = texture(201, 151);
        let mean = |image: &RgbImage| image.iter().map(|v| f64::from(*v)).sum::<f64>() / image.len() as f64;
        for half in [0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 15.9].map(gaussian_kernel) {
            let bias = mean(&gaussian_blur(&image, &half)) - mean(&separable_rounded(&image, &half));
            assert!(bias.abs() < 0.02, "{} weights: {bias}", half.len());
        }
    }
}
