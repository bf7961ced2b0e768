//! The cosine transform of 8 x 8 blocks there and back with coefficients rounded to multiples in between: what JPEG
//! does to a picture. Eight blocks beside one another at a time, a lane for each, in loops that become vector code.
#![expect(clippy::needless_range_loop, reason = "x runs over eight slices at once")]

/// Blocks handled at a time.
pub const BLOCKS: usize = 8;

/// Values in a row of them.
pub const WIDTH: usize = 8 * BLOCKS;

/// Eight blocks beside one another: by column, then by row and block.
pub type Strip = [[f32; WIDTH]; 8];

/// By how much the outputs of the fast transform are too large, along each axis (Arai, Agui, Nakajima: A fast DCT-SQ scheme
/// for images, 1988): the cosine of k pi / 16 times the root of 2, and 1 for k = 0.
const SCALES: [f64; 8] = [
    1.0,
    1.387_039_845_322_148,
    1.306_562_964_876_377,
    1.175_875_602_419_359,
    1.0,
    0.785_694_958_387_102,
    0.541_196_100_146_197,
    0.275_899_379_282_943,
];

/// 1.5 times 2^23: added and taken off again it leaves a whole number.
const ROUNDER: f32 = 12_582_912.0;

/// Rounds coefficients to multiples of a table's steps.
#[derive(Debug)]
pub struct Quantizer {
    /// What makes whole multiples of the transform's outputs, and what turns them back; by frequency across, then down.
    shares: Strip,
    steps: Strip,
}

impl Quantizer {
    /// `table` holds the steps row by row, vertical frequency by row.
    pub fn new(table: &[u16; 64]) -> Self {
        let step = |across: usize, down: usize| f64::from(table[down * 8 + across]) * SCALES[across] * SCALES[down];
        let strip = |of: &dyn Fn(f64) -> f64| {
            std::array::from_fn(|across| std::array::from_fn(|place| of(step(across, place / BLOCKS)) as f32))
        };
        Self { shares: strip(&|step| 0.125 / step), steps: strip(&|step| 0.125 * step) }
    }

    /// What is left of the blocks' values.
    #[inline(always)]
    pub fn apply(&self, strip: &mut Strip) {
        for column in strip.iter_mut() {
            transform(rows(column));
        }
        transform(strip);
        for ((column, shares), steps) in strip.iter_mut().zip(&self.shares).zip(&self.steps) {
            for ((value, share), step) in column.iter_mut().zip(shares).zip(steps) {
                *value = ((*value * share + ROUNDER) - ROUNDER) * step;
            }
        }
        transform_back(strip);
        for column in strip.iter_mut() {
            transform_back(rows(column));
        }
    }
}

/// The rows of a column of each block.
#[inline(always)]
fn rows(column: &mut [f32; WIDTH]) -> &mut [[f32; BLOCKS]; 8] {
    column.as_chunks_mut().0.first_chunk_mut().expect("eight rows of eight blocks")
}

/// The transform of what stands above one another, scaled by 8^(1/2) and [`SCALES`].
#[inline(always)]
fn transform<const N: usize>(strip: &mut [[f32; N]; 8]) {
    const HALF_ROOT: f32 = std::f32::consts::FRAC_1_SQRT_2;
    for x in 0..N {
        let sum = |i: usize| strip[i][x] + strip[7 - i][x];
        let difference = |i: usize| strip[i][x] - strip[7 - i][x];
        let (outer, inner) = (sum(0) + sum(3), sum(1) + sum(2));
        let (outer_difference, inner_difference) = (sum(0) - sum(3), sum(1) - sum(2));
        let turned = (inner_difference + outer_difference) * HALF_ROOT;
        let (low, middle, high) =
            (difference(3) + difference(2), difference(2) + difference(1), difference(1) + difference(0));
        let shared = (low - high) * 0.382_683_43;
        let (low, high) = (low * 0.541_196_1 + shared, high * 1.306_563 + shared);
        let middle = middle * HALF_ROOT;
        let (plus, minus) = (difference(0) + middle, difference(0) - middle);
        strip[0][x] = outer + inner;
        strip[4][x] = outer - inner;
        strip[2][x] = outer_difference + turned;
        strip[6][x] = outer_difference - turned;
        strip[5][x] = minus + low;
        strip[3][x] = minus - low;
        strip[1][x] = plus + high;
        strip[7][x] = plus - high;
    }
}

/// Undoes [`transform`] on coefficients multiplied by [`SCALES`], scaled by 8^(1/2).
#[inline(always)]
fn transform_back<const N: usize>(strip: &mut [[f32; N]; 8]) {
    for x in 0..N {
        let value = |i: usize| strip[i][x];
        let (plus, minus) = (value(0) + value(4), value(0) - value(4));
        let sum = value(2) + value(6);
        let turned = (value(2) - value(6)) * std::f32::consts::SQRT_2 - sum;
        let even = [plus + sum, minus + turned, minus - turned, plus - sum];
        let (inner, inner_difference) = (value(5) + value(3), value(5) - value(3));
        let (outer, outer_difference) = (value(1) + value(7), value(1) - value(7));
        let shared = (inner_difference + outer_difference) * 1.847_759_1;
        let first = outer + inner;
        let second = shared - inner_difference * 2.613_126 - first;
        let third = (outer - inner) * std::f32::consts::SQRT_2 - second;
        let fourth = shared - outer_difference * 1.082_392_2 - third;
        let odd = [first, second, third, fourth];
        for i in 0..4 {
            strip[i][x] = even[i] + odd[i];
            strip[7 - i][x] = even[i] - odd[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition: sums of cosines in doubles.
    fn plain(block: &[[f64; 8]; 8], table: &[u16; 64]) -> [[f64; 8]; 8] {
        let cosine = |x: usize, u: usize| {
            let norm = if u == 0 { 0.125_f64.sqrt() } else { 0.5 };
            norm * ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let places = || (0..8).flat_map(|i| (0..8).map(move |j| (i, j)));
        let mut coefficients = [[0.0; 8]; 8];
        for (v, u) in places() {
            let sum: f64 = places().map(|(y, x)| block[y][x] * cosine(y, v) * cosine(x, u)).sum();
            let step = f64::from(table[v * 8 + u]);
            coefficients[v][u] = (sum / step).round() * step;
        }
        let mut out = [[0.0; 8]; 8];
        for (y, x) in places() {
            out[y][x] = places().map(|(v, u)| coefficients[v][u] * cosine(y, v) * cosine(x, u)).sum();
        }
        out
    }

    #[test]
    fn it_agrees_with_sums_of_cosines() {
        let table: [u16; 64] = std::array::from_fn(|i| 9 + (i * 7 % 40) as u16);
        let value = |y: usize, x: usize| ((y * 7919 + x * 1031 + x * y * 31) % 255) as f64 - 127.3;
        let mut strip: Strip =
            std::array::from_fn(|x| std::array::from_fn(|i| value(i / BLOCKS, i % BLOCKS * 8 + x) as f32));
        Quantizer::new(&table).apply(&mut strip);
        for block in 0..BLOCKS {
            let wanted = plain(&std::array::from_fn(|y| std::array::from_fn(|x| value(y, block * 8 + x))), &table);
            for (y, row) in wanted.iter().enumerate() {
                for (x, wanted) in row.iter().enumerate() {
                    let found = f64::from(strip[x][y * BLOCKS + block]);
                    assert!((found - wanted).abs() < 0.01, "{block} {y} {x}: {found}, not {wanted}");
                }
            }
        }
    }
}
