//! Resampling of RGB images along any backward map, with bilinear interpolation in fixed point.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::perturb::Matrix;

/// What lies outside the picture.
#[derive(Debug, Clone, Copy)]
pub enum Border {
    /// The picture mirrored at its edge, the edge pixel repeated (`reflect` of scipy).
    Reflect,
    /// One colour.
    Constant(Rgb<u8>),
}

/// A position in the old picture, in pixels from the centre of its pixel (0, 0).
pub type Position = [f32; 2];

/// Positions are rounded to 1/64 of a pixel; OpenCV's `remap` takes 1/32.
const FRACTION_BITS: u32 = 6;

/// One pixel in fixed point.
const ONE: u64 = 1 << FRACTION_BITS;

/// Added to positions so that rounding down is a cast; a multiple of a pixel. Positions beyond ±32768 pixels are taken
/// as that.
const BIAS: f32 = 2_097_152.0;

/// The picture of `size` whose pixels of row y come from the positions that `fill_row` writes for y, one a column.
pub fn remap(image: &RgbImage, size: Size, border: Border, mut fill_row: impl FnMut(u32, &mut [Position])) -> RgbImage {
    let source = Source::new(image, border);
    let mut out = RgbImage::new(size.width, size.height);
    let mut positions = vec![[0.0; 2]; size.width as usize];
    for (y, row) in (0..).zip(out.chunks_exact_mut(size.width as usize * 3)) {
        fill_row(y, &mut positions);
        for (pixel, position) in row.chunks_exact_mut(3).zip(&positions) {
            pixel.copy_from_slice(&source.at(*position));
        }
    }
    out
}

/// The picture of `size` whose content has moved by `forward`, which must not flatten the plane.
#[must_use]
pub fn remap_affine(image: &RgbImage, size: Size, forward: &Matrix, border: Border) -> RgbImage {
    let back = forward.inverse().unwrap_or_else(|| Matrix::translation(0.0, 0.0));
    remap(image, size, border, |y, positions| {
        for (x, position) in (0_u32..).zip(positions) {
            let (sx, sy) = back.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
            *position = [(sx - 0.5) as f32, (sy - 0.5) as f32];
        }
    })
}

struct Source<'a> {
    raw: &'a [u8],
    width: i32,
    height: i32,
    border: Border,
}

impl<'a> Source<'a> {
    fn new(image: &'a RgbImage, border: Border) -> Self {
        let (width, height) = (image.width().cast_signed(), image.height().cast_signed());
        Self { raw: image.as_raw(), width, height, border }
    }

    #[inline]
    fn at(&self, [x, y]: Position) -> [u8; 3] {
        let (left, fx) = split(x);
        let (top, fy) = split(y);
        let inside = left >= 0 && top >= 0 && left < self.width - 1 && top < self.height - 1;
        let offset = (top as usize).wrapping_mul(self.width as usize).wrapping_add(left as usize).wrapping_mul(3);
        let below = offset.wrapping_add(self.width as usize * 3);
        // Two neighbours are 6 bytes; 8 are read, which only the very last pixels lack.
        match (inside, eight_bytes(self.raw, offset), eight_bytes(self.raw, below)) {
            (true, Some(north), Some(south)) => {
                mix([lanes(north), lanes(north >> 24), lanes(south), lanes(south >> 24)], fx, fy)
            }
            _ => self.at_border(left, top, fx, fy),
        }
    }

    #[cold]
    fn at_border(&self, left: i32, top: i32, fx: u64, fy: u64) -> [u8; 3] {
        let corner = |dx: i32, dy: i32| lanes_of(self.pixel(left + dx, top + dy));
        mix([corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)], fx, fy)
    }

    fn pixel(&self, x: i32, y: i32) -> [u8; 3] {
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        let (x, y) = match self.border {
            Border::Constant(Rgb(fill)) if !inside => return fill,
            Border::Constant(_) => (x, y),
            Border::Reflect => (reflect(x, self.width), reflect(y, self.height)),
        };
        let offset = (y as usize * self.width as usize + x as usize) * 3;
        [self.raw[offset], self.raw[offset + 1], self.raw[offset + 2]]
    }
}

/// Whole pixels, rounded down, and 64ths.
#[inline]
fn split(position: f32) -> (i32, u64) {
    let fixed = (position * ONE as f32 + (BIAS + 0.5)) as i32;
    ((fixed >> FRACTION_BITS) - (BIAS as i32 >> FRACTION_BITS), u64::from(fixed.cast_unsigned()) & (ONE - 1))
}

/// The index within 0..`length` that a mirror at the edges shows at `index`.
pub fn reflect(index: i32, length: i32) -> i32 {
    let wrapped = index.rem_euclid(2 * length);
    wrapped.min(2 * length - 1 - wrapped)
}

#[inline]
fn eight_bytes(raw: &[u8], offset: usize) -> Option<u64> {
    raw.get(offset..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Bits of a lane: 8 of the value and two times [`FRACTION_BITS`] of weight fit.
const LANE: u32 = 21;

/// The lowest three bytes, one a lane, so that one multiplication weighs all three channels.
#[inline]
fn lanes(bytes: u64) -> u64 {
    (bytes & 0xff) | ((bytes & 0xff00) << (LANE - 8)) | ((bytes & 0xff_0000) << (2 * (LANE - 8)))
}

fn lanes_of([red, green, blue]: [u8; 3]) -> u64 {
    u64::from(red) | u64::from(green) << LANE | u64::from(blue) << (2 * LANE)
}

/// Bilinear interpolation between north-west, north-east, south-west and south-east, rounded to the nearest.
#[inline]
fn mix([nw, ne, sw, se]: [u64; 4], fx: u64, fy: u64) -> [u8; 3] {
    const HALF: u64 = 1 << (2 * FRACTION_BITS - 1);
    const ROUNDING: u64 = HALF | HALF << LANE | HALF << (2 * LANE);
    let north = nw * (ONE - fx) + ne * fx;
    let south = sw * (ONE - fx) + se * fx;
    let sum = (north * (ONE - fy) + south * fy + ROUNDING) >> (2 * FRACTION_BITS);
    [sum as u8, (sum >> LANE) as u8, (sum >> (2 * LANE)) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_stays_in_place_gives_the_same_picture_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17)] {
            let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8 * 7, y as u8 * 13, 250]));
            let matrix = Matrix::translation(0.0, 0.0);
            assert_eq!(remap_affine(&image, Size { width, height }, &matrix, Border::Reflect), image);
        }
    }

    #[test]
    fn half_a_pixel_is_the_mean_of_the_neighbours_and_the_border_is_mirrored() {
        let image = RgbImage::from_fn(3, 1, |x, _| Rgb([x as u8 * 100, 0, 255]));
        let moved = |border| remap_affine(&image, Size { width: 3, height: 1 }, &Matrix::translation(0.5, 0.0), border);
        assert_eq!(moved(Border::Reflect).as_raw(), &[0, 0, 255, 50, 0, 255, 150, 0, 255]);
        assert_eq!(moved(Border::Constant(Rgb([0; 3]))).as_raw(), &[0, 0, 128, 50, 0, 255, 150, 0, 255]);
    }

    #[test]
    fn a_mirror_repeats_the_edge() {
        assert_eq!([-3, -1, 0, 2, 3, 5, 6].map(|index| reflect(index, 3)), [2, 0, 0, 2, 2, 0, 0]);
    }
}
