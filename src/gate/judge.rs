//! The judge. A comparison that cannot be made is an error, never a pass.

use super::{Outcome, Verdict};
use crate::failure::{FailureKind, Measured};
use crate::spec::{Aggregate, Bound};

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// What is asked of the figure.
    pub bound: Bound,
    /// The number it is held against.
    pub threshold: f64,
    /// How several readings become one figure; with one reading it does not matter.
    pub aggregate: Aggregate,
}

/// A figure where more is better; `Value(None)` where there is no ground truth to measure it on.
pub type Reading = Measured<Option<f64>>;

/// The figures that a claim is judged on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// On clean images; `None` where the claim does not compare with them.
    pub clean: Option<Reading>,
    /// On the images of the check, each with its perturbation's name; at least one.
    pub readings: Vec<(String, Reading)>,
}

/// Judges `claim` on `evidence`.
#[must_use]
pub fn judge(claim: &Claim, evidence: &Evidence) -> Verdict {
    measure(claim, evidence).unwrap_or_else(|unjudged| unjudged)
}

fn measure(claim: &Claim, evidence: &Evidence) -> Result<Verdict, Verdict> {
    let readings = evidence.readings.iter().map(|(_, reading)| reading);
    if let Some(reason) = readings.clone().chain(&evidence.clean).find_map(blocked) {
        return Err(Verdict::without_numbers(Outcome::Skipped, reason));
    }
    let clean = evidence.clean.as_ref().map(value).transpose()?;
    let values: Vec<(&str, f64)> = evidence
        .readings
        .iter()
        .map(|(perturbation, reading)| Ok((perturbation.as_str(), value(reading)?)))
        .collect::<Result<_, Verdict>>()?;
    let figure = aggregate(claim, &values).ok_or_else(|| error(FailureKind::Vacuous, "it reads no figure"))?;
    let quantity = quantity(claim, clean, figure)?;
    let holds = match claim.bound {
        Bound::Min => quantity >= claim.threshold,
        Bound::Max | Bound::MaxDrop | Bound::MaxRelativeDrop => quantity <= claim.threshold,
    };
    let outcome = if holds { Outcome::Pass } else { Outcome::Fail };
    Ok(Verdict { outcome, value: Some(quantity), clean, figure: Some(figure), reason: String::new() })
}

fn blocked(reading: &Reading) -> Option<String> {
    match reading {
        Measured::Blocked(reason) => Some(reason.clone()),
        Measured::Value(_) | Measured::Failed(_) => None,
    }
}

fn value(reading: &Reading) -> Result<f64, Verdict> {
    match reading {
        Measured::Value(Some(value)) if value.is_finite() => Ok(*value),
        Measured::Value(Some(value)) => Err(error(FailureKind::NonFinite, format!("the figure is {value}"))),
        Measured::Value(None) => Err(error(FailureKind::Vacuous, "there is no ground truth to measure it on")),
        Measured::Failed(failure) => Err(error(failure.kind, failure.message.clone())),
        Measured::Blocked(reason) => Err(Verdict::without_numbers(Outcome::Skipped, reason.clone())),
    }
}

fn error(kind: FailureKind, reason: impl Into<String>) -> Verdict {
    Verdict::without_numbers(Outcome::Error(kind), reason)
}

/// One figure of all readings; `None` if there are none.
fn aggregate(claim: &Claim, values: &[(&str, f64)]) -> Option<f64> {
    let figures = values.iter().map(|(_, value)| *value);
    match (claim.aggregate, claim.bound) {
        (Aggregate::Mean, _) => mean_of_means(values),
        // More is better, so an upper limit is broken first by the highest figure, all else by the lowest.
        (Aggregate::Worst, Bound::Max) => figures.reduce(f64::max),
        (Aggregate::Worst, Bound::Min | Bound::MaxDrop | Bound::MaxRelativeDrop) => figures.reduce(f64::min),
    }
}

