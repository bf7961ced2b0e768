//! The median over a square.
//!
//! Neighbouring values are taken at a time, one per lane of a vector register. Small squares go through sorting
//! networks; in large ones the median is found bit by bit.

use image::RgbImage;

use super::border::Border;
use super::median_network::{BLOCK, Block, block, blocks, columns_of_5, medians_of_3, medians_of_5};
use crate::instructions::{Kernel, vectorized};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// The median over the square that reaches `reach` pixels (1..=7) to each side, borders replicated.
pub fn median(image: &RgbImage, reach: usize) -> RgbImage {
    vectorized(Median { image, reach })
}

struct Median<'a> {
    image: &'a RgbImage,
    reach: usize,
}

impl Kernel for Median<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let Self { image, reach } = self;
        match reach {
            1 => map_rows::<3, Of3>(image),
            2 => map_rows::<5, Of5>(image),
            3 => map_rows::<7, Bits>(image),
            4 => map_rows::<9, Bits>(image),
            5 => map_rows::<11, Bits>(image),
            6 => map_rows::<13, Bits>(image),
            _ => map_rows::<15, Bits>(image),
        }
    }
}

/// A way to make a row of medians.
trait MedianWay<const N: usize> {
    /// From the `N` rows around it, with margins and as much to spare as blocks reach beyond them; `room` is of the same
    /// size.
    fn make(rows: [&[u8]; N], room: &mut [Vec<u8>; N], out: &mut [u8]);
}

struct Of3;

impl MedianWay<3> for Of3 {
    #[inline(always)]
    fn make(rows: [&[u8]; 3], _: &mut [Vec<u8>; 3], out: &mut [u8]) {
        let (whole, rest) = out.as_chunks_mut::<BLOCK>();
        for (index, bytes) in whole.iter_mut().enumerate() {
            *bytes = medians_of_3(rows, index * BLOCK);
        }
        rest.copy_from_slice(&medians_of_3(rows, whole.len() * BLOCK)[..rest.len()]);
    }
}

struct Of5;

impl MedianWay<5> for Of5 {
    #[inline(always)]
    fn make(rows: [&[u8]; 5], columns: &mut [Vec<u8>; 5], out: &mut [u8]) {
        for start in (0..rows[0].len() - BLOCK).step_by(BLOCK) {
            // A loop, as `map` may stay a function of its own.
            let mut blocks = [block(rows[0], start); 5];
            for (block_of, row) in blocks.iter_mut().zip(rows) {
                *block_of = block(row, start);
            }
            for (column, sorted) in columns.iter_mut().zip(&columns_of_5(blocks)) {
                column[start..start + BLOCK].copy_from_slice(sorted);
            }
        }
        let (whole, rest) = out.as_chunks_mut::<BLOCK>();
        for (index, bytes) in whole.iter_mut().enumerate() {
            *bytes = medians_of_5(columns, index * BLOCK);
        }
        rest.copy_from_slice(&medians_of_5(columns, whole.len() * BLOCK)[..rest.len()]);
    }
}

struct Bits;

impl<const N: usize> MedianWay<N> for Bits {
    #[inline(always)]
    fn make(rows: [&[u8]; N], _: &mut [Vec<u8>; N], out: &mut [u8]) {
        for (index, bytes) in out.chunks_mut(BLOCK).enumerate() {
            let blocks = rows.map(|row| blocks::<N>(row, index * BLOCK));
            bytes.copy_from_slice(&median_by_bits(&blocks)[..bytes.len()]);
        }
    }
}

/// The picture whose rows are made in this way.
#[inline(always)]
fn map_rows<const N: usize, W: MedianWay<N>>(image: &RgbImage) -> RgbImage {
    let (stride, height) = (image.width() as usize * CHANNELS, image.height() as usize);
    let room = || std::array::from_fn(|_| vec![0; stride + N * CHANNELS + 2 * BLOCK]);
    let (mut rows, mut other): ([Vec<u8>; N], [Vec<u8>; N]) = (room(), room());
    let mut out = RgbImage::new(image.width(), image.height());
    let mut coming =
        (0..height + N - 1).map(|y| Border::Replicate.inside(y.cast_signed() - (N / 2).cast_signed(), height));
    let take_in = |rows: &mut [Vec<u8>; N], y: usize| {
        rows.rotate_left(1);
        Border::Replicate.pad(&image.as_raw()[y * stride..][..stride], N / 2, &mut rows[N - 1]);
    };
    coming.by_ref().take(N - 1).for_each(|y| take_in(&mut rows, y));
    for (out_row, y) in out.chunks_exact_mut(stride).zip(coming) {
        take_in(&mut rows, y);
        W::make(rows.each_ref().map(Vec::as_slice), &mut other, out_row);
    }
    out
}

/// From the highest bit on: a bit of the median is set if at most half of the values lie below the number so far with
/// the bit set.
#[inline(always)]
fn median_by_bits<const N: usize>(blocks: &[[&Block; N]; N]) -> Block {
    let half = (N * N / 2) as u8;
    let mut median = [0; BLOCK];
    for bit in (0..8).rev() {
        let (mut tried, mut below) = (median, [0; BLOCK]);
        for tried in &mut tried {
            *tried |= 1 << bit;
        }
        count_below(blocks.as_flattened(), &tried, &mut below);
        for i in 0..BLOCK {
            median[i] |= u8::from(below[i] <= half) << bit;
        }
    }
    median
}

/// Adds how many of the blocks' values lie below `tried`.
#[inline(always)]
fn count_below(blocks: &[&Block], tried: &Block, below: &mut Block) {
    let (fours, rest) = blocks.as_chunks();
    for [a, b, c, d] in fours {
        for i in 0..BLOCK {
            let is_below = |block: &Block| u8::from(block[i] < tried[i]);
            below[i] += is_below(a) + is_below(b) + is_below(c) + is_below(d);
        }
    }
    for block in rest {
        for i in 0..BLOCK {
            below[i] += u8::from(block[i] < tried[i]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_sorting(image: &RgbImage, reach: u32) -> RgbImage {
        let reach = i64::from(reach);
        let last = [i64::from(image.width()) - 1, i64::from(image.height()) - 1];
        RgbImage::from_fn(image.width(), image.height(), |x, y| {
            let offsets = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
            let square = offsets.map(|(dx, dy)| {
                let (x, y) = ((i64::from(x) + dx).clamp(0, last[0]), (i64::from(y) + dy).clamp(0, last[1]));
                image.get_pixel(x as u32, y as u32).0
            });
            let square: Vec<[u8; CHANNELS]> = square.collect();
            image::Rgb(std::array::from_fn(|c| {
                let mut values: Vec<u8> = square.iter().map(|pixel| pixel[c]).collect();
                values.sort_unstable();
                values[values.len() / 2]
            }))
        })
    }

    #[test]
    fn every_way_agrees_with_sorting_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 17), (64, 5)] {
            let value = |x: u32, y: u32, c: u32| ((x * 7919 + y * 104_729 + c * 31) % 251 * (x + y + 1) % 256) as u8;
            let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([0, 1, 2].map(|c| value(x, y, c))));
            for reach in 1..=7 {
                assert_eq!(
                    median(&image, reach as usize),
                    by_sorting(&image, reach),
                    "{width}x{height}, reach {reach}"
                );
            }
        }
    }
}
