//! The mean over a square, by running sums.

use image::RgbImage;

use super::border::Border;

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// The mean over the square that reaches `reach` pixels (at most 50) to each side, borders mirrored, rounded to the
/// nearest byte.
#[must_use]
pub fn box_mean(image: &RgbImage, reach: usize) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let stride = width * CHANNELS;
    let columns: Vec<usize> =
        (0..width + 2 * reach).map(|x| Border::Mirror.inside(x.cast_signed() - reach.cast_signed(), width)).collect();
    let row = |y: isize| &image.as_raw()[Border::Mirror.inside(y, height) * stride..][..stride];
    // In 2^24ths: the greatest sum times it stays below 2^32.
    let pixels = (2 * reach as u32 + 1).pow(2);
    let share = ((1 << 24) + pixels / 2) / pixels;
    let mut sums = vec![0_u16; stride];
    for y in -reach.cast_signed()..=reach.cast_signed() {
        change(&mut sums, row(y), None);
    }
    let mut totals = vec![[0_u32; CHANNELS]; width];
    let mut out = RgbImage::new(image.width(), image.height());
    for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
        if y > 0 {
            change(&mut sums, row(y + reach.cast_signed()), Some(row(y - 1 - reach.cast_signed())));
        }
        running_sums(&sums, &columns, reach, &mut totals);
        for (byte, total) in out_row.iter_mut().zip(totals.as_flattened()) {
            *byte = (total.wrapping_mul(share).wrapping_add(1 << 23) >> 24) as u8;
        }
    }
    out
}

/// Adds `entering` to the sums and takes `leaving` off.
fn change(sums: &mut [u16], entering: &[u8], leaving: Option<&[u8]>) {
    for (sum, value) in sums.iter_mut().zip(entering) {
        *sum += u16::from(*value);
    }
    for (sum, value) in sums.iter_mut().zip(leaving.unwrap_or_default()) {
        *sum -= u16::from(*value);
    }
}

/// The sums over 2 `reach` + 1 columns around each pixel; `columns` tells which column stands at each place of a row
/// with margins.
fn running_sums(sums: &[u16], columns: &[usize], reach: usize, totals: &mut [[u32; CHANNELS]]) {
    let (sums, _) = sums.as_chunks::<CHANNELS>();
    let mut total = [0_u32; CHANNELS];
    for column in &columns[..2 * reach] {
        total = std::array::from_fn(|c| total[c] + u32::from(sums[*column][c]));
    }
    for (slot, (entering, leaving)) in totals.iter_mut().zip(columns[2 * reach..].iter().zip(columns)) {
        total = std::array::from_fn(|c| total[c] + u32::from(sums[*entering][c]));
        *slot = total;
        total = std::array::from_fn(|c| total[c] - u32::from(sums[*leaving][c]));
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
}
