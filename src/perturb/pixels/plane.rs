//! Planes of single values: the layers that weather and lenses lay over a picture.

use crate::perturb::Rng;

/// Values by rows, top left first.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Values per row, at least 1.
    pub width: usize,
    /// Rows, at least 1.
    pub height: usize,
    /// `width` times `height` of them.
    pub values: Vec<f32>,
}

impl Plane {
    /// All `value`.
    pub fn filled(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, values: vec![value; width * height] }
    }

    /// Independent normal numbers.
    pub fn normal(width: usize, height: usize, mean: f64, sigma: f64, rng: &mut Rng) -> Self {
        let mut plane = Self::filled(width, height, 0.0);
        rng.fill_normal(&mut plane.values);
        let (mean, sigma) = (mean as f32, sigma as f32);
        plane.values.iter_mut().for_each(|value| *value = mean + sigma * *value);
        plane
    }

    /// Row `y`.
    pub fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// Convolved along rows and columns with the symmetric kernel whose one side is `half` (centre first), border
    /// values repeated. In place, since fresh memory costs more than the arithmetic.
    #[must_use]
    pub fn blurred(mut self, half: &[f32]) -> Self {
        self.blur_rows(half);
        self.blur_columns(half);
        self
    }

    fn blur_rows(&mut self, half: &[f32]) {
        let (width, margin) = (self.width, half.len() - 1);
        let mut padded = vec![0.0; width + 2 * margin];
        for row in self.values.chunks_exact_mut(width) {
            pad(row, margin, &mut padded);
            row.fill(0.0);
            for (distance, weight) in half.iter().enumerate() {
                let (left, right) = (&padded[margin - distance..][..width], &padded[margin + distance..][..width]);
                add_pair(row, if distance == 0 { 0.5 * weight } else { *weight }, left, right);
            }
        }
    }

    fn blur_columns(&mut self, half: &[f32]) {
        let width = self.width;
        // The rows above are blurred already: their last originals, row y in slot y mod the number of slots.
        let mut originals = vec![0.0; width * half.len()];
        let mut sums = vec![0.0; width];
        for y in 0..self.height {
            let slot = |y: usize| y % half.len() * width;
            originals[slot(y)..][..width].copy_from_slice(self.row(y));
            sums.fill(0.0);
            for (distance, weight) in half.iter().enumerate() {
                let above = &originals[slot(y.saturating_sub(distance))..][..width];
                let below = self.row((y + distance).min(self.height - 1));
                add_pair(&mut sums, if distance == 0 { 0.5 * weight } else { *weight }, above, below);
            }
            self.values[y * width..][..width].copy_from_slice(&sums);
        }
    }

    /// Bilinearly enlarged to `width` x `height`, corner values on corner values.
    #[must_use]
    pub fn enlarged(&self, width: usize, height: usize) -> Self {
        let columns: Vec<(usize, f32)> = (0..width).map(|x| position(x, self.width, width)).collect();
        let mut wide = Self::filled(width, self.height, 0.0);
        for (row, out) in self.values.chunks_exact(self.width).zip(wide.values.chunks_exact_mut(width)) {
            for (slot, (left, share)) in out.iter_mut().zip(&columns) {
                let (from, to) = (row[*left], row[(*left + 1).min(self.width - 1)]);
                *slot = from + (to - from) * share;
            }
        }
        let mut out = Self::filled(width, height, 0.0);
        for (y, row) in out.values.chunks_exact_mut(width).enumerate() {
            let (top, share) = position(y, self.height, height);
            let (above, below) = (wide.row(top), wide.row((top + 1).min(self.height - 1)));
            for ((slot, from), to) in row.iter_mut().zip(above).zip(below) {
                *slot = from + (to - from) * share;
            }
        }
        out
    }

    /// The sum of copies moved by whole pixels (x, y) and weighted, border values repeated.
    #[must_use]
    pub fn smeared(&self, copies: &[(f32, (isize, isize))]) -> Self {
        let (width, margin) = (self.width, copies.iter().map(|(_, (dx, _))| dx.unsigned_abs()).max().unwrap_or(0));
        let stride = width + 2 * margin;
        let mut padded = vec![0.0; stride * self.height];
        for (row, wide) in self.values.chunks_exact(width).zip(padded.chunks_exact_mut(stride)) {
            pad(row, margin, wide);
        }
        let mut out = Self::filled(width, self.height, 0.0);
        for (y, sums) in out.values.chunks_exact_mut(width).enumerate() {
            for (weight, (dx, dy)) in copies {
                let start = y.saturating_add_signed(-dy).min(self.height - 1) * stride;
                let source = &padded[(start + margin).saturating_add_signed(-dx)..][..width];
                for (sum, value) in sums.iter_mut().zip(source) {
                    *sum += weight * value;
                }
            }
        }
        out
    }
}

/// The source column left of `at` of `after`, and how far between it and the next.
fn position(at: usize, before: usize, after: usize) -> (usize, f32) {
    let exact = at as f64 * (before - 1) as f64 / (after.max(2) - 1) as f64;
    (exact as usize, exact.fract() as f32)
}

fn pad(row: &[f32], margin: usize, padded: &mut [f32]) {
    padded[..margin].fill(row[0]);
    padded[margin..margin + row.len()].copy_from_slice(row);
    padded[margin + row.len()..].fill(row[row.len() - 1]);
}

fn add_pair(sums: &mut [f32], weight: f32, one: &[f32], other: &[f32]) {
    for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
        *sum += weight * (a + b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot() -> Plane {
        let mut plane = Plane::filled(9, 7, 0.0);
        plane.values[3 * 9 + 4] = 1.0;
        plane
    }

    #[test]
    fn a_blur_spreads_a_spot_by_the_products_of_the_kernel() {
        let blurred = spot().blurred(&[0.5, 0.25]);
        assert_eq!([blurred.row(3)[4], blurred.row(3)[5], blurred.row(2)[3]], [0.25, 0.125, 0.0625]);
    }

    #[test]
    fn a_smear_moves_content_by_the_offsets() {
        let smeared = spot().smeared(&[(1.0, (0, 0)), (0.5, (-2, 1))]);
        assert_eq!([smeared.row(3)[4], smeared.row(4)[2]], [1.0, 0.5]);
        assert_eq!(smeared.values.iter().sum::<f32>(), 1.5);
    }

    #[test]
    fn enlarging_keeps_corners_and_lies_between_them() {
        let plane = Plane { width: 2, height: 2, values: vec![0.0, 2.0, 4.0, 6.0] };
        assert_eq!(plane.enlarged(3, 3).values, [0.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0]);
    }
}
