//! The two sides of a slice.

/// A slice, or all that is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The slice.
    Inside,
    /// The rest of its dataset.
    Outside,
}
