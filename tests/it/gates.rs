//! Properties of the judge that no claim and no evidence may break.

use windtunnel::condition::ConditionName;
use windtunnel::failure::{Failure, FailureKind, Measured};
use windtunnel::gate::{
    Claim, Combine, Evidence, Extreme, Other, Outcome, Reading, Side, Verdict, judge, judge_family,
};
use windtunnel::metric::Better;
use windtunnel::spec::{Bound, Choice as _, Rule};

/// Random numbers: SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0..1
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[(self.next() % list.len() as u64) as usize]
    }

    fn reading(&mut self, perturbation: &str) -> Reading {
        let figure = self.share();
        let draws = (0..60).map(|_| Some((figure + 0.1 * (self.share() - 0.5)).clamp(0.0, 1.0))).collect();
        Reading {
            alexnet: None,
            condition: ConditionName(perturbation.to_owned()),
            perturbation: perturbation.to_owned(),
            groups: vec![perturbation.to_owned()],
            figure: Measured::Value(Some(figure)),
            draws: Some(draws),
            extreme: Some(Extreme { figure: 0.0, draws: None, is_worst: true }),
        }
    }

    fn side(&mut self, readings: usize) -> Side {
        let clean = Some(self.reading("clean"));
        Side { clean, readings: (0..readings).map(|at| self.reading(["x", "y"][at % 2])).collect() }
    }

    fn evidence(&mut self) -> Evidence {
        let readings = 1 + (self.next() % 4) as usize;
        Evidence { ours: self.side(readings), other: Some(Other::Side(self.side(readings))), images: 100 }
    }

    fn claim(&mut self) -> Claim {
        let combines = [Combine::Mean, Combine::Worst, Combine::ShareOfClean, Combine::Groups];
        Claim {
            bound: self.pick(Bound::ALL).1,
            threshold: self.share() - 0.3,
            combine: self.pick(&combines),
            better: self.pick(&[Better::Higher, Better::Lower]),
            rule: self.pick(Rule::ALL).1,
            confidence: 0.9,
        }
    }
}

/// What a reading may be that is no number.
fn unmeasured(which: u64) -> Measured<Option<f64>> {
    match which % 5 {
        0 => Measured::Value(None),
        1 => Measured::Value(Some(f64::NAN)),
        2 => Measured::Value(Some(f64::INFINITY)),
        3 => Measured::Failed(Failure::new(FailureKind::Inference, "no answer")),
        _ => Measured::Blocked("interrupted".to_owned()),
    }
}

fn is_judged(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Fail)
}

#[test]
fn what_was_not_measured_is_never_judged() {
    let mut dice = Dice(1);
    for _ in 0..5_000 {
        let (claim, mut evidence) = (dice.claim(), dice.evidence());
        let sides: Vec<&mut Side> = match &mut evidence.other {
            Some(Other::Side(other)) => vec![&mut evidence.ours, other],
            _ => vec![&mut evidence.ours],
        };
        let mut readings: Vec<&mut Reading> =
            sides.into_iter().flat_map(|side| side.clean.iter_mut().chain(&mut side.readings)).collect();
        let at = (dice.next() % readings.len() as u64) as usize;
        readings[at].figure = unmeasured(dice.next());
        let verdict = judge(&claim, &evidence);
        assert!(!is_judged(verdict.outcome), "{claim:?} on {evidence:?} is {verdict:?}");
    }
}

#[test]
fn a_rule_that_needs_resamples_is_never_judged_without_its_own() {
    let mut dice = Dice(2);
    for _ in 0..2_000 {
        let (mut claim, mut evidence) = (dice.claim(), dice.evidence());
        claim.rule = dice.pick(&[Rule::Significant, Rule::NonInferior]);
        evidence.ours.readings[0].draws = None;
        let verdict = judge(&claim, &evidence);
        assert!(!is_judged(verdict.outcome), "{claim:?} is {verdict:?}");
    }
}

