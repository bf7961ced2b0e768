//! Mirroring left and right, and with it the turn by two quarters.

use image::RgbImage;

use super::packed::{Packed, PackedKernel, RUN, with_packed};
use crate::instructions::{Kernel, vectorized};

/// Five pixels of three bytes, and one byte of a neighbour: what a vector register holds.
type Five = [u8; 16];

/// Bytes of five pixels.
const BYTES: usize = 15;

/// The picture mirrored left and right.
pub fn flip_horizontal(image: &RgbImage) -> RgbImage {
    Flip { image, upside_down: false }.flipped()
}

/// The picture turned by two quarters.
pub fn half_turn(image: &RgbImage) -> RgbImage {
    Flip { image, upside_down: true }.flipped()
}

#[derive(Clone, Copy)]
struct Flip<'a> {
    image: &'a RgbImage,
    upside_down: bool,
}

impl Flip<'_> {
    fn flipped(self) -> RgbImage {
        with_packed(self).unwrap_or_else(|| vectorized(self))
    }

    /// The picture whose rows are made of those that come to their place.
    #[inline(always)]
    fn map_rows(self, flip_row: impl Fn(&[u8], &mut [u8])) -> RgbImage {
        let (width, height) = self.image.dimensions();
        let (stride, height) = (width as usize * 3, height as usize);
        let mut out = RgbImage::new(width, self.image.height());
        for (y, out_row) in out.chunks_exact_mut(stride).enumerate() {
            let y = if self.upside_down { height - 1 - y } else { y };
            flip_row(&self.image.as_raw()[y * stride..][..stride], out_row);
        }
        out
    }
}

impl PackedKernel for Flip<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run<P: Packed>(self, registers: P) -> RgbImage {
        self.map_rows(
            #[inline(always)]
            |row, out_row| flip_row_by_runs(registers, row, out_row),
        )
    }
}

impl Kernel for Flip<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        self.map_rows(flip_row)
    }
}

/// As many pixels at a time as fill registers. What is left of the row has its run too, partly made a second time.
#[inline(always)]
fn flip_row_by_runs<P: Packed>(registers: P, row: &[u8], out_row: &mut [u8]) {
    let (runs, rest) = row.as_chunks::<RUN>();
    for (run, out_run) in runs.iter().zip(out_row.as_rchunks_mut::<RUN>().1.iter_mut().rev()) {
        *out_run = registers.reverse(run);
    }
    match (row.last_chunk::<RUN>(), out_row.first_chunk_mut::<RUN>()) {
        _ if rest.is_empty() => {}
        (Some(run), Some(out_run)) => *out_run = registers.reverse(run),
        _ => flip_row(row, out_row),
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

    /// What every set of instructions makes of it.
    fn by_all(flip: Flip) -> Vec<RgbImage> {
        let mut made = vec![flip.flipped(), Kernel::run(flip)];
        #[cfg(target_arch = "x86_64")]
        made.extend(pulp::x86::V3::try_new().map(|v3| PackedKernel::run(flip, v3)));
        made
    }

    #[test]
    fn they_are_the_mirror_image_and_the_turned_one_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (4, 2), (33, 17), (63, 3), (64, 3), (65, 2), (200, 5), (256, 4)]
        {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 3) as u8, (y * 5 + 1) as u8, x as u8 ^ 7]));
            let size = format!("{width}x{height}");
            for mirrored in by_all(Flip { image: &image, upside_down: false }) {
                assert_eq!(mirrored, image::imageops::flip_horizontal(&image), "{size}");
            }
            for turned in by_all(Flip { image: &image, upside_down: true }) {
                assert_eq!(turned, image::imageops::rotate180(&image), "{size}");
            }
        }
    }
}
