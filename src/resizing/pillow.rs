//! Pillow's resampling of bytes: `ImagingResample` of its `libImaging/Resample.c`, to the byte.
//!
//! Rows first, then columns, and bytes between them. Pillow 13 begins with the columns where the height shrinks much more
//! than the width, which moves single levels there; networks were trained with the versions before. Weights are floats of 64 bits made
//! whole numbers of 22 bits, so the order of sums does not matter. `fast_image_resize` has weights of 16 bits and is off by
//! a level here and there.

use image::RgbImage;

use super::window::Window;
use crate::detection::Size;
use crate::instructions::{Kernel, vectorized};

/// Interleaved channels.
const CHANNELS: usize = 3;

/// Rows that are made narrower at once: they have their weights in common, and their pixels fill whole registers.
const ROWS: usize = 4;

/// Lanes of a pixel; the last is not used.
const LANES: usize = 4;

/// Values of a line that are summed at a time: as many 32-bit sums as vector registers hold.
const BLOCK: usize = 64;

/// Sums in a vector register.
const REGISTER: usize = 8;

/// Fractional bits of a weight (`PRECISION_BITS`): what 8 bits of a pixel and 2 of overshoot leave of 32.
const WEIGHT_BITS: u32 = 32 - 8 - 2;

/// A filter of Pillow's: its weight at a distance, and the distance from which on it is zero, both in source pixels
/// where a picture is enlarged and in target pixels where it shrinks.
pub struct Resampling {
    support: f64,
    weight: fn(f64) -> f64,
}

/// `bilinear_filter`.
pub const BILINEAR: Resampling = Resampling { support: 1.0, weight: |x| (1.0 - x.abs()).max(0.0) };

/// `bicubic_filter`, whose `a` is -0.5 (OpenCV and PyTorch have -0.75).
pub const BICUBIC: Resampling = Resampling { support: 2.0, weight: bicubic };

fn bicubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

/// Of each position in a window along one axis: where its source begins, and the weight of each pixel from there on.
struct Taps {
    starts: Vec<usize>,
    /// How many weights each has; some at the ends are zero.
    most: usize,
    weights: Vec<i32>,
}

impl Taps {
    /// `precompute_coeffs` and `normalize_coeffs_8bpc`, in the same order of operations.
    fn new(source: u32, target: u32, window: std::ops::Range<u32>, filter: &Resampling) -> Self {
        let scale = f64::from(source) / f64::from(target);
        let widened = scale.max(1.0);
        let (support, narrowed) = (filter.support * widened, 1.0 / widened);
        // The window may have to move to the left, so that all have as many weights.
        let most = ((2.0 * support).ceil() as usize + 1).min(source as usize);
        let mut taps = Self { starts: Vec::with_capacity(window.len()), most, weights: vec![0; window.len() * most] };
        let mut shares = Vec::with_capacity(most);
        for (position, weights) in window.zip(taps.weights.chunks_exact_mut(most)) {
            let centre = (f64::from(position) + 0.5) * scale;
            // Casts to whole numbers cut, as C's do, and stop at 0.
            let (first, end) = ((centre - support + 0.5) as u32, ((centre + support + 0.5) as u32).min(source));
            shares.clear();
            shares.extend((first..end).map(|at| (filter.weight)((f64::from(at) - centre + 0.5) * narrowed)));
            let sum: f64 = shares.iter().sum();
            let start = (first as usize).min(source as usize - most);
            for (weight, share) in weights[first as usize - start..].iter_mut().zip(&shares) {
                *weight = whole(if sum == 0.0 { *share } else { share / sum });
            }
            taps.starts.push(start);
        }
        taps
    }

    /// Where each source begins, with the weights.
    #[inline(always)]
    fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.starts.iter().copied().zip(self.weights.chunks_exact(self.most))
    }

    /// The source positions that any of them reads.
    fn reach(&self) -> std::ops::Range<usize> {
        let first = self.starts.iter().copied().min().unwrap_or_default();
        let last = self.starts.iter().copied().max().unwrap_or_default();
        first..last + self.most
    }
}

/// C's cast of the weight, rounded away from zero.
fn whole(weight: f64) -> i32 {
    let scaled = weight * f64::from(1_u32 << WEIGHT_BITS);
    (if weight < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i32
}

/// `clip8`: the sum, which began at one half, as a byte.
#[inline(always)]
fn clip(sum: i32) -> u8 {
    (sum >> WEIGHT_BITS).clamp(0, 255) as u8
}

/// One half in fixed point.
const HALF: i32 = 1 << (WEIGHT_BITS - 1);

/// The pixels in the `window` of a picture resized to `size`. An axis that keeps its size is left as it is.
pub fn resampled(picture: &RgbImage, size: Size, window: Window, filter: &Resampling) -> Vec<u8> {
    let taps = |from: u32, to: u32, window| (from != to).then(|| Taps::new(from, to, window, filter));
    let columns = taps(picture.width(), size.width, window.columns());
    let rows = taps(picture.height(), size.height, window.rows());
    vectorized(Resample { picture, window, columns, rows })
}

struct Resample<'a> {
    picture: &'a RgbImage,
    window: Window,
    /// `None` along an axis that keeps its size.
    columns: Option<Taps>,
    rows: Option<Taps>,
}

