//! Mirroring left and right, and with it the turn by two quarters.

use image::RgbImage;

use super::instructions::{Kernel, vectorized};

/// Five pixels of three bytes, and one byte of a neighbour: what a vector register holds.
type Five = [u8; 16];

/// Bytes of five pixels.
const BYTES: usize = 15;

/// The picture mirrored left and right.
#[must_use]
pub fn flip_horizontal(image: &RgbImage) -> RgbImage {
    vectorized(Flip { image, upside_down: false })
}

/// The picture turned by two quarters.
#[must_use]
pub fn half_turn(image: &RgbImage) -> RgbImage {
    vectorized(Flip { image, upside_down: true })
}

struct Flip<'a> {
    image: &'a RgbImage,
    upside_down: bool,
}

impl Kernel for Flip<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let (width, height) = self.image.dimensions();
        let stride = width as usize * 3;
        let (mut row, mut raw) = (vec![0; stride], Vec::with_capacity(self.image.as_raw().len()));
        for y in 0..height as usize {
            let y = if self.upside_down { height as usize - 1 - y } else { y };
            flip_row(&self.image.as_raw()[y * stride..][..stride], &mut row);
            raw.extend_from_slice(&row);
        }
        RgbImage::from_raw(width, height, raw).expect("all rows are there")
    }
}

/// Five pixels at a time: a pixel at a time takes many times as long. The byte too many is written over by the next.
#[inline(always)]
fn flip_row(row: &[u8], out_row: &mut [u8]) {
    let length = row.len();
    let fives = (length - 1) / BYTES;
    for start in (0..fives).map(|i| i * BYTES) {
        let from = &row[start..start + size_of::<Five>()];
        let to = &mut out_row[length - start - size_of::<Five>()..][..size_of::<Five>()];
        to.copy_from_slice(&reversed(from));
    }
    for (pixel, out_pixel) in row.chunks_exact(3).zip(out_row.rchunks_exact_mut(3)).skip(fives * BYTES / 3) {
        out_pixel.copy_from_slice(pixel);
    }
}

/// The first five pixels in reverse order: one instruction.
#[inline(always)]
fn reversed(f: &[u8]) -> Five {
    [f[15], f[12], f[13], f[14], f[9], f[10], f[11], f[6], f[7], f[8], f[3], f[4], f[5], f[0], f[1], f[2]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_mirror_image_and_the_turned_one_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (4, 2), (33, 17)] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5 + 1, x as u8 ^ 7]));
            assert_eq!(flip_horizontal(&image), image::imageops::flip_horizontal(&image), "{width}x{height}");
            assert_eq!(half_turn(&image), image::imageops::rotate180(&image), "{width}x{height}");
        }
    }
}
