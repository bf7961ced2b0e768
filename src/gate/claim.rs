//! What is claimed of figures.

use crate::metric::Better;
use crate::spec::{Bound, Rule};

/// A claim about figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// What is asked of the quantity.
    pub bound: Bound,
    /// The number it is held against.
    pub threshold: f64,
    /// How several readings become one figure.
    pub combine: Combine,
    /// Which way the figure is better.
    pub better: Better,
    /// How sure one has to be.
    pub rule: Rule,
    /// Of intervals, between 0 and 1.
    pub confidence: f64,
}

/// How the readings of several conditions become one figure; one reading is its own mean and its own worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// The mean over perturbations of each one's mean over its levels: mPC (Michaelis et al. 2019).
    Mean,
    /// The least favourable.
    Worst,
    /// [`Self::Mean`] as a share of the clean figure: rPC.
    ShareOfClean,
    /// 100 times the mean over groups of each one's mean over its conditions: risk.
    Groups,
}

impl Claim {
    /// By how much a quantity breaks the bound: positive where it does.
    #[must_use]
    pub fn excess(&self, quantity: f64) -> f64 {
        match self.bound {
            Bound::Min | Bound::MinGain => self.threshold - quantity,
            Bound::Max | Bound::MaxDrop | Bound::MaxRelativeDrop | Bound::MaxRegression => quantity - self.threshold,
        }
    }
}