#[test]
fn a_rule_that_needs_resamples_is_never_judged_without_those_of_what_it_compares_with() {
    let mut dice = Dice(21);
    for _ in 0..2_000 {
        let (mut claim, mut evidence) = (dice.claim(), dice.evidence());
        claim.rule = dice.pick(&[Rule::Significant, Rule::NonInferior]);
        let Some(Other::Side(other)) = &mut evidence.other else { unreachable!("the dice give a side") };
        let at = (dice.next() % other.readings.len() as u64) as usize;
        other.readings[at].draws = None;
        let verdict = judge(&claim, &evidence);
        assert!(!is_judged(verdict.outcome), "{claim:?} is {verdict:?}");
    }
}

#[test]
fn a_baseline_that_is_missing_or_incomparable_is_never_a_pass() {
    let mut dice = Dice(3);
    for _ in 0..500 {
        let (claim, mut evidence) = (dice.claim(), dice.evidence());
        evidence.other = Some(Other::Missing("none yet".to_owned()));
        assert!(!is_judged(judge(&claim, &evidence).outcome));
        evidence.other = Some(Other::Incomparable(Failure::new(FailureKind::Baseline, "changed")));
        assert_eq!(judge(&claim, &evidence).outcome, Outcome::Error(FailureKind::Baseline));
    }
}

#[test]
fn a_stricter_threshold_never_turns_a_failure_into_a_pass() {
    let mut dice = Dice(4);
    let mut turned = 0;
    for _ in 0..20_000 {
        let (claim, evidence) = (dice.claim(), dice.evidence());
        let by = dice.share();
        let stricter = match claim.bound {
            Bound::Min | Bound::MinGain => claim.threshold + by,
            _ => claim.threshold - by,
        };
        let before = judge(&claim, &evidence).outcome;
        let after = judge(&Claim { threshold: stricter, ..claim }, &evidence).outcome;
        assert!(!(before == Outcome::Fail && after == Outcome::Pass), "{claim:?}, {stricter}: {evidence:?}");
        turned += usize::from(before == Outcome::Pass && after == Outcome::Fail);
    }
    assert!(turned > 500, "the thresholds hardly matter: {turned}");
}

#[test]
fn a_failure_shown_to_be_real_is_also_one_by_its_number_and_what_is_shown_to_hold_holds() {
    let mut dice = Dice(5);
    for _ in 0..5_000 {
        let (claim, evidence) = (dice.claim(), dice.evidence());
        let under = |rule| judge(&Claim { rule, ..claim }, &evidence).outcome;
        let (significant, non_inferior) = (under(Rule::Significant), under(Rule::NonInferior));
        // What fails beyond chance is not shown to hold either.
        assert!(!(significant == Outcome::Fail && non_inferior == Outcome::Pass), "{claim:?} on {evidence:?}");
    }
}

#[test]
fn a_loss_that_even_silence_would_stand_is_no_claim() {
    let mut dice = Dice(6);
    for _ in 0..500 {
        let (mut claim, mut evidence) = (dice.claim(), dice.evidence());
        let allowed = 0.01 + 0.2 * dice.share();
        (claim.bound, claim.threshold) = dice.pick(&[(Bound::MaxRegression, allowed), (Bound::MinGain, -allowed)]);
        (claim.better, claim.combine) = (Better::Higher, dice.pick(&[Combine::Mean, Combine::Worst]));
        let Some(Other::Side(other)) = &mut evidence.other else { unreachable!("evidence has another side") };
        for reading in &mut other.readings {
            let by = allowed * 0.9;
            (reading.figure, reading.draws) = (Measured::Value(Some(by)), Some(vec![Some(by); 60]));
        }
        assert_eq!(judge(&claim, &evidence).outcome, Outcome::Error(FailureKind::Vacuous), "{claim:?}");
    }
}

