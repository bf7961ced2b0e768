//! The mean of several magnified copies of a picture, all in one pass over its rows.

use image::RgbImage;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values of one multiplication: the left pixel, the right pixel, and two that get no weight.
const LANES: usize = 8;

/// Where a magnified copy takes its pixels from, along one side: pixel i shows the position `start + i * step`, in
/// pixels from the centre of the first one; never outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// The position of pixel 0.
    pub start: f64,
    /// From one pixel to the next.
    pub step: f64,
}

/// Shares of the left and the right pixel.
type Shares = [u16; LANES];

/// The mean of the copies (sampled along x, along y, and with a weight relative to the others), bilinear, truncated to
/// bytes. In steps of 1/256 level: each product loses less than one of them, made good on average.
pub fn mean_of_copies(image: &RgbImage, copies: &[(Sampling, Sampling, u32)]) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let stride = width * CHANNELS;
    // Room for the right neighbour of the last pixel and for the values without weight.
    let blended_stride = stride + LANES;
    let (offsets, shares) = column_plan(copies, width, blended_stride);
    let mut blended = vec![0_u16; copies.len() * blended_stride];
    let mut out = RgbImage::new(image.width(), image.height());
    for (y, out_row) in out.chunks_exact_mut(stride).enumerate() {
        for ((_, rows, _), blended) in copies.iter().zip(blended.chunks_exact_mut(blended_stride)) {
            let (top, fraction) = position(*rows, y, height);
            let row = |y: usize| &image.as_raw()[y.min(height - 1) * stride..][..stride];
            blend(row(top), row(top + 1), fraction, &mut blended[..stride]);
        }
        let columns = offsets.chunks_exact(copies.len()).zip(shares.chunks_exact(copies.len()));
        for (pixel, (offsets, shares)) in out_row.chunks_exact_mut(CHANNELS).zip(columns) {
            let sums = weighted_sums(&blended, offsets, shares);
            for (c, byte) in pixel.iter_mut().enumerate() {
                let sum = u32::from(sums[c]) + u32::from(sums[c + CHANNELS]) + 2 * copies.len() as u32;
                *byte = (sum >> 8).min(255) as u8;
            }
        }
    }
    out
}

/// Whole pixel and 256ths of the position that pixel `at` shows.
fn position(sampling: Sampling, at: usize, len: usize) -> (usize, u16) {
    let steps = ((sampling.start + at as f64 * sampling.step).max(0.0) * 256.0).round() as usize;
    let steps = steps.min((len - 1) * 256);
    (steps / 256, (steps % 256) as u16)
}

/// For each pixel of a row and each copy: where its left pixel lies in the blended rows, and the shares.
fn column_plan(copies: &[(Sampling, Sampling, u32)], width: usize, blended_stride: usize) -> (Vec<usize>, Vec<Shares>) {
    let total: u32 = copies.iter().map(|(.., weight)| weight).sum();
    let whole = copies.iter().map(|(.., weight)| 65_536 * weight / total);
    let rest = 65_536 - whole.clone().sum::<u32>();
    let whole: Vec<u32> = whole.enumerate().map(|(i, weight)| weight + if i == 0 { rest } else { 0 }).collect();
    let (mut offsets, mut shares) = (Vec::new(), Vec::new());
    for x in 0..width {
        for (index, (columns, ..)) in copies.iter().enumerate() {
            let (left, fraction) = position(*columns, x, width);
            let right_share = whole[index] * u32::from(fraction) / 256;
            let [l, r] = [whole[index] - right_share, right_share].map(|share| share.min(65_535) as u16);
            offsets.push(index * blended_stride + left * CHANNELS);
            shares.push([l, l, l, r, r, r, 0, 0]);
        }
    }
    (offsets, shares)
}

/// `out` = top + (bottom - top) * fraction / 256, in 256ths.
fn blend(top: &[u8], bottom: &[u8], fraction: u16, out: &mut [u16]) {
    for ((slot, a), b) in out.iter_mut().zip(top).zip(bottom) {
        *slot = u16::from(*a) * (256 - fraction) + u16::from(*b) * fraction;
    }
}

fn weighted_sums(blended: &[u16], offsets: &[usize], shares: &[Shares]) -> [u16; LANES] {
    let mut sums = [0_u16; LANES];
    for (offset, shares) in offsets.iter().zip(shares) {
        let values = &blended[*offset..][..LANES];
        for lane in 0..LANES {
            sums[lane] = sums[lane].wrapping_add(((u32::from(values[lane]) * u32::from(shares[lane])) >> 16) as u16);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        let image = RgbImage::from_pixel(30, 7, image::Rgb([147, 1, 255]));
        let copies: Vec<(Sampling, Sampling, u32)> = (0..11)
            .map(|i| Sampling { start: f64::from(i) * 0.09, step: 1.0 / (1.0 + 0.03 * f64::from(i)) })
            .map(|sampling| (sampling, sampling, 1))
            .collect();
        assert_eq!(mean_of_copies(&image, &copies), image);
    }
}
