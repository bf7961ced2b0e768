//! Resampling of RGB images along any backward map, with bilinear interpolation in fixed point.

use image::{Rgb, RgbImage};

use crate::detection::Size;
use crate::perturb::Matrix;

use super::resample::{Blend, resample};
use crate::instructions::{Kernel, vectorized};

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
const ONE: i16 = 1 << FRACTION_BITS;

/// Positions beyond this are taken as this: 64ths up to it are exact in [`ROUNDER`]'s last bits.
const FARTHEST: f32 = 65_000.0;

/// 1.5 times 2^23: a number added to it is rounded to a whole one, which then stands in the sum's last bits. A cast would
/// have to look for numbers out of range.
const ROUNDER: f32 = 12_582_912.0;

/// Lanes for the six bytes of two neighbours in a row; two are not used.
const LANES: usize = 8;

/// Two neighbours in a row.
type RemapPair = [u8; LANES];

/// What the pixels of a row are made of: for each the two neighbours above, those below, and the fractions, as often as
/// there are lanes.
#[derive(Debug)]
struct Patches {
    north: Vec<RemapPair>,
    south: Vec<RemapPair>,
    across: Vec<[i16; LANES]>,
    down: Vec<[i16; LANES]>,
}

/// The picture of `size` whose pixels of row y come from the positions that `fill_row` writes for y, one a column.
pub fn remap(image: &RgbImage, size: Size, border: Outside, fill_row: impl FnMut(u32, &mut [Position])) -> RgbImage {
    vectorized(Remap { image, size, border, fill_row })
}

struct Remap<'a, F> {
    image: &'a RgbImage,
    size: Size,
    border: Outside,
    fill_row: F,
}

impl<F: FnMut(u32, &mut [Position])> Kernel for Remap<'_, F> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let Self { image, size, border, mut fill_row } = self;
        let source = RemapSource::new(image, border);
        let mut out = RgbImage::new(size.width, size.height);
        let mut positions = vec![[0.0; 2]; size.width as usize];
        let mut fixed_positions = vec![[0; 2]; size.width as usize];
        let mut patches = Patches::new(size.width as usize);
        for (y, row) in (0..).zip(out.chunks_exact_mut(size.width as usize * 3)) {
            fill_row(y, &mut positions);
            for (fixed_position, position) in fixed_positions.iter_mut().zip(&positions) {
                *fixed_position = position.map(fixed);
            }
            patches.fill(&source, &fixed_positions);
            patches.mix();
            for (pixel, mixed) in row.as_chunks_mut::<3>().0.iter_mut().zip(&patches.north) {
                *pixel = [mixed[0], mixed[1], mixed[2]];
            }
        }
        out
    }
}

/// The picture of `size` whose content has moved by `forward`, which must not flatten the plane.
pub fn remap_affine(image: &RgbImage, size: Size, forward: &Matrix, border: Outside) -> RgbImage {
    let back = forward.inverse().unwrap_or_else(|| Matrix::translation(0.0, 0.0));
    if back.x[1] == 0.0 && back.y[0] == 0.0 {
        return remap_along_axes(image, size, &back, border);
    }
    remap_by_rows(image, size, &back, border)
}

fn remap_by_rows(image: &RgbImage, size: Size, back: &Matrix, border: Outside) -> RgbImage {
    remap(image, size, border, |y, positions| {
        for (x, position) in (0_u32..).zip(positions) {
            let (sx, sy) = back.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
            *position = [(sx - 0.5) as f32, (sy - 0.5) as f32];
        }
    })
}

/// The same bytes in a third of the time, where columns stay columns and rows stay rows.
fn remap_along_axes(image: &RgbImage, size: Size, back: &Matrix, border: Outside) -> RgbImage {
    let blend = |position: f64, length: u32| {
        let at = fixed((position - 0.5) as f32);
        let (first, length) = (at >> FRACTION_BITS, length.cast_signed());
        let inside = |index: i32| match border {
            Outside::Reflect => Some(reflect(index, length) as usize),
            Outside::Constant(_) => (0..length).contains(&index).then_some(index as usize),
        };
        Blend { neighbours: [inside(first), inside(first + 1)], fraction: fraction(at) }
    };
    let columns: Vec<Blend> =
        (0..size.width).map(|x| blend(back.apply(f64::from(x) + 0.5, 0.5).0, image.width())).collect();
    let rows: Vec<Blend> =
        (0..size.height).map(|y| blend(back.apply(0.5, f64::from(y) + 0.5).1, image.height())).collect();
    let fill = if let Outside::Constant(Rgb(fill)) = border { fill } else { [0; 3] };
    resample(image, size, [&columns, &rows], fill)
}

struct RemapSource<'a> {
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

impl<'a> RemapSource<'a> {
    fn new(image: &'a RgbImage, border: Outside) -> Self {
        let (width, height) = (image.width().cast_signed(), image.height().cast_signed());
        let (inner_width, inner_height) = (image.width() - 1, image.height() - 1);
        let stride = image.width() as usize * 3;
        Self { raw: image.as_raw(), width, height, inner_width, inner_height, stride, border }
    }

    /// The four pixels around a position, whose north-western one is given.
    #[inline(always)]
    fn at(&self, left: i32, top: i32) -> (RemapPair, RemapPair) {
        // Negative ones are beyond every width as unsigned numbers.
        let inside = left.cast_unsigned() < self.inner_width && top.cast_unsigned() < self.inner_height;
        if !inside {
            return self.at_border(left, top);
        }
        let offset = top as usize * self.stride + left as usize * 3;
        // Two neighbours are 6 bytes; 8 are read, which only the very last pixels lack.
        let from_north_to_south = self.raw.get(offset..offset + self.stride + LANES);
        let pairs = from_north_to_south.and_then(|bytes| Some((*bytes.first_chunk()?, *bytes.last_chunk()?)));
        pairs.unwrap_or_else(|| self.at_border(left, top))
    }