/// The mean over perturbations of each one's mean over its levels: the arithmetic of mPC (Michaelis et al. 2019).
fn mean_of_means(values: &[(&str, f64)]) -> Option<f64> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in values {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let of_name = |name: &&str| mean(values.iter().filter(|(other, _)| other == name).map(|(_, value)| *value));
    mean(names.iter().filter_map(of_name))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// What the threshold is held against.
fn quantity(claim: &Claim, clean: Option<f64>, figure: f64) -> Result<f64, Verdict> {
    let against_clean = || clean.ok_or_else(|| error(FailureKind::Vacuous, "there is no clean figure to compare with"));
    match claim.bound {
        Bound::Min | Bound::Max => Ok(figure),
        Bound::MaxDrop => {
            let clean = against_clean()?;
            if claim.threshold >= clean {
                let reason = format!(
                    "a drop of {} is allowed, but the clean figure is only {clean:.4}: it cannot fail",
                    claim.threshold
                );
                return Err(error(FailureKind::Vacuous, reason));
            }
            Ok(clean - figure)
        }
        Bound::MaxRelativeDrop => {
            let clean = against_clean()?;
            if clean <= 0.0 {
                return Err(error(FailureKind::Vacuous, "the clean figure is 0: there is nothing to drop from"));
            }
            Ok((clean - figure) / clean)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    fn claim(bound: Bound, threshold: f64) -> Claim {
        Claim { bound, threshold, aggregate: Aggregate::Mean }
    }

    fn evidence(clean: f64, values: &[(&str, f64)]) -> Evidence {
        let readings = values.iter().map(|(name, value)| ((*name).to_owned(), Reading::Value(Some(*value)))).collect();
        Evidence { clean: Some(Reading::Value(Some(clean))), readings }
    }

    fn outcome(claim: &Claim, evidence: &Evidence) -> Outcome {
        judge(claim, evidence).outcome
    }

    #[test]
    fn a_bound_holds_up_to_its_threshold() {
        assert_eq!(outcome(&claim(Bound::Min, 0.5), &evidence(0.9, &[("x", 0.5)])), Outcome::Pass);
        assert_eq!(outcome(&claim(Bound::Min, 0.5), &evidence(0.9, &[("x", 0.49)])), Outcome::Fail);
        assert_eq!(outcome(&claim(Bound::Max, 0.5), &evidence(0.9, &[("x", 0.51)])), Outcome::Fail);
        assert_eq!(outcome(&claim(Bound::MaxDrop, 0.25), &evidence(0.75, &[("x", 0.5)])), Outcome::Pass);
        assert_eq!(outcome(&claim(Bound::MaxDrop, 0.2), &evidence(0.75, &[("x", 0.5)])), Outcome::Fail);
        assert_eq!(outcome(&claim(Bound::MaxRelativeDrop, 0.5), &evidence(0.5, &[("x", 0.25)])), Outcome::Pass);
        assert_eq!(outcome(&claim(Bound::MaxRelativeDrop, 0.4), &evidence(0.5, &[("x", 0.25)])), Outcome::Fail);
    }

    #[test]
    fn what_cannot_be_compared_never_passes() {
        let drop = claim(Bound::MaxDrop, 0.1);
        let with = |reading: Reading| Evidence {
            clean: Some(Reading::Value(Some(0.5))),
            readings: vec![("x".into(), reading)],
        };
        let nan = outcome(&drop, &with(Reading::Value(Some(f64::NAN))));
        assert_eq!(nan, Outcome::Error(FailureKind::NonFinite));
        assert_eq!(outcome(&drop, &with(Reading::Value(None))), Outcome::Error(FailureKind::Vacuous));
        let failed = Reading::Failed(Failure::new(FailureKind::Inference, "no"));
        assert_eq!(outcome(&drop, &with(failed)), Outcome::Error(FailureKind::Inference));
        assert_eq!(outcome(&drop, &with(Reading::Blocked("b".into()))), Outcome::Skipped);
        let no_clean = Evidence { clean: None, readings: vec![("x".into(), Reading::Value(Some(0.5)))] };
        assert_eq!(outcome(&drop, &no_clean), Outcome::Error(FailureKind::Vacuous));
        let nothing = Evidence { clean: None, readings: vec![] };
        assert_eq!(outcome(&claim(Bound::Min, 0.1), &nothing), Outcome::Error(FailureKind::Vacuous));
    }

    #[test]
    fn a_drop_that_cannot_be_exceeded_is_an_error() {
        let verdict = judge(&claim(Bound::MaxDrop, 0.3), &evidence(0.2, &[("x", 0.1)]));
        assert_eq!(verdict.outcome, Outcome::Error(FailureKind::Vacuous));
        let relative = judge(&claim(Bound::MaxRelativeDrop, 0.3), &evidence(0.0, &[("x", 0.0)]));
        assert_eq!(relative.outcome, Outcome::Error(FailureKind::Vacuous));
    }

    #[test]
    fn the_mean_weighs_perturbations_not_levels() {
        let several = evidence(0.9, &[("x", 0.2), ("x", 0.4), ("y", 0.7)]);
        let verdict = judge(&claim(Bound::Min, 0.0), &several);
        assert!((verdict.figure.unwrap() - 0.5).abs() < 1e-12);
        let worst = Claim { aggregate: Aggregate::Worst, ..claim(Bound::MaxDrop, 0.1) };
        assert_eq!(judge(&worst, &several).figure, Some(0.2));
    }
}
