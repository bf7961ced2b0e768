//! The median over a square.
//!
//! Blocks of neighbouring values are taken at a time, one value per lane of a vector register. Small squares go through
//! a selection that drops the least and the greatest again and again; large ones find the median bit by bit.

use image::RgbImage;

use super::border::{Border, PaddedRows};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values handled at a time.
const LANES: usize = 128;

/// Values that stand side by side, each from another square.
type Block = [u8; LANES];

/// The median over the square that reaches `reach` pixels (1..=7) to each side, borders replicated.
#[must_use]
pub fn median(image: &RgbImage, reach: usize) -> RgbImage {
    let stride = image.width() as usize * CHANNELS;
    let padded = PaddedRows::new(image, reach, LANES, Border::Replicate);
    let mut out = RgbImage::new(image.width(), image.height());
    let mut square = Vec::with_capacity((2 * reach + 1) * (2 * reach + 1));
    for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
        let rows: Vec<&[u8]> = (y - reach.cast_signed()..=y + reach.cast_signed()).map(|y| padded.row(y)).collect();
        for (index, bytes) in out_row.chunks_mut(LANES).enumerate() {
            square.clear();
            for row in &rows {
                for dx in 0..=2 * reach {
                    let (block, _) =
                        row[index * LANES + dx * CHANNELS..].split_first_chunk().expect("rows have spare values");
                    square.push(*block);
                }
            }
            let median = match square.len() {
                9 => by_selection::<9>(&square),
                25 => by_selection::<25>(&square),
                _ => by_bits(&square),
            };
            bytes.copy_from_slice(&median[..bytes.len()]);
        }
    }
    out
}

/// Among one more than half of the values, neither the least nor the greatest can be the median of all: both are
/// dropped and another value is taken in, until one is left.
fn by_selection<const N: usize>(square: &[Block]) -> Block {
    let mut kept: [Block; N] = std::array::from_fn(|i| square[i]);
    let mut taken = N / 2 + 2;
    let mut first = 0;
    while taken - first > 1 {
        ends_outward(&mut kept[first..taken]);
        // The least is now first, the greatest last; the next value takes the place of the greatest.
        first += 1;
        taken -= 1;
        if N - first > taken {
            kept[taken] = square[(N / 2 + 1 + first).min(N - 1)];
            taken += 1;
        }
    }
    kept[first]
}

/// Brings the least to the first place and the greatest to the last.
fn ends_outward(values: &mut [Block]) {
    let last = values.len() - 1;
    for i in 0..values.len() / 2 {
        order(values, i, last - i);
    }
    for i in 1..=last / 2 {
        order(values, 0, i);
    }
    for i in last.div_ceil(2)..last {
        order(values, i, last);
    }
}

/// The lesser of two values to the first place, the greater to the second.
fn order(values: &mut [Block], one: usize, other: usize) {
    let (mut low, mut high) = (values[one], values[other]);
    for (a, b) in low.iter_mut().zip(&mut high) {
        (*a, *b) = ((*a).min(*b), (*a).max(*b));
    }
    (values[one], values[other]) = (low, high);
}

/// From the highest bit on: a bit of the median is set if at most half of the values lie below the number so far with
/// the bit set.
fn by_bits(square: &[Block]) -> Block {
    let mut median = [0_u8; LANES];
    for bit in (0..8).rev() {
        let tried = median.map(|value| value | (1 << bit));
        let mut below = [0_u8; LANES];
        for block in square {
            for ((count, value), tried) in below.iter_mut().zip(block).zip(&tried) {
                *count += u8::from(value < tried);
            }
        }
        for ((median, count), tried) in median.iter_mut().zip(below).zip(tried) {
            *median = if usize::from(count) <= square.len() / 2 { tried } else { *median };
        }
    }
    median
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_with_sorting() {
        for size in [9, 25] {
            let square: Vec<Block> =
                (0..size).map(|i| std::array::from_fn(|lane| ((i * 7919 + lane * 104_729) % 251) as u8)).collect();
            let sorted: Block = std::array::from_fn(|lane| {
                let mut values: Vec<u8> = square.iter().map(|block| block[lane]).collect();
                values.sort_unstable();
                values[size / 2]
            });
            assert_eq!(by_bits(&square), sorted);
            assert_eq!(if size == 9 { by_selection::<9>(&square) } else { by_selection::<25>(&square) }, sorted);
        }
    }
}
