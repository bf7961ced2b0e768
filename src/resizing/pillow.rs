//! Pillow's resampling of bytes: `ImagingResample` of its `libImaging/Resample.c`, to the byte.
//!
//! Rows first, then columns, and bytes between them. Pillow 13 begins with the columns where the height shrinks much more
//! than the width, which moves single levels there; networks were trained with the versions before. Weights are floats of 64 bits made whole numbers of 22 bits, so the
//! order of sums does not matter. `fast_image_resize` has weights of 16 bits and is off by a level here and there.

use image::RgbImage;

use super::window::Window;
use crate::detection::Size;

/// Interleaved channels.
const CHANNELS: usize = 3;

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
        let mut taps =
            Self { starts: Vec::with_capacity(window.len()), most, weights: Vec::with_capacity(window.len() * most) };
        for (position, before) in window.zip(0..) {
            let centre = (f64::from(position) + 0.5) * scale;
            // Casts to whole numbers cut, as C's do, and stop at 0.
            let (first, end) = ((centre - support + 0.5) as u32, ((centre + support + 0.5) as u32).min(source));
            let weights = (first..end).map(|at| (filter.weight)((f64::from(at) - centre + 0.5) * narrowed));
            let weights: Vec<f64> = weights.collect();
            let sum: f64 = weights.iter().sum();
            let start = (first as usize).min(source as usize - most);
            taps.weights.resize(before * most + first as usize - start, 0);
            taps.weights
                .extend(weights.into_iter().map(|weight| whole(if sum == 0.0 { weight } else { weight / sum })));
            taps.weights.resize((before + 1) * most, 0);
            taps.starts.push(start);
        }
        taps
    }

    /// Where each source begins, with the weights.
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
#[inline]
fn clip(sum: i32) -> u8 {
    (sum >> WEIGHT_BITS).clamp(0, 255) as u8
}

/// One half in fixed point.
const HALF: i32 = 1 << (WEIGHT_BITS - 1);

/// The pixels in the `window` of a picture resized to `size`. An axis that keeps its size is left as it is.
pub fn resampled(picture: &RgbImage, size: Size, window: Window, filter: &Resampling) -> Vec<u8> {
    let columns = Taps::new(picture.width(), size.width, window.columns(), filter);
    let is_as_high = picture.height() == size.height;
    let rows = Taps::new(picture.height(), size.height, window.rows(), filter);
    let reach = if is_as_high { window.top as usize..(window.top + window.size.height) as usize } else { rows.reach() };
    let stride = picture.width() as usize * CHANNELS;
    let source = &picture.as_raw()[reach.start * stride..reach.end * stride];
    let width = window.size.width as usize * CHANNELS;
    let mut across = Vec::with_capacity(reach.len() * width);
    for row in source.chunks_exact(stride) {
        if picture.width() == size.width {
            across.extend_from_slice(&row[window.left as usize * CHANNELS..][..width]);
        } else {
            along_row(row, &columns, &mut across);
        }
    }
    if is_as_high {
        return across;
    }
    let mut out = Vec::with_capacity(window.size.height as usize * width);
    let mut sums = vec![0_i32; width];
    for (start, weights) in rows.iter() {
        sums.fill(HALF);
        let lines = across[(start - reach.start) * width..].chunks_exact(width);
        for (line, weight) in lines.zip(weights).filter(|(_, weight)| **weight != 0) {
            for (sum, byte) in sums.iter_mut().zip(line) {
                *sum += i32::from(*byte) * weight;
            }
        }
        out.extend(sums.iter().map(|sum| clip(*sum)));
    }
    out
}

fn along_row(row: &[u8], taps: &Taps, out: &mut Vec<u8>) {
    for (start, weights) in taps.iter() {
        let mut sums = [HALF; CHANNELS];
        for (pixel, weight) in row[start * CHANNELS..].chunks_exact(CHANNELS).zip(weights) {
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                *sum += i32::from(*byte) * weight;
            }
        }
        out.extend(sums.map(clip));
    }
}
