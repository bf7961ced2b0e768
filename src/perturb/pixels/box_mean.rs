//! The mean over a square, by running sums.

use image::RgbImage;

use super::border::Border;
use crate::instructions::{Kernel, vectorized};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// 2^23: added to a value of 0..=255 it leaves the nearest whole number in the last bits.
const ROUNDING: f32 = 8_388_608.0;

/// The mean over the square that reaches `reach` pixels (at most 50) to each side, borders mirrored, rounded to the
/// nearest byte.
pub fn box_mean(image: &RgbImage, reach: usize) -> RgbImage {
    vectorized(BoxMean { image, reach })
}

struct BoxMean<'a> {
    image: &'a RgbImage,
    reach: usize,
}

impl Kernel for BoxMean<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let Self { image, reach } = self;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let stride = width * CHANNELS;
        let columns: Vec<usize> = (0..width + 2 * reach)
            .map(|x| Border::Mirror.inside(x.cast_signed() - reach.cast_signed(), width))
            .collect();
        let row = |y: isize| &image.as_raw()[Border::Mirror.inside(y, height) * stride..][..stride];
        // The number of pixels is odd, so that no mean lies halfway between two bytes.
        let share = 1.0 / ((2 * reach + 1) * (2 * reach + 1)) as f32;
        let mut sums = vec![0_u16; stride];
        for y in -reach.cast_signed()..=reach.cast_signed() {
            change(&mut sums, row(y), None);
        }
        let mut padded = vec![[0_u16; CHANNELS]; width + 2 * reach];
        let mut totals = vec![[0_u32; CHANNELS]; width];
        let mut out = RgbImage::new(image.width(), image.height());
        for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
            if y > 0 {
                change(&mut sums, row(y + reach.cast_signed()), Some(row(y - 1 - reach.cast_signed())));
            }
            let (pixels, _) = sums.as_chunks();
            padded[reach..reach + width].copy_from_slice(pixels);
            for x in (0..reach).chain(reach + width..width + 2 * reach) {
                padded[x] = pixels[columns[x]];
            }
            running_sums(&padded, reach, &mut totals);
            for (byte, total) in out_row.iter_mut().zip(totals.as_flattened()) {
                *byte = rounded(*total, share);
            }
        }
        out
    }
}

/// `total` times `share` as the nearest byte.
#[inline(always)]
fn rounded(total: u32, share: f32) -> u8 {
    (total.cast_signed() as f32 * share + ROUNDING).to_bits() as u8
}

/// Adds `entering` to the sums and takes `leaving` off.
#[inline(always)]
fn change(sums: &mut [u16], entering: &[u8], leaving: Option<&[u8]>) {
    for (sum, value) in sums.iter_mut().zip(entering) {
        *sum += u16::from(*value);
    }
    for (sum, value) in sums.iter_mut().zip(leaving.unwrap_or_default()) {
        *sum -= u16::from(*value);
    }
}

/// The sums over 2 `reach` + 1 columns around each pixel of a row with margins.
#[inline(always)]
fn running_sums(sums: &[[u16; CHANNELS]], reach: usize, totals: &mut [[u32; CHANNELS]]) {
    let mut total = [0_u32; CHANNELS];
    for entering in &sums[..2 * reach] {
        total = std::array::from_fn(|c| total[c] + u32::from(entering[c]));
    }
    for (slot, (entering, leaving)) in totals.iter_mut().zip(sums[2 * reach..].iter().zip(sums)) {
        total = std::array::from_fn(|c| total[c] + u32::from(entering[c]));
        *slot = total;
        total = std::array::from_fn(|c| total[c] - u32::from(leaving[c]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_square() {
        let mut image = RgbImage::new(9, 9);
        image.put_pixel(4, 4, image::Rgb([225; 3]));
        let out = box_mean(&image, 2);
        let inside = |x: u32, y: u32| x.abs_diff(4) <= 2 && y.abs_diff(4) <= 2;
        assert!(out.enumerate_pixels().all(|(x, y, pixel)| pixel.0 == if inside(x, y) { [9; 3] } else { [0; 3] }));
    }

    #[test]
    fn every_sum_is_divided_exactly() {
        for side in [3_u32, 15, 101] {
            let pixels = side * side;
            let share = 1.0 / pixels as f32;
            assert!((0..=255 * pixels).all(|sum| u32::from(rounded(sum, share)) == (2 * sum + pixels) / (2 * pixels)));
        }
    }
}