#[test]
fn what_a_correction_withholds_is_inconclusive_and_no_clean_pass() {
    // A loss of 0.1 of which 10 of 1,000 resamples show nothing: p is 11/1001, significant alone, and as one of five not.
    let reading = |figure: f64, draws: Vec<f64>| Reading {
        alexnet: None,
        condition: ConditionName("x".to_owned()),
        perturbation: "x".to_owned(),
        groups: Vec::new(),
        figure: Measured::Value(Some(figure)),
        draws: Some(draws.into_iter().map(Some).collect()),
        extreme: Some(Extreme { figure: 0.0, draws: None, is_worst: true }),
    };
    let side = |reading: Reading| Side { clean: None, readings: vec![reading] };
    let evidence = |lost: usize| {
        let draws = (0..1_000).map(|at| if at < lost { 0.5 } else { 0.4 }).collect();
        let other = Some(Other::Side(side(reading(0.5, vec![0.5; 1_000]))));
        Evidence { ours: side(reading(0.4, draws)), other, images: 100 }
    };
    let claim = Claim {
        bound: Bound::MaxRegression,
        threshold: 0.0,
        combine: Combine::Mean,
        better: Better::Higher,
        rule: Rule::Significant,
        confidence: 0.95,
    };
    assert_eq!(judge(&claim, &evidence(10)).outcome, Outcome::Fail);
    let family: Vec<(&Claim, Evidence)> = (0..5).map(|_| (&claim, evidence(10))).collect();
    for verdict in judge_family(&family) {
        assert_eq!(
            (verdict.outcome, verdict.inconclusive, verdict.withheld),
            (Outcome::Pass, true, true),
            "{verdict:?}"
        );
        assert!(verdict.p_value.unwrap() > 0.025, "{verdict:?}");
    }
    // Where it is shown beyond the correction, all five fail.
    let family: Vec<(&Claim, Evidence)> = (0..5).map(|_| (&claim, evidence(4))).collect();
    assert!(judge_family(&family).iter().all(|verdict| verdict.outcome == Outcome::Fail && !verdict.withheld));
}

/// What comes of `ours` against a figure of 0.65, each as far beside its figure on resamples; a model that finds nothing has
/// 0.46.
fn against_silence(ours: f64, allowed: f64, is_worst: bool) -> Verdict {
    let drawn = |figure: f64| (0..400).map(|at| Some(figure + f64::from(at) / 1000.0 - 0.2)).collect::<Vec<_>>();
    let side = |figure: f64, draws: Vec<Option<f64>>| Side {
        clean: None,
        readings: vec![Reading {
            condition: ConditionName("fog@3".to_owned()),
            perturbation: "fog".to_owned(),
            groups: Vec::new(),
            alexnet: None,
            figure: Measured::Value(Some(figure)),
            draws: Some(draws),
            extreme: Some(Extreme { figure: 0.46, draws: Some(drawn(0.46)), is_worst }),
        }],
    };
    let (bound, combine, rule) = (Bound::MaxRegression, Combine::Mean, Rule::Significant);
    let claim = Claim { bound, threshold: allowed, combine, better: Better::Higher, rule, confidence: 0.95 };
    let other = Some(Other::Side(side(0.65, vec![Some(0.65); 400])));
    judge(&claim, &Evidence { ours: side(ours, drawn(ours)), other, images: 100 })
}

#[test]
fn a_model_that_loses_more_than_silence_does_is_not_told_that_nothing_could_fail() {
    for (ours, allowed, is_worst, told) in [
        (0.43, 0.05, false, "these 100 images cannot tell: the regression is 0.220, but by its interval it may be 0.0"),
        (
            0.64,
            0.05,
            false,
            "on these 100 images, it would pass a model that finds nothing: the regression of one is 0.190, but by its \
             interval it may be 0.0",
        ),
        (
            0.64,
            0.3,
            false,
            "it would pass a model that finds nothing: the regression of one is 0.190 here, and 0.3 is allowed; set a \
             bound below 0.190",
        ),
        (0.64, 0.05, true, "it cannot fail on these 100 images: the regression of a model that finds nothing is 0.190"),
    ] {
        let verdict = against_silence(ours, allowed, is_worst);
        assert_eq!(verdict.outcome, Outcome::Error(FailureKind::Vacuous), "{ours}, {allowed}: {verdict:?}");
        assert!(verdict.reason.starts_with(told), "{ours}, {allowed}: {}", verdict.reason);
    }
    // What is beyond chance is a failure, whatever silence would be.
    assert_eq!(against_silence(0.2, 0.05, false).outcome, Outcome::Fail);
    assert_eq!(against_silence(0.2, 0.2, false).outcome, Outcome::Fail);
}