impl Kernel for Resample<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run(self) -> Vec<u8> {
        let Self { picture, window, columns, rows } = self;
        let reach = match &rows {
            Some(rows) => rows.reach(),
            None => window.top as usize..(window.top + window.size.height) as usize,
        };
        let stride = picture.width() as usize * CHANNELS;
        let source = &picture.as_raw()[reach.start * stride..reach.end * stride];
        let width = window.size.width as usize * CHANNELS;
        // A line is followed by the lane that is not used of its last pixel. Whole groups of rows are made and whole blocks
        // are read, so that some values stand after the last line.
        let pitch = width + LANES - CHANNELS;
        let mut across = vec![0; reach.len().next_multiple_of(ROWS) * pitch + BLOCK];
        match &columns {
            Some(columns) => {
                let mut packed = vec![Column::default(); picture.width() as usize];
                let mut made = vec![Column::default(); window.size.width as usize];
                let groups = across.chunks_exact_mut(ROWS * pitch);
                for (rows, lines) in source.chunks(ROWS * stride).zip(groups) {
                    pack(rows, &mut packed);
                    along_rows(&packed, columns, &mut made);
                    unpack(&made, lines);
                }
            }
            None => {
                for (row, line) in source.chunks_exact(stride).zip(across.chunks_exact_mut(pitch)) {
                    line[..width].copy_from_slice(&row[window.left as usize * CHANNELS..][..width]);
                }
            }
        }
        let mut out = vec![0; window.size.height as usize * width];
        let made = out.chunks_exact_mut(width);
        match &rows {
            Some(rows) => {
                for (line, (start, weights)) in made.zip(rows.iter()) {
                    down(&across[(start - reach.start) * pitch..], pitch, weights, line);
                }
            }
            None => made.zip(across.chunks_exact(pitch)).for_each(|(line, row)| line.copy_from_slice(&row[..width])),
        }
        out
    }
}

/// Pixels of [`ROWS`] rows in one column.
type Column = [[u8; LANES]; ROWS];

/// The pixels of rows, those of a column side by side; in place of rows that are missing the last one stands. A function
/// of its own, as wide registers would gather and scatter here, which is slower than moves.
#[inline(never)]
fn pack(rows: &[u8], packed: &mut [Column]) {
    let stride = packed.len() * CHANNELS;
    let last = rows.len() / stride - 1;
    let rows: [&[u8]; ROWS] = std::array::from_fn(|at| &rows[at.min(last) * stride..][..stride]);
    let Some((end, columns)) = packed.split_last_mut() else { return };
    // All but the last pixel with the value after it: one move for each.
    for (column, place) in columns.iter_mut().zip((0..).step_by(CHANNELS)) {
        for (lanes, row) in column.iter_mut().zip(rows) {
            lanes.copy_from_slice(&row[place..][..LANES]);
        }
    }
    for (lanes, row) in end.iter_mut().zip(rows) {
        lanes[..CHANNELS].copy_from_slice(&row[stride - CHANNELS..]);
    }
}

/// The columns that come of the packed ones.
#[inline(always)]
fn along_rows(packed: &[Column], taps: &Taps, made: &mut [Column]) {
    for (made, (start, weights)) in made.iter_mut().zip(taps.iter()) {
        let mut sums = [HALF; ROWS * LANES];
        for (column, weight) in packed[start..][..weights.len()].iter().zip(weights) {
            for (sum, byte) in sums.iter_mut().zip(column.as_flattened()) {
                *sum += i32::from(*byte) * weight;
            }
        }
        for (byte, sum) in made.as_flattened_mut().iter_mut().zip(sums) {
            *byte = clip(sum);
        }
    }
}

/// The reverse of [`pack`]: each pixel with the lane that is not used, which the next one overwrites.
#[inline(never)]
fn unpack(made: &[Column], lines: &mut [u8]) {
    for (line, at) in lines.chunks_exact_mut(lines.len() / ROWS).zip(0..ROWS) {
        for (column, place) in made.iter().zip((0..).step_by(CHANNELS)) {
            line[place..][..LANES].copy_from_slice(&column[at]);
        }
    }
}

/// A line of the result out of as many lines as there are weights, each `pitch` values after the one before; they are
/// followed by the values of a block.
#[inline(always)]
fn down(lines: &[u8], pitch: usize, weights: &[i32], line: &mut [u8]) {
    for (bytes, place) in line.chunks_mut(BLOCK).zip((0..).step_by(BLOCK)) {
        let mut block = [[HALF; REGISTER]; BLOCK / REGISTER];
        for (weight, from) in weights.iter().zip((place..).step_by(pitch)) {
            let (values, _) = lines[from..][..BLOCK].as_chunks::<REGISTER>();
            for (sums, values) in block.iter_mut().zip(values) {
                *sums = std::array::from_fn(|i| sums[i] + i32::from(values[i]) * weight);
            }
        }
        let mut made = [0; BLOCK];
        for (byte, sum) in made.iter_mut().zip(block.as_flattened()) {
            *byte = clip(*sum);
        }
        bytes.copy_from_slice(&made[..bytes.len()]);
    }
}
