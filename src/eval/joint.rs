//! What is known of the largest of several quantities that were resampled together.
//!
//! The largest of several measured losses is a maximum over noise: it lies above the largest true loss in the mean, and so
//! do its resamples, so that their percentiles would find a loss where there is none. Here each quantity is given an end
//! below it that holds for all of them at once: so many of its own standard deviations below it that only in a share of the
//! resamples any quantity lies further below its mean (single-step maxT: P. H. Westfall and S. S. Young, *Resampling-Based
//! Multiple Testing*, 1993, section 2.5). Quantities that go together, as those of the same images do, are given narrower
//! ends than Bonferroni's; a single one is given its percentile.

use super::interval::quantile;

/// Quantities that were resampled together.
#[derive(Debug)]
pub struct Joint {
    /// One for each quantity.
    means: Vec<f64>,
    /// One for each quantity, 0 where it does not vary.
    deviations: Vec<f64>,
    /// How many deviations the quantity that lies furthest below its mean lies below it, of each resample, rising; empty
    /// where none varies.
    furthest: Vec<f64>,
    resamples: usize,
}

impl Joint {
    /// Takes the values of each quantity on the same resamples, which are finite. What varies by no more than `rounding` does
    /// not vary.
    pub fn new(quantities: &[Vec<f64>], rounding: f64) -> Self {
        let resamples = quantities.iter().map(Vec::len).min().unwrap_or(0);
        let (means, deviations): (Vec<f64>, Vec<f64>) = quantities.iter().map(|values| moments(values)).unzip();
        let deviations: Vec<f64> = deviations.into_iter().map(|one| if one > rounding { one } else { 0.0 }).collect();
        let varies: Vec<usize> = (0..quantities.len()).filter(|&at| deviations[at] > 0.0).collect();
        let below = |resample: usize| {
            let deviations = varies.iter().map(|&at| (means[at] - quantities[at][resample]) / deviations[at]);
            deviations.reduce(f64::max)
        };
        let mut furthest: Vec<f64> = (0..resamples).filter_map(below).collect();
        furthest.sort_by(f64::total_cmp);
        Self { means, deviations, furthest, resamples }
    }

    /// The mean of each quantity.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// An end that the largest true quantity lies below in a share `tail` of all samples: the highest of the ends below the
    /// quantities, which lie around `centers`. `None` of no quantities.
    pub fn low(&self, centers: &[f64], tail: f64) -> Option<f64> {
        let reach = quantile(&self.furthest, 1.0 - tail).unwrap_or(0.0);
        centers.iter().zip(&self.deviations).map(|(center, deviation)| center - reach * deviation).reduce(f64::max)
    }

    /// How compatible the quantities, which lie around `centers`, are with all true ones being at most `limit`: 0..=1, and
    /// never 0, as [`super::p_value`].
    pub fn p_value(&self, centers: &[f64], limit: f64) -> f64 {
        let beyond = |(center, deviation): (&f64, &f64)| match (center - limit, *deviation) {
            (excess, deviation) if deviation > 0.0 => excess / deviation,
            (excess, _) if excess > 0.0 => f64::INFINITY,
            _ => f64::NEG_INFINITY,
        };
        let most = centers.iter().zip(&self.deviations).map(beyond).fold(f64::NEG_INFINITY, f64::max);
        let further = if self.furthest.is_empty() {
            if most > 0.0 { 0 } else { self.resamples }
        } else {
            self.furthest.len() - self.furthest.partition_point(|&below| below < most)
        };
        (1 + further) as f64 / (1 + self.resamples) as f64
    }
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::{Interval, p_value};
    use super::*;

    /// A rising list with a long end.
    fn values() -> Vec<f64> {
        (0..1_000).map(|at| (f64::from(at) / 400.0).exp()).collect()
    }

    #[test]
    fn a_single_quantity_has_its_percentile_and_its_p_value() {
        let values = values();
        let joint = Joint::new(std::slice::from_ref(&values), 1e-9);
        let plain = Interval::percentile(&values, 0.95).unwrap();
        assert!((joint.low(joint.means(), 0.025).unwrap() - plain.low).abs() < 1e-9);
        for limit in [0.5, values[3], values[10] + 1e-3, values[700]] {
            assert_eq!(joint.p_value(joint.means(), limit), p_value(&values, limit), "{limit}");
        }
    }

    #[test]
    fn quantities_that_go_together_are_as_one() {
        let values = values();
        let far: Vec<f64> = values.iter().map(|value| 5.0 * value - 40.0).collect();
        let joint = Joint::new(&[values.clone(), far, vec![-3.0; values.len()]], 1e-9);
        let plain = Interval::percentile(&values, 0.95).unwrap();
        assert!((joint.low(joint.means(), 0.025).unwrap() - plain.low).abs() < 1e-9);
    }

    #[test]
    fn what_never_varies_is_known() {
        let joint = Joint::new(&[vec![0.2; 50], vec![0.1; 50]], 1e-9);
        assert_eq!(joint.low(joint.means(), 0.025), Some(joint.means()[0]));
        assert_eq!((joint.p_value(joint.means(), 0.1), joint.p_value(joint.means(), 0.3)), (1.0 / 51.0, 1.0));
        assert_eq!(Joint::new(&[], 1e-9).low(&[], 0.025), None);
    }
}
