//! Barren: the conditions for whose sake a claim on several cannot be judged. Where both models find nothing there is nothing to
//! lose and no figure to compare, however much the other conditions would tell.

use super::{Claim, Evidence, Ground, Other, Reading, Side, judge};
use crate::condition::ConditionName;

/// The conditions of `evidence` that leave nothing to judge `claim` by, each by itself, where the claim on the others
/// can be judged; none where that would not help.
pub fn barren(claim: &Claim, evidence: &Evidence) -> Vec<ConditionName> {
    let all = &evidence.ours.readings;
    let is_judged = |of: &dyn Fn(usize) -> bool| judge(claim, &only(evidence, of)).ground == Ground::Enough;
    let (fertile, barren): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(|&at| is_judged(&|other| other == at));
    if fertile.is_empty() || !is_judged(&|at| fertile.contains(&at)) {
        return Vec::new();
    }
    barren.into_iter().map(|at| all[at].condition.clone()).collect()
}

/// The evidence of some of the conditions.
fn only(evidence: &Evidence, is_kept: &dyn Fn(usize) -> bool) -> Evidence {
    let kept = |readings: &[Reading]| {
        readings.iter().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, reading)| reading.clone()).collect()
    };
    let side = |side: &Side| Side { clean: side.clean.clone(), readings: kept(&side.readings) };
    let other = evidence.other.as_ref().map(|other| match other {
        Other::Side(other) => Other::Side(side(other)),
        Other::Missing(_) | Other::Incomparable(_) => other.clone(),
    });
    Evidence { ours: side(&evidence.ours), other, images: evidence.images }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Measured;
    use crate::gate::{Combine, Extreme, Outcome};
    use crate::metric::Better;
    use crate::spec::{Bound, Rule};

    fn side(figures: &[Option<f64>]) -> Side {
        let reading = |(at, figure): (usize, &Option<f64>)| Reading {
            condition: ConditionName(format!("fog@{}", at + 1)),
            perturbation: "fog".to_owned(),
            groups: Vec::new(),
            alexnet: None,
            figure: Measured::Value(*figure),
            draws: Some(vec![*figure; 400]),
            extreme: Some(Extreme { figure: 0.0, draws: None, is_worst: true }),
        };
        Side { clean: None, readings: figures.iter().enumerate().map(reading).collect() }
    }

    /// What keeps a claim from being judged, and that something does.
    fn found(bound: Bound, combine: Combine, ours: &[Option<f64>], other: Option<&[Option<f64>]>) -> Vec<String> {
        let rule = Rule::Point;
        let claim = Claim { bound, threshold: 0.1, combine, better: Better::Higher, rule, confidence: 0.95 };
        let evidence = Evidence { ours: side(ours), other: other.map(|other| Other::Side(side(other))), images: 500 };
        let verdict = judge(&claim, &evidence);
        assert!(matches!(verdict.outcome, Outcome::Error(_)) && verdict.ground == Ground::Nothing, "{verdict:?}");
        barren(&claim, &evidence).into_iter().map(|name| name.0).collect()
    }

    #[test]
    fn conditions_without_a_figure_or_with_nothing_to_compare_are_told() {
        let (some, none) = (Some(0.8), None);
        for combine in [Combine::Mean, Combine::Worst] {
            assert_eq!(found(Bound::Min, combine, &[some, none, some], None), ["fog@2"]);
            assert_eq!(found(Bound::Min, combine, &[none, none], None), [""; 0]);
            let (ours, other) = ([some, some, none], [some, none, some]);
            assert_eq!(found(Bound::MaxRegression, combine, &ours, Some(&other)), ["fog@2", "fog@3"]);
        }
        let nothing = [some, Some(0.0), some];
        let share = found(Bound::MaxRelativeRegression, Combine::Worst, &nothing, Some(&nothing));
        assert_eq!(share, ["fog@2"]);
        // Of a mean it is no matter, unless there is nothing in any.
        let share = found(Bound::MaxRelativeRegression, Combine::Mean, &[some; 2], Some(&[Some(0.0); 2]));
        assert_eq!(share, [""; 0]);
    }
}
