//! How far two engines are apart on a model.

use super::PredictError;

/// What two engines say of the same frames.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Their names: the one that the spec asks for, and the other.
    pub engines: [String; 2],
    /// How many frames both were given.
    pub frames: usize,
    /// The graph's outputs, by name.
    pub outputs: Vec<(String, Apart)>,
    /// Sides of boxes that both found, pixels.
    pub answers: Apart,
    /// Scores of those boxes.
    pub scores: Apart,
    /// Boxes that one of them found alone.
    pub unpaired: usize,
}

/// Why two engines cannot be compared.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AgreementError {
    /// The other one does not open the model.
    #[error("{0}")]
    Other(String),
    /// The model's file is another one by now.
    #[error("it was changed since it was opened")]
    Changed,
    /// One of them does not answer a frame.
    #[error(transparent)]
    Unanswered(#[from] PredictError),
}

/// The largest difference between numbers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Apart {
    /// It; infinite where they cannot be compared.
    pub by: f64,
    /// The largest of the numbers, without sign.
    pub of: f64,
}

impl Apart {
    /// The larger of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { by: self.by.max(other.by), of: self.of.max(other.of) }
    }
}

impl Agreement {
    /// As a share of the largest number: what rounding makes of a network's sums stays well below it.
    const ROUNDING: f64 = 1e-3;

    /// Whether they differ by no more than by rounding.
    pub fn holds(&self) -> bool {
        // In an output that holds places and scores, the largest number is a place, and hides a score that is wrong.
        let is_rounding = |apart: &Apart| apart.by <= Self::ROUNDING * apart.of.max(1.0);
        let outputs = self.outputs.iter().map(|(_, apart)| apart);
        self.unpaired == 0 && outputs.chain([&self.answers, &self.scores]).all(is_rounding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_not_hidden_by_the_places_beside_it() {
        let apart = |by, of| Apart { by, of };
        let agreement = |score| Agreement {
            engines: ["a".to_owned(), "b".to_owned()],
            frames: 1,
            outputs: vec![("output0".to_owned(), apart(0.2, 253.0))],
            answers: apart(0.1, 253.0),
            scores: apart(score, 0.9),
            unpaired: 0,
        };
        assert!(agreement(1e-4).holds());
        assert!(!agreement(0.2).holds());
    }
}
