//! What images are ranked by.

/// What became of one image: by what images are ranked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageScore {
    /// How right the answer is, 0..=1: of objects the F1 of the claims at IoU 0.5.
    pub quality: f64,
    /// What the answer lacks: objects that no claim found.
    pub lost: usize,
}
