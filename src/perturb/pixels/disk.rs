//! Convolution with a soft-edged disk: the blur of a lens out of focus.
//!
//! The sum over a disk is carried from row to row: only the pixels that enter at its lower rim and leave at its upper
//! one are added and subtracted, in whole numbers. The rim is softened by a small Gaussian afterwards.

use image::RgbImage;

use super::border::{Border, PaddedRows};
use super::truncate;
use crate::instructions::{Kernel, vectorized};

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values summed at a time: as many 16-bit sums as vector registers hold.
const BLOCK: usize = 64;

/// Radius up to which imagecorruptions draws the disk on a grid of 17 x 17 and smooths it by 3 x 3; beyond, the grid
/// is as large as the disk and the smoothing 5 x 5.
const SMALL_RADIUS: f64 = 8.0;

/// Convolves with a disk of `radius` pixels (1..=48), itself smoothed by a Gaussian of `sigma` pixels; borders mirrored
/// at the centre of the border pixel.
pub fn disk_blur(image: &RgbImage, radius: f64, sigma: f64) -> RgbImage {
    vectorized(DiskBlur { image, radius, sigma })
}

struct DiskBlur<'a> {
    image: &'a RgbImage,
    radius: f64,
    sigma: f64,
}

impl Kernel for DiskBlur<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn run(self) -> RgbImage {
        let Self { image, radius, sigma } = self;
        let reach = radius as usize;
        let half_widths: Vec<usize> = (0..=reach).map(|d| (radius * radius - (d * d) as f64).sqrt() as usize).collect();
        let soft = soft_rim(radius, sigma);
        let scale = kernel_sum(radius, &half_widths, &soft) / disk_pixels(&half_widths) as f64;
        let mut rows = disk_sums(image, &half_widths, scale as f32);
        let soft: Vec<f32> = soft.iter().map(|weight| *weight as f32).collect();
        smooth_rows(&mut rows, image.width() as usize, &soft);
        smooth_columns(image, &rows, &soft)
    }
}

