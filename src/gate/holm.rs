//! Holm's correction: many checks at once find something by chance; this bounds the chance of finding anything wrongly
//! (S. Holm 1979, "A simple sequentially rejective multiple test procedure").

use super::weigh::is_within;
use super::{Claim, Outcome, Verdict};
use crate::spec::Rule;

/// At which level a claim is judged: alone, or as one of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// By its rule alone.
    Alone,
    /// As one of so many that are corrected together.
    OneOf(usize),
}

impl Level {
    /// How many are corrected together, where any are.
    pub fn cases(self) -> Option<usize> {
        match self {
            Self::Alone => None,
            Self::OneOf(cases) => Some(cases),
        }
    }

    /// The one-sided level at which a claim is found though none of the others is: the strictest that Holm asks for.
    pub fn tail(self, claim: &Claim) -> f64 {
        level(claim.confidence) / self.cases().unwrap_or(1) as f64
    }

    /// The same, where anything is corrected.
    pub fn corrected(self, claim: &Claim) -> Option<f64> {
        self.cases().map(|_| self.tail(claim))
    }

    /// How many resamples it takes to reach it: a p-value of `n` of them is at least 1 in `n + 1`.
    pub fn resamples(self, claim: &Claim) -> usize {
        self.corrected(claim).map_or(0, resamples)
    }
}

/// How many resamples it takes for a p-value of at most `level`.
fn resamples(level: f64) -> usize {
    (1.0 / level - 1.0 - 1e-6).ceil() as usize
}

/// How many resamples it takes for any of `cases` to be found by itself, at the level of intervals of `confidence`.
pub fn resamples_for(cases: usize, confidence: f64) -> usize {
    resamples(level(confidence) / cases.max(1) as f64)
}

/// The one-sided level at which a rule speaks: an interval of `confidence` leaves half of the rest on each side.
pub fn level(confidence: f64) -> f64 {
    (1.0 - confidence) / 2.0
}

/// Corrects the verdicts of a family of claims of one rule; those without a p-value (errors, skips) stay as they are.
pub fn correct(family: &mut [(&Claim, &mut Verdict)]) {
    let p_values: Vec<Option<f64>> = family.iter().map(|(_, verdict)| verdict.p_value).collect();
    for ((claim, verdict), p_value) in family.iter_mut().zip(holm(&p_values)) {
        let Some(p_value) = p_value else { continue };
        verdict.p_value = Some(p_value);
        let is_shown = is_within(p_value, level(claim.confidence));
        // What the interval alone has not shown, a correction never shows.
        let corrected = match (claim.rule, is_shown) {
            (Rule::Significant, false) => Outcome::Pass,
            (Rule::NonInferior, false) => Outcome::Fail,
            (_, true) | (Rule::Point, _) => verdict.outcome,
        };
        // Shown by itself, and withheld as one of many: that is no clean pass.
        verdict.withheld = corrected != verdict.outcome;
        verdict.inconclusive |= verdict.withheld;
        verdict.outcome = corrected;
    }
}

/// Adjusted p-values, in the order given.
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..p_values.len()).filter(|&at| p_values[at].is_some()).collect();
    order.sort_by(|&a, &b| p_values[a].partial_cmp(&p_values[b]).unwrap_or(std::cmp::Ordering::Equal));
    let mut adjusted = vec![None; p_values.len()];
    let mut least: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        let remaining = (order.len() - rank) as f64;
        least = least.max((remaining * p_values[at].unwrap_or(1.0)).min(1.0));
        adjusted[at] = Some(least);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_adjusted_as_r_s_p_adjust_does() {
        // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02.
        let adjusted = holm(&[Some(0.01), Some(0.04), None, Some(0.03), Some(0.005)]);
        let expected = [Some(0.03), Some(0.06), None, Some(0.06), Some(0.02)];
        for (found, wanted) in adjusted.iter().zip(expected) {
            assert_eq!(found.is_some(), wanted.is_some());
            assert!((found.unwrap_or(0.0) - wanted.unwrap_or(0.0)).abs() < 1e-12);
        }
    }
}
