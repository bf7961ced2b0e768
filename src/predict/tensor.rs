//! What a network gives: an array of numbers.

use super::Apart;

/// What comes out of a graph: a dense array, row-major. Whole numbers are given as floats, exact up to 2^24.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// `shape`'s product of values.
    pub data: Vec<f32>,
    /// Whether the graph gives whole numbers.
    pub is_integer: bool,
}

impl Tensor {
    /// How far two outputs are apart; infinitely where their shapes differ.
    pub fn apart(&self, other: &Self) -> Apart {
        if self.shape != other.shape {
            return Apart { by: f64::INFINITY, of: 0.0 };
        }
        let differ = |(a, b): (&f32, &f32)| {
            let is_same = (a.is_nan() && b.is_nan()) || a == b;
            if is_same { 0.0 } else { f64::from(a - b).abs() }
        };
        let by = self.data.iter().zip(&other.data).map(differ).map(|by| if by.is_nan() { f64::INFINITY } else { by });
        let of = self.data.iter().map(|value| f64::from(value.abs())).filter(|value| value.is_finite());
        Apart { by: by.fold(0.0, f64::max), of: of.fold(0.0, f64::max) }
    }
}