/// One side of the rim's Gaussian, centre first.
fn soft_rim(radius: f64, sigma: f64) -> Vec<f64> {
    let reach = if radius <= SMALL_RADIUS { 1 } else { 2 };
    let weights: Vec<f64> = (0..=reach).map(|i| (-0.5 * (f64::from(i) / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| weight / sum).collect()
}

fn disk_pixels(half_widths: &[usize]) -> usize {
    half_widths.iter().enumerate().map(|(d, half)| (2 * half + 1) * if d == 0 { 1 } else { 2 }).sum()
}

/// What the reference's kernel sums to: the smoothing mirrors at the edge of the grid, so a disk that touches the edge
/// gains a little (1.3 % at radius 8).
fn kernel_sum(radius: f64, half_widths: &[usize], soft: &[f64]) -> f64 {
    let edge = (if radius <= SMALL_RADIUS { SMALL_RADIUS } else { radius.floor() }) as usize;
    let mut share = vec![0.0; 2 * edge + 1];
    for at in 0..share.len() {
        for (distance, weight) in soft.iter().enumerate() {
            let (at, distance) = (at.cast_signed(), distance.cast_signed());
            for from in if distance == 0 { vec![at] } else { vec![at - distance, at + distance] } {
                share[Border::Mirror.inside(from, 2 * edge + 1)] += weight;
            }
        }
    }
    let row = |d: usize| {
        let sum: f64 = share[edge - half_widths[d]..=edge + half_widths[d]].iter().sum();
        sum * if d == 0 { share[edge] } else { share[edge - d] + share[edge + d] }
    };
    (0..half_widths.len()).map(row).sum::<f64>() / disk_pixels(half_widths) as f64
}

/// The sum over the disk around each value, times `scale`.
#[inline(always)]
fn disk_sums(image: &RgbImage, half_widths: &[usize], scale: f32) -> Vec<f32> {
    let reach = half_widths.len() - 1;
    let stride = image.width() as usize * CHANNELS;
    let rows = PaddedRows::new(image, reach, BLOCK, Border::Mirror);
    let mut sums = vec![0_i32; stride.next_multiple_of(BLOCK)];
    first_sums(&rows, half_widths, &mut sums);
    let mut out = vec![0.0; image.as_raw().len()];
    for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
        if y > 0 {
            move_down(&rows, y, half_widths, &mut sums);
        }
        for (slot, sum) in out_row.iter_mut().zip(&sums) {
            *slot = *sum as f32 * scale;
        }
    }
    out
}

#[inline(always)]
fn first_sums(rows: &PaddedRows, half_widths: &[usize], sums: &mut [i32]) {
    let reach = half_widths.len() - 1;
    for y in -reach.cast_signed()..=reach.cast_signed() {
        let half = half_widths[y.unsigned_abs()];
        for dx in reach - half..=reach + half {
            for (sum, value) in sums.iter_mut().zip(&rows.row(y)[dx * CHANNELS..]) {
                *sum += i32::from(*value);
            }
        }
    }
}

/// From the sums around row `y - 1` to those around row `y`.
#[inline(always)]
fn move_down(rows: &PaddedRows, y: isize, half_widths: &[usize], sums: &mut [i32]) {
    let reach = half_widths.len() - 1;
    let rims: Vec<(&[u8], &[u8])> = (0..=2 * reach)
        .map(|dx| {
            let half = half_widths[dx.abs_diff(reach)].cast_signed();
            (&rows.row(y + half)[dx * CHANNELS..], &rows.row(y - 1 - half)[dx * CHANNELS..])
        })
        .collect();
    for (block, sums) in sums.chunks_exact_mut(BLOCK).enumerate() {
        let mut change = [0_i16; BLOCK];
        for (entering, leaving) in &rims {
            let (entering, leaving) = (&entering[block * BLOCK..][..BLOCK], &leaving[block * BLOCK..][..BLOCK]);
            for i in 0..BLOCK {
                change[i] += i16::from(entering[i]) - i16::from(leaving[i]);
            }
        }
        for (sum, change) in sums.iter_mut().zip(change) {
            *sum += i32::from(change);
        }
    }
}

#[inline(always)]
fn smooth_rows(values: &mut [f32], width: usize, half: &[f32]) {
    let margin = half.len() - 1;
    let stride = width * CHANNELS;
    let mut padded = vec![0.0_f32; stride + 2 * margin * CHANNELS];
    for row in values.chunks_exact_mut(stride) {
        padded[margin * CHANNELS..][..stride].copy_from_slice(row);
        for i in (0..margin).chain(width + margin..width + 2 * margin) {
            let from = Border::Mirror.inside(i.cast_signed() - margin.cast_signed(), width) * CHANNELS;
            padded[i * CHANNELS..][..CHANNELS].copy_from_slice(&row[from..from + CHANNELS]);
        }
        for (slot, value) in row.iter_mut().zip(&padded[margin * CHANNELS..]) {
            *slot = half[0] * value;
        }
        for (distance, weight) in half.iter().enumerate().skip(1) {
            let left = &padded[(margin - distance) * CHANNELS..][..stride];
            let right = &padded[(margin + distance) * CHANNELS..][..stride];
            for ((slot, a), b) in row.iter_mut().zip(left).zip(right) {
                *slot += weight * (a + b);
            }
        }
    }
}

#[inline(always)]
fn smooth_columns(image: &RgbImage, values: &[f32], half: &[f32]) -> RgbImage {
    let (stride, height) = (image.width() as usize * CHANNELS, image.height() as usize);
    let mut out = RgbImage::new(image.width(), image.height());
    let mut sums = vec![0.0_f32; stride];
    for (y, out_row) in (0_isize..).zip(out.chunks_exact_mut(stride)) {
        let row = |y: isize| &values[Border::Mirror.inside(y, height) * stride..][..stride];
        for (sum, value) in sums.iter_mut().zip(row(y)) {
            *sum = half[0] * value;
        }
        for (distance, weight) in (0_isize..).zip(half).skip(1) {
            for ((sum, a), b) in sums.iter_mut().zip(row(y - distance)).zip(row(y + distance)) {
                *sum += weight * (a + b);
            }
        }
        for (byte, sum) in out_row.iter_mut().zip(&sums) {
            *byte = truncate(*sum);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_flat_under_a_disk_within_its_grid() {
        let image = RgbImage::from_pixel(30, 7, image::Rgb([147, 1, 255]));
        assert_eq!(disk_blur(&image, 6.0, 0.5), image);
    }

    #[test]
    fn a_point_becomes_a_disk() {
        let mut image = RgbImage::new(21, 21);
        image.put_pixel(10, 10, image::Rgb([255; 3]));
        let out = disk_blur(&image, 3.0, 0.1);
        // A disk of radius 3 has 29 pixels.
        let lit = out.enumerate_pixels().filter(|(.., pixel)| pixel.0 == [(255 / 29) as u8; 3]);
        assert!(lit.clone().all(|(x, y, _)| (f64::from(x) - 10.0).hypot(f64::from(y) - 10.0) <= 3.0));
        assert_eq!(lit.count(), 29);
    }
}
