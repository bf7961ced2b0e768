//! Random displacement fields that vary smoothly: white noise under a Gaussian.

use super::field::Field;
use crate::detection::Size;
use crate::perturb::Rng;

/// Standard deviations at which the Gaussian ends, as in the reference's elastic transform.
const TRUNCATE: f64 = 3.0;

/// Nodes per standard deviation of the Gaussian: with 2, linear interpolation between nodes loses 1 % of the spread.
const NODES_PER_SIGMA: f64 = 2.0;

/// Uniform numbers of -0.5..0.5 times this have standard deviation 1: the square root of 12.
const UNIT_SPREAD: f32 = 3.464_101_6;

/// A field over a picture of `size` whose displacements have standard deviation `spread` pixels along each axis, and
/// which is smooth on the scale of `sigma` pixels, across and down.
pub fn smooth_field(size: Size, sigma: [f64; 2], spread: f64, rng: &mut Rng) -> Field {
    let step = (sigma[0].min(sigma[1]) / NODES_PER_SIGMA).floor().max(1.0);
    let nodes = |pixels: u32| (f64::from(pixels.max(1) - 1) / step).ceil() as usize + 1;
    let (columns, rows) = (nodes(size.width), nodes(size.height));
    let [across, down] = sigma.map(|sigma| half_kernel(sigma / step));
    let scale = spread as f32 * UNIT_SPREAD / (norm(&across) * norm(&down)) as f32;
    let mut planes = [vec![0.0; columns * rows], vec![0.0; columns * rows]];
    let [dx, dy] = &mut planes;
    for (dx, dy) in dx.iter_mut().zip(dy) {
        let bits = rng.next_u64();
        *dx = signed_uniform(bits >> 40) * scale;
        *dy = signed_uniform((bits >> 8) & 0xff_ffff) * scale;
    }
    let [dx, dy] = planes.map(|plane| smooth_columns(&smooth_rows(&plane, columns, &across), columns, &down));
    let pairs = dx.into_iter().zip(dy).map(|(dx, dy)| [dx, dy]).collect();
    Field::new(columns, [step as f32; 2], pairs)
}

/// The standard deviation that white noise of standard deviation 1 keeps under a Gaussian of `sigma` pixels.
pub fn kept_spread(sigma: [f64; 2]) -> f64 {
    sigma.map(|sigma| norm(&half_kernel(sigma))).iter().product()
}

/// A number of -0.5..0.5 of 24 bits.
fn signed_uniform(bits: u64) -> f32 {
    bits as f32 / 16_777_216.0 - 0.5
}

/// One side of a normalised Gaussian, centre first.
fn half_kernel(sigma: f64) -> Vec<f32> {
    let radius = (TRUNCATE * sigma + 0.5) as usize;
    let weights: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

fn norm(half: &[f32]) -> f64 {
    let square = |weight: &f32| f64::from(*weight).powi(2);
    (square(&half[0]) + 2.0 * half[1..].iter().map(square).sum::<f64>()).sqrt()
}

fn smooth_rows(plane: &[f32], columns: usize, half: &[f32]) -> Vec<f32> {
    let margin = half.len() - 1;
    let sources: Vec<usize> = (0..columns + 2 * margin).map(|i| mirrored(i, margin, columns)).collect();
    let mut padded = vec![0.0; columns + 2 * margin];
    let mut out = vec![0.0; plane.len()];
    for (row, sums) in plane.chunks_exact(columns).zip(out.chunks_exact_mut(columns)) {
        for (slot, source) in padded.iter_mut().zip(&sources) {
            *slot = row[*source];
        }
        add_scaled(sums, half[0], row);
        for (distance, weight) in half.iter().enumerate().skip(1) {
            add_scaled_pair(sums, *weight, &padded[margin - distance..], &padded[margin + distance..]);
        }
    }
    out
}

fn smooth_columns(plane: &[f32], columns: usize, half: &[f32]) -> Vec<f32> {
    let (rows, margin) = (plane.len() / columns, half.len() - 1);
    let row = |padded: usize| &plane[mirrored(padded, margin, rows) * columns..][..columns];
    let mut out = vec![0.0; plane.len()];
    for (y, sums) in out.chunks_exact_mut(columns).enumerate() {
        add_scaled(sums, half[0], row(y + margin));
        for (distance, weight) in half.iter().enumerate().skip(1) {
            add_scaled_pair(sums, *weight, row(y + margin - distance), row(y + margin + distance));
        }
    }
    out
}

/// Where index `padded` of a line with `margin` more on each side comes from; the edge is repeated.
fn mirrored(padded: usize, margin: usize, length: usize) -> usize {
    let period = 2 * length;
    let wrapped = (padded + period - margin % period) % period;
    wrapped.min(period - 1 - wrapped)
}

fn add_scaled(sums: &mut [f32], weight: f32, values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

fn add_scaled_pair(sums: &mut [f32], weight: f32, one: &[f32], other: &[f32]) {
    for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
        *sum += weight * (a + b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::FrameSeed;

    #[test]
    fn a_line_is_mirrored_at_both_ends_and_again_beyond() {
        let around = |length| (0..9).map(|padded| mirrored(padded, 4, length)).collect::<Vec<_>>();
        assert_eq!(around(3), [2, 2, 1, 0, 0, 1, 2, 2, 1]);
        assert_eq!(around(1), [0; 9]);
    }

    #[test]
    fn displacements_have_the_spread_asked_for_with_and_without_a_coarser_lattice() {
        for sigma in [1.5, 6.0] {
            let mut rng = FrameSeed { seed: 0, image: "a", kind: "b", values: &[], step: 0 }.rng();
            let field = smooth_field(Size { width: 640, height: 480 }, [sigma; 2], 2.0, &mut rng);
            let square = field.nodes().iter().flatten().map(|d| f64::from(*d).powi(2)).sum::<f64>();
            let spread = (square / (2 * field.nodes().len()) as f64).sqrt();
            // Thousands of independent patches of about (3.5 sigma)^2 pixels: a standard error of 2 % at sigma 6.
            assert!((spread - 2.0).abs() < 0.12, "sigma {sigma}: {spread}");
        }
    }
}
