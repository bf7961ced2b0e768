//! Turning by a quarter.
//!
//! Columns become rows. A band of columns at a time, as many as a line of the cache holds, so that no line is fetched for
//! each of its pixels anew.
#![expect(clippy::many_single_char_names, reason = "eight rows in their order have no other names")]

use image::RgbImage;

use crate::instructions::{Kernel, vectorized};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Columns taken at a time.
const COLUMNS: usize = 16;

/// Bytes of the columns in one row.
const BAND: usize = COLUMNS * CHANNELS;

/// Pixels of a column taken at a time: three words of eight bytes.
const PIXELS: usize = 8;

/// Their bytes.
const BYTES: usize = PIXELS * CHANNELS;

/// Where the upper end of a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// To the left, the last column first: counter-clockwise.
    Left,
    /// To the right, the first column first: clockwise.
    Right,
}

/// The picture turned by a quarter; width and height change places.
pub fn quarter_turn(image: &RgbImage, turn: Turn) -> RgbImage {
    vectorized(QuarterTurn { image, turn })
}

struct QuarterTurn<'a> {
    image: &'a RgbImage,
    turn: Turn,
}

impl Kernel for QuarterTurn<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let (width, height) = (self.image.width() as usize, self.image.height() as usize);
        let mut rows: Vec<&[u8]> = self.image.as_raw().chunks_exact(width * CHANNELS).collect();
        if self.turn == Turn::Right {
            rows.reverse();
        }
        let mut out = RgbImage::new(self.image.height(), self.image.width());
        let mut columns: Vec<&mut [u8]> = out.chunks_exact_mut(height * CHANNELS).collect();
        if self.turn == Turn::Left {
            columns.reverse();
        }
        for (index, band) in columns.chunks_mut(COLUMNS).enumerate() {
            turn_band(&rows, index * COLUMNS, band);
        }
        out
    }
}

/// Writes the columns from `start` on, each to its place.
#[inline(always)]
fn turn_band(rows: &[&[u8]], start: usize, band: &mut [&mut [u8]]) {
    let (eights, rest) = rows.as_chunks::<PIXELS>();
    for (index, [a, b, c, d, e, f, g, h]) in eights.iter().enumerate() {
        let [a, b, c, d] = [numbers(a, start), numbers(b, start), numbers(c, start), numbers(d, start)];
        let [e, f, g, h] = [numbers(e, start), numbers(f, start), numbers(g, start), numbers(h, start)];
        let mut words = [[0; COLUMNS]; 3];
        for i in 0..COLUMNS {
            words[0][i] = join(a[i] | b[i] << 24, b[i] >> 8 | c[i] << 16);
            words[1][i] = join(c[i] >> 16 | d[i] << 8, e[i] | f[i] << 24);
            words[2][i] = join(f[i] >> 8 | g[i] << 16, g[i] >> 16 | h[i] << 8);
        }
        for (i, column) in band.iter_mut().enumerate() {
            let pixels: &mut [u8; BYTES] = column[index * BYTES..].first_chunk_mut().expect("a column's pixels");
            pixels[..8].copy_from_slice(&words[0][i].to_le_bytes());
            pixels[8..16].copy_from_slice(&words[1][i].to_le_bytes());
            pixels[16..].copy_from_slice(&words[2][i].to_le_bytes());
        }
    }
    for (y, row) in (eights.len() * PIXELS..).zip(rest) {
        for (pixel, column) in row[start * CHANNELS..].chunks_exact(CHANNELS).zip(band.iter_mut()) {
            column[y * CHANNELS..][..CHANNELS].copy_from_slice(pixel);
        }
    }
}

/// Two words in one.
#[inline(always)]
fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// The pixels from `start` on as numbers of three bytes.
#[inline(always)]
fn numbers(row: &[u8], start: usize) -> [u32; COLUMNS] {
    let (row, mut padded) = (&row[start * CHANNELS..], [0; BAND]);
    let bytes: &[u8; BAND] = if let Some(bytes) = row.first_chunk() {
        bytes
    } else {
        padded[..row.len()].copy_from_slice(row);
        &padded
    };
    let mut numbers = [0; COLUMNS];
    for (i, numbers) in numbers.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        // The last four pixels are read with the four bytes before them, as there are none after.
        let four = if i < 3 { spread::<0>(&bytes[12 * i..]) } else { spread::<4>(&bytes[12 * i - 4..]) };
        for (number, bytes) in numbers.iter_mut().zip(four.as_chunks::<4>().0) {
            *number = u32::from_le_bytes(*bytes);
        }
    }
    numbers
}

/// Four pixels from byte `S` on, each with a zero after it: one instruction.
#[inline(always)]
fn spread<const S: usize>(bytes: &[u8]) -> [u8; 16] {
    let b = &bytes[..16];
    let [r0, g0, b0, r1, g1, b1] = [b[S], b[S + 1], b[S + 2], b[S + 3], b[S + 4], b[S + 5]];
    let [r2, g2, b2, r3, g3, b3] = [b[S + 6], b[S + 7], b[S + 8], b[S + 9], b[S + 10], b[S + 11]];
    [r0, g0, b0, 0, r1, g1, b1, 0, r2, g2, b2, 0, r3, g3, b3, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_turned_picture_at_every_size() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (16, 4), (33, 17), (50, 66)] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8 * 3, y as u8 * 3 + 1, x as u8 ^ 7]));
            let turned = |turn| quarter_turn(&image, turn);
            assert_eq!(turned(Turn::Left), image::imageops::rotate270(&image), "{width}x{height}");
            assert_eq!(turned(Turn::Right), image::imageops::rotate90(&image), "{width}x{height}");
        }
    }
}
