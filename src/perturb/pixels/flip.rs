//! Mirroring left and right.

use image::RgbImage;

use super::instructions::{Kernel, vectorized};

/// Five pixels of three bytes, and one byte of a neighbour: what a vector register holds.
type Five = [u8; 16];

/// Bytes of five pixels.
const BYTES: usize = 15;

/// The picture mirrored left and right.
#[must_use]
pub fn flip_horizontal(image: &RgbImage) -> RgbImage {
    vectorized(Flip { image })
}

struct Flip<'a> {
    image: &'a RgbImage,
}

impl Kernel for Flip<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let stride = self.image.width() as usize * 3;
        let mut out = RgbImage::new(self.image.width(), self.image.height());
        for (row, out_row) in self.image.as_raw().chunks_exact(stride).zip(out.chunks_exact_mut(stride)) {
            flip_row(row, out_row);
        }
        out
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
    fn it_is_the_mirror_image_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (4, 2), (33, 17)] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5 + 1, x as u8 ^ 7]));
            assert_eq!(flip_horizontal(&image), image::imageops::flip_horizontal(&image), "{width}x{height}");
        }
    }
}
