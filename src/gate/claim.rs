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
    /// 100 times the mean over ImageNet-C's corruptions of each one's mean error as a share of AlexNet's: mCE.
    CorruptionError,
    /// The same of what the errors are above those on clean images: relative mCE.
    RelativeCorruptionError,
}

/// What the arithmetic of a measured quantity may be off by, as a share of the threshold where that is above 1.
///
/// Bounds are decimals and figures are shares: 16/20 - 15/20 is 0.050000000000000044 in binary, and a loss that is equal to
/// its bound holds. Sums over images, categories and conditions round by less than 1e-12; shares of a million objects and
/// thresholds of three decimals that differ at all do so by 1e-9 or more. Between the two lies this.
const ROUNDING: f64 = 1e-9;

/// The same of quantities on resamples: a baseline holds its figures on them as 32-bit floats, which are off by up to 6e-8
/// of themselves; four of them make a comparison with clean figures on both sides.
const DRAWN_ROUNDING: f64 = 2.5e-7;

impl Claim {
    /// By how much a quantity breaks the bound: positive where it does; see [`Self::is_broken`].
    pub fn excess(&self, quantity: f64) -> f64 {
        match self.bound {
            Bound::Min | Bound::MinGain => self.threshold - quantity,
            Bound::Max
            | Bound::MaxDrop
            | Bound::MaxRelativeDrop
            | Bound::MaxRegression
            | Bound::MaxRelativeRegression => quantity - self.threshold,
        }
    }

    /// The quantity that breaks the bound by `excess`.
    pub(super) fn quantity(&self, excess: f64) -> f64 {
        match self.bound {
            Bound::Min | Bound::MinGain => self.threshold - excess,
            Bound::Max
            | Bound::MaxDrop
            | Bound::MaxRelativeDrop
            | Bound::MaxRegression
            | Bound::MaxRelativeRegression => self.threshold + excess,
        }
    }

    /// Whether a measured quantity breaks the bound: by more than arithmetic may be off by.
    pub fn is_broken(&self, quantity: f64) -> bool {
        self.excess(quantity) > ROUNDING * self.threshold.abs().max(1.0)
    }

    /// Up to which excess a quantity on a resample holds, where the figures behind it are as large as `figure`.
    pub(super) fn drawn_rounding(&self, figure: f64) -> f64 {
        DRAWN_ROUNDING * self.threshold.abs().max(figure.abs()).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Choice as _;

    fn claim(bound: Bound, threshold: f64) -> Claim {
        let (combine, better, rule) = (Combine::Mean, Better::Higher, Rule::Point);
        Claim { bound, threshold, combine, better, rule, confidence: 0.95 }
    }

    #[test]
    fn a_quantity_equal_to_its_bound_holds_whatever_its_arithmetic() {
        // Every share of up to 60 objects, as a figure, a loss and a relative loss, against the decimal that it is.
        for whole in 1..=60_u32 {
            for part in 0..=whole {
                let (before, after) = (f64::from(whole) / f64::from(whole), f64::from(part) / f64::from(whole));
                let decimals = |number: f64| format!("{number:.12}").parse::<f64>().unwrap();
                for quantity in
                    [after, before - after, (after - before) / 3.0, 100.0 * after, (before - after) / before]
                {
                    for (_, bound) in Bound::ALL {
                        assert!(!claim(*bound, decimals(quantity)).is_broken(quantity), "{bound} {part}/{whole}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_million_objects_can_differ_by_is_told_apart() {
        assert!(claim(Bound::Min, 1.0).is_broken(999_999.0 / 1e6));
        assert!(claim(Bound::Max, 0.0).is_broken(1e-6));
        assert!(claim(Bound::MaxDrop, 0.05).is_broken(0.800_001 - 0.75));
    }
}
