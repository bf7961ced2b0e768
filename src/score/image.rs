//! What images are ranked by.

/// What became of one image: by what images are ranked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ImageScore {
    /// Of the objects in it, at IoU 0.5.
    Objects {
        /// F1 of the claims, 0..=1.
        f1: f64,
        /// Objects that no claim found.
        missed: usize,
    },
    /// Of the class of it.
    Class {
        /// The probability that its label was given, 0..=1; `None` where it has no label, or where the answer does not say.
        label_score: Option<f64>,
        /// Whether its label is the answer; `None` where it has no label.
        is_right: Option<bool>,
    },
}

impl ImageScore {
    /// How right the answer is, 0..=1. A label that the answer does not name counts as given nothing.
    pub fn quality(&self) -> f64 {
        match *self {
            Self::Objects { f1, .. } => f1,
            Self::Class { label_score, .. } => label_score.unwrap_or_default(),
        }
    }

    /// How many labels the answer lacks.
    pub fn lost(&self) -> usize {
        match *self {
            Self::Objects { missed, .. } => missed,
            Self::Class { is_right, .. } => usize::from(is_right == Some(false)),
        }
    }
}
