//! Resampling of RGB images along any backward map, with bilinear interpolation in fixed point.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::perturb::Matrix;

/// What lies outside the picture.
#[derive(Debug, Clone, Copy)]
pub enum Outside {
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

/// Positions beyond this are taken as this: 64ths up to it are exact in [`ROUNDER`]'s last bits.
const FARTHEST: f32 = 65_000.0;

/// 1.5 times 2^23: a number added to it is rounded to a whole one, which then stands in the sum's last bits. A cast would
/// have to look for numbers out of range.
const ROUNDER: f32 = 12_582_912.0;

/// The picture of `size` whose pixels of row y come from the positions that `fill_row` writes for y, one a column.
pub fn remap(
    image: &RgbImage,
    size: Size,
    border: Outside,
    mut fill_row: impl FnMut(u32, &mut [Position]),
) -> RgbImage {
    let source = Source::new(image, border);
    let mut out = RgbImage::new(size.width, size.height);
    let mut positions = vec![[0.0; 2]; size.width as usize];
    let mut fixed_positions = vec![[0; 2]; size.width as usize];
    for (y, row) in (0..).zip(out.chunks_exact_mut(size.width as usize * 3)) {
        fill_row(y, &mut positions);
        for (fixed_position, position) in fixed_positions.iter_mut().zip(&positions) {
            *fixed_position = position.map(fixed);
        }
        for (pixel, [x, y]) in row.chunks_exact_mut(3).zip(&fixed_positions) {
            pixel.copy_from_slice(&source.at(*x, *y));
        }
    }
    out
}

/// The picture of `size` whose content has moved by `forward`, which must not flatten the plane.
#[must_use]
pub fn remap_affine(image: &RgbImage, size: Size, forward: &Matrix, border: Outside) -> RgbImage {
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
    /// Of the pixels that have a neighbour to the right.
    inner_width: u32,
    /// Of the pixels that have a neighbour below.
    inner_height: u32,
    stride: usize,
    border: Outside,
}

impl<'a> Source<'a> {
    fn new(image: &'a RgbImage, border: Outside) -> Self {
        let (width, height) = (image.width().cast_signed(), image.height().cast_signed());
        let (inner_width, inner_height) = (image.width() - 1, image.height() - 1);
        let stride = image.width() as usize * 3;
        Self { raw: image.as_raw(), width, height, inner_width, inner_height, stride, border }
    }

    /// The value at a position in 64ths of a pixel.
    #[inline]
    fn at(&self, x: i32, y: i32) -> [u8; 3] {
        let (left, fx) = split(x);
        let (top, fy) = split(y);
        // Negative ones are beyond every width as unsigned numbers.
        let inside = left.cast_unsigned() < self.inner_width && top.cast_unsigned() < self.inner_height;
        if !inside {
            return self.at_border(left, top, fx, fy);
        }
        let offset = top as usize * self.stride + left as usize * 3;
        // Two neighbours are 6 bytes; 8 are read, which only the very last pixels lack.
        match (eight_bytes(self.raw, offset), eight_bytes(self.raw, offset + self.stride)) {
            (Some(north), Some(south)) => mix(north, south, fx, fy),
            _ => self.at_border(left, top, fx, fy),
        }
    }

    #[cold]
    fn at_border(&self, left: i32, top: i32, fx: u64, fy: u64) -> [u8; 3] {
        let pair = |y: i32| {
            let ([r0, g0, b0], [r1, g1, b1]) = (self.pixel(left, y), self.pixel(left + 1, y));
            u64::from_le_bytes([r0, g0, b0, r1, g1, b1, 0, 0])
        };
        mix(pair(top), pair(top + 1), fx, fy)
    }

    fn pixel(&self, x: i32, y: i32) -> [u8; 3] {
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        let (x, y) = match self.border {
            Outside::Constant(Rgb(fill)) if !inside => return fill,
            Outside::Constant(_) => (x, y),
            Outside::Reflect => (reflect(x, self.width), reflect(y, self.height)),
        };
        let offset = (y as usize * self.width as usize + x as usize) * 3;
        [self.raw[offset], self.raw[offset + 1], self.raw[offset + 2]]
    }
}

/// In 64ths of a pixel, rounded. Arithmetic only, so that it runs on several positions at once.
#[inline]
fn fixed(position: f32) -> i32 {
    let sum = position.clamp(-FARTHEST, FARTHEST) * ONE as f32 + ROUNDER;
    sum.to_bits().wrapping_sub(ROUNDER.to_bits()).cast_signed()
}

/// Whole pixels, rounded down, and 64ths.
#[inline]
fn split(fixed: i32) -> (i32, u64) {
    (fixed >> FRACTION_BITS, u64::from(fixed.cast_unsigned()) & (ONE - 1))
}

/// The index within 0..`length` that a mirror at the edges shows at `index`.
fn reflect(index: i32, length: i32) -> i32 {
    let wrapped = index.rem_euclid(2 * length);
    wrapped.min(2 * length - 1 - wrapped)
}

#[inline]
fn eight_bytes(raw: &[u8], offset: usize) -> Option<u64> {
    raw.get(offset..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Bilinear interpolation, rounded to the nearest, between two pixels of a row and the two below them, 6 bytes each.
/// First down, three bytes at a time in lanes of 16 bits; each lane's sum is between 0 and 255 [`ONE`], so that what
/// differences borrow from one another comes back.
#[inline]
fn mix(north: u64, south: u64, fx: u64, fy: u64) -> [u8; 3] {
    const EVERY_OTHER: u64 = 0x00ff_00ff_00ff_00ff;
    let down = |north: u64, south: u64| {
        let (north, south) = (north & EVERY_OTHER, south & EVERY_OTHER);
        (north << FRACTION_BITS).wrapping_add(south.wrapping_sub(north).wrapping_mul(fy))
    };
    let (even, odd) = (down(north, south), down(north >> 8, south >> 8));
    let across = |west: u64, east: u64| {
        let (west, east) = (west as i32 & 0xffff, east as i32 & 0xffff);
        let sum = (west << FRACTION_BITS) + (east - west) * fx as i32;
        ((sum + (1 << (2 * FRACTION_BITS - 1))) >> (2 * FRACTION_BITS)) as u8
    };
    [across(even, odd >> 16), across(odd, even >> 32), across(even >> 16, odd >> 32)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_stays_in_place_gives_the_same_picture_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17)] {
            let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8 * 7, y as u8 * 13, 250]));
            let matrix = Matrix::translation(0.0, 0.0);
            assert_eq!(remap_affine(&image, Size { width, height }, &matrix, Outside::Reflect), image);
        }
    }

    #[test]
    fn half_a_pixel_is_the_mean_of_the_neighbours_and_the_border_is_mirrored() {
        let image = RgbImage::from_fn(3, 1, |x, _| Rgb([x as u8 * 100, 0, 255]));
        let moved = |border| remap_affine(&image, Size { width: 3, height: 1 }, &Matrix::translation(0.5, 0.0), border);
        assert_eq!(moved(Outside::Reflect).as_raw(), &[0, 0, 255, 50, 0, 255, 150, 0, 255]);
        assert_eq!(moved(Outside::Constant(Rgb([0; 3]))).as_raw(), &[0, 0, 128, 50, 0, 255, 150, 0, 255]);
    }

    #[test]
    fn a_mirror_repeats_the_edge() {
        assert_eq!([-3, -1, 0, 2, 3, 5, 6].map(|index| reflect(index, 3)), [2, 0, 0, 2, 2, 0, 0]);
    }
}
