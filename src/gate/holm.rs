//! Holm's correction: many checks at once find something by chance; this bounds the chance of finding anything wrongly
//! (S. Holm 1979, "A simple sequentially rejective multiple test procedure").

use super::{Claim, Outcome, Verdict};
use crate::spec::Rule;

/// The one-sided level at which a rule speaks: an interval of `confidence` leaves half of the rest on each side.
#[must_use]
pub fn level(confidence: f64) -> f64 {
    (1.0 - confidence) / 2.0
}

/// Corrects the verdicts of a family of claims of one rule; those without a p-value (errors, skips) stay as they are.
pub fn correct(family: &mut [(&Claim, &mut Verdict)]) {
    let p_values: Vec<Option<f64>> = family.iter().map(|(_, verdict)| verdict.p_value).collect();
    for ((claim, verdict), p_value) in family.iter_mut().zip(holm(&p_values)) {
        let Some(p_value) = p_value else { continue };
        verdict.p_value = Some(p_value);
        let is_shown = p_value <= level(claim.confidence);
        // What the interval alone has not shown, a correction never shows.
        verdict.outcome = match (claim.rule, is_shown) {
            (Rule::Significant, false) => Outcome::Pass,
            (Rule::NonInferior, false) => Outcome::Fail,
            (_, true) | (Rule::Point, _) => verdict.outcome,
        };
    }
}

/// Adjusted p-values, in the order given.
#[must_use]
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
