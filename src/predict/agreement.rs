//! How far two engines are apart on a model.

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
    /// Boxes that one of them found alone.
    pub unpaired: usize,
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
    #[must_use]
    pub fn holds(&self) -> bool {
        self.unpaired == 0 && self.outputs.iter().all(|(_, apart)| apart.by <= Self::ROUNDING * apart.of.max(1.0))
    }
}