    #[cold]
    fn at_border(&self, left: i32, top: i32) -> (RemapPair, RemapPair) {
        let is_beside = left < -1 || top < -1 || left >= self.width || top >= self.height;
        if let Outside::Constant(Rgb([r, g, b])) = self.border
            && is_beside
        {
            return ([r, g, b, r, g, b, 0, 0], [r, g, b, r, g, b, 0, 0]);
        }
        let pair = |y: i32| {
            let ([r0, g0, b0], [r1, g1, b1]) = (self.pixel(left, y), self.pixel(left + 1, y));
            [r0, g0, b0, r1, g1, b1, 0, 0]
        };
        (pair(top), pair(top + 1))
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
#[inline(always)]
fn fixed(position: f32) -> i32 {
    let sum = position.clamp(-FARTHEST, FARTHEST) * f32::from(ONE) + ROUNDER;
    sum.to_bits().wrapping_sub(ROUNDER.to_bits()).cast_signed()
}

/// 64ths beyond the whole pixel.
#[inline(always)]
fn fraction(fixed: i32) -> i16 {
    fixed as i16 & (ONE - 1)
}

/// The index within 0..`length` that a mirror at the edges shows at `index`.
fn reflect(index: i32, length: i32) -> i32 {
    let wrapped = index.rem_euclid(2 * length);
    wrapped.min(2 * length - 1 - wrapped)
}

impl Patches {
    fn new(width: usize) -> Self {
        let (pairs, fractions) = (vec![[0; LANES]; width], vec![[0; LANES]; width]);
        Self { north: pairs.clone(), south: pairs, across: fractions.clone(), down: fractions }
    }

    #[inline(always)]
    fn fill(&mut self, source: &RemapSource, positions: &[[i32; 2]]) {
        for (([x, y], north), south) in positions.iter().zip(&mut self.north).zip(&mut self.south) {
            (*north, *south) = source.at(x >> FRACTION_BITS, y >> FRACTION_BITS);
        }
        for (([x, y], across), down) in positions.iter().zip(&mut self.across).zip(&mut self.down) {
            (*across, *down) = ([fraction(*x); LANES], [fraction(*y); LANES]);
        }
    }

    /// Bilinear interpolation, rounded to the nearest, into the first three lanes of the northern pair: down to 64ths of
    /// a level, then across. The upper halves of the products of twice the difference and 512 times the fraction are what
    /// the 4096ths add, rounded down.
    #[inline(always)]
    fn mix(&mut self) {
        let (north, south) = (self.north.as_flattened_mut(), self.south.as_flattened());
        let down = self.down.as_flattened_mut();
        for ((down, north), south) in down.iter_mut().zip(&*north).zip(south) {
            let (north, south) = (i16::from(*north), i16::from(*south));
            *down = north * ONE + (south - north) * *down;
        }
        let east = &down[3..];
        for (((mixed, west), east), fraction) in north.iter_mut().zip(&*down).zip(east).zip(self.across.as_flattened())
        {
            let step = (i32::from((east - west) * 2) * i32::from(fraction << 9)) >> 16;
            *mixed = ((west + step as i16 + ONE / 2) >> FRACTION_BITS) as u8;
        }
    }
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
    fn along_the_axes_both_ways_give_the_same_bytes() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17), (64, 5)] {
            let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8 * 3, y as u8 * 13, (x ^ y) as u8 * 2]));
            let size = Size { width, height };
            for (x, y) in [
                ([0.7, 0.0, 2.3], [0.0, 1.4, -3.6]),
                ([3.1, 0.0, -40.2], [0.0, 0.2, 9.0]),
                ([-1.0, 0.0, 5.0], [0.0, 1.0, 0.0]),
            ] {
                for border in [Outside::Reflect, Outside::Constant(Rgb([114, 0, 255]))] {
                    let back = Matrix { x, y };
                    let wanted = remap_by_rows(&image, size, &back, border);
                    assert_eq!(remap_along_axes(&image, size, &back, border), wanted, "{size:?} {back:?} {border:?}");
                }
            }
        }
    }

    #[test]
    fn lanes_of_16_bits_give_the_bytes_of_whole_numbers() {
        for (north, south) in
            [([0, 255], [255, 0]), ([255, 0], [255, 0]), ([3, 200], [90, 17]), ([255, 255], [255, 254])]
        {
            let [west, east] = [0, 1].map(|i| [north[i], south[i]]);
            let pair = |[a, b]: [u8; 2]| [a, a, a, b, b, b, 0, 0];
            for (fx, fy) in (0..64).flat_map(|fx| (0..64).map(move |fy| (fx, fy))) {
                let [west, east] = [west, east].map(|[n, s]| i32::from(n) * (64 - fy) + i32::from(s) * fy);
                let wanted = (west * (64 - fx) + east * fx + 2048) >> 12;
                let mut patches = Patches {
                    north: vec![pair(north)],
                    south: vec![pair(south)],
                    across: vec![[fx as i16; LANES]],
                    down: vec![[fy as i16; LANES]],
                };
                patches.mix();
                assert_eq!(patches.north[0][..3], [wanted as u8; 3], "{north:?} {south:?} {fx} {fy}");
            }
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
