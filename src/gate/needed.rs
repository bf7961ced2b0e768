//! Needed: how many images a claim takes to see what breaks it, by the spread that was measured on the images there are.

use super::quantity::quantity_of;
use super::unseen::{least, share};
use super::{Claim, Level, Verdict};
use crate::eval::normal_quantile;
use crate::metric::Better;
use crate::spec::{Bound, Rule};

/// What is to be seen, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// How far the true quantity lies beyond the threshold (for `non_inferior`: within it), in the quantity's own unit.
    pub detect: f64,
    /// In what share of runs, each on other images, it is to be found; between 0 and 1.
    pub power: f64,
}

/// The power of studies where nobody asks for another: Cohen (1988).
pub const POWER: f64 = 0.8;

/// Fewer images show no spread that a normal approximation could be believed on, however little these vary.
const LEAST: f64 = 10.0;

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// There is no interval.
    NoInterval,
    /// It has no width: what does not vary says nothing of what else there may be.
    NoSpread,
}

/// How many images it takes, where `images` gave `verdict` on `claim`, which is one of `cases` that are corrected together.
///
/// The interval is `2 z(1 - a)` standard errors wide, where `a` is its one-sided level, and the standard error falls with
/// the root of the number of images; what lies `detect` beyond the threshold is found with the power `p` once `detect` is
/// `z(1 - a / cases) + z(p)` of them: the normal approximation, with the strictest level that Holm asks for. No fewer than
/// it takes for images of another kind not to have been missed by chance (see `gate::unseen`), and no fewer than 10.
///
/// # Errors
/// The spread was not measured.
pub fn images_needed(
    claim: &Claim,
    verdict: &Verdict,
    images: usize,
    cases: usize,
    sight: Sight,
) -> Result<u64, Untold> {
    let interval = verdict.interval.ok_or(Untold::NoInterval)?;
    let z = |tail: f64| -normal_quantile(tail);
    let alone = Level::Alone.tail(claim);
    let error = (interval.high - interval.low) / (2.0 * z(alone));
    if !(error.is_finite() && error > 0.0) {
        return Err(Untold::NoSpread);
    }
    let tail = Level::OneOf(cases.max(1)).tail(claim);
    let by_spread = images as f64 * ((z(tail) + z(1.0 - sight.power)) * error / sight.detect).powi(2);
    let unmissed = unmissed(claim, verdict, sight.detect, tail).unwrap_or(1.0);
    Ok(by_spread.max(unmissed).max(LEAST).ceil() as u64)
}

/// How many it takes until what is found is not taken for chance of the draw alone.
fn unmissed(claim: &Claim, verdict: &Verdict, detect: f64, tail: f64) -> Option<f64> {
    let (here, far) = match claim.rule {
        Rule::Significant => (detect, least(claim, verdict)?),
        Rule::NonInferior => (-detect, worst(claim, verdict)?),
        Rule::Point => return None,
    };
    let share = share(here, claim.excess(far));
    (0.0..1.0).contains(&share).then(|| (tail.ln() / (1.0 - share).ln()).ceil()).filter(|images| images.is_finite())
}

/// The quantity of a model that finds nothing; `None` where there is no end to what may be wrong.
fn worst(claim: &Claim, verdict: &Verdict) -> Option<f64> {
    match (claim.better, claim.bound) {
        (Better::Lower, _) | (_, Bound::Max) => None,
        (Better::Higher, _) => quantity_of(claim, verdict.clean, 0.0, verdict.other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;
    use crate::failure::Measured;
    use crate::gate::{Combine, Evidence, Outcome, Reading, Side, judge};

    /// Steele, Lea and Flood's SplitMix64: the same draws on every machine.
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, count: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) % count as u64) as usize
        }

        fn is_one_of(&mut self, percent: usize) -> bool {
            self.below(1000) < 10 * percent
        }
    }

    const RESAMPLES: usize = 300;

    /// The verdict on `images` images, each right with a chance of 80 % when clean; of those, `lost` percent are wrong under
    /// a perturbation, and of the others `found` percent are right.
    fn drop_of(draws: &mut Draws, claim: &Claim, images: usize, (lost, found): (usize, usize)) -> Verdict {
        let pairs: Vec<(f64, f64)> = (0..images)
            .map(|_| {
                let is_right = draws.is_one_of(80);
                let is_still = if is_right { !draws.is_one_of(lost) } else { draws.is_one_of(found) };
                (f64::from(u8::from(is_right)), f64::from(u8::from(is_still)))
            })
            .collect();
        let mean = |sum: f64| sum / images as f64;
        let mut resampled = (Vec::new(), Vec::new());
        for _ in 0..RESAMPLES {
            let (mut clean, mut blurred) = (0.0, 0.0);
            for _ in 0..images {
                let (before, after) = pairs[draws.below(images)];
                clean += before;
                blurred += after;
            }
            resampled.0.push(Some(mean(clean)));
            resampled.1.push(Some(mean(blurred)));
        }
        let reading = |name: &str, sum: f64, draws: Vec<Option<f64>>| Reading {
            condition: ConditionName(name.to_owned()),
            perturbation: name.to_owned(),
            groups: Vec::new(),
            alexnet: None,
            figure: Measured::Value(Some(mean(sum))),
            draws: Some(draws),
            extreme: None,
        };
        let clean = reading("clean", pairs.iter().map(|pair| pair.0).sum(), resampled.0);
        let blurred = reading("blur", pairs.iter().map(|pair| pair.1).sum(), resampled.1);
        let ours = Side { clean: Some(clean), readings: vec![blurred] };
        judge(claim, &Evidence { ours, other: None, images })
    }

    fn claim(rule: Rule, threshold: f64) -> Claim {
        let (bound, combine, better) = (Bound::MaxDrop, Combine::Mean, Better::Higher);
        Claim { bound, threshold, combine, better, rule, confidence: 0.95 }
    }

    #[test]
    fn on_so_many_images_a_loss_is_found_as_often_as_was_asked() {
        // A true drop of 0.8 * 0.20 - 0.2 * 0.20 = 0.12, where 0.05 is allowed.
        let (claim, kind, detect) = (claim(Rule::Significant, 0.05), (20, 20), 0.07);
        for (power, seed) in [(0.8, 1), (0.5, 2)] {
            let mut draws = Draws(seed);
            let pilot = drop_of(&mut draws, &claim, 2000, kind);
            let needed = images_needed(&claim, &pilot, 2000, 1, Sight { detect, power }).unwrap() as usize;
            // By hand: differences have the variance 0.16 + 0.04 - 0.12^2 = 0.1856.
            let z = if power > 0.6 { 1.960 + 0.842 } else { 1.960 };
            let by_hand = (z / detect).powi(2) * 0.1856;
            assert!((needed as f64 / by_hand - 1.0).abs() < 0.15, "{needed}, by hand {by_hand}");
            let runs = 400;
            let found =
                (0..runs).filter(|_| drop_of(&mut draws, &claim, needed, kind).outcome == Outcome::Fail).count();
            let found = found as f64 / f64::from(runs);
            // Four standard errors of 400 runs are 0.1; the pilot's own spread comes on top.
            assert!((found - power).abs() < 0.1, "{needed} images found it in {found} of the runs, not {power}");
        }
    }

    #[test]
    fn many_cases_a_smaller_loss_and_more_power_take_more_images() {
        let claim = claim(Rule::Significant, 0.05);
        let verdict = Verdict {
            interval: Some(crate::eval::Interval { low: 0.01, high: 0.09 }),
            clean: Some(0.8),
            ..Verdict::without_numbers(Outcome::Pass, "")
        };
        let of =
            |cases, detect, power| images_needed(&claim, &verdict, 100, cases, Sight { detect, power }).unwrap() as f64;
        // A standard error of 0.04 / 1.95996 on 100 images.
        let by_hand = 100.0 * ((1.959_96_f64 + 0.841_62) * (0.04 / 1.959_96) / 0.02).powi(2);
        assert!((of(1, 0.02, 0.8) - by_hand).abs() <= 2.0, "{}, by hand {by_hand}", of(1, 0.02, 0.8));
        assert!(of(10, 0.02, 0.8) > of(1, 0.02, 0.8) && of(1, 0.01, 0.8) > 3.9 * of(1, 0.02, 0.8));
        assert!(of(1, 0.02, 0.9) > of(1, 0.02, 0.8));
        assert_eq!(of(1, 0.9, 0.8), LEAST, "a loss as large as any");
        let without = Verdict { interval: None, ..verdict.clone() };
        let sight = Sight { detect: 0.02, power: 0.8 };
        assert_eq!(images_needed(&claim, &without, 100, 1, sight), Err(Untold::NoInterval));
        let alike = Verdict { interval: Some(crate::eval::Interval { low: 0.1, high: 0.1 }), ..verdict };
        assert_eq!(images_needed(&claim, &alike, 100, 1, sight), Err(Untold::NoSpread));
    }

    #[test]
    fn a_spread_of_next_to_nothing_does_not_do_without_images() {
        let verdict = Verdict {
            interval: Some(crate::eval::Interval { low: 0.069_999, high: 0.070_001 }),
            clean: Some(1.0),
            ..Verdict::without_numbers(Outcome::Fail, "")
        };
        let sight = Sight { detect: 0.02, power: 0.8 };
        let needed = images_needed(&claim(Rule::Significant, 0.05), &verdict, 50, 1, sight).unwrap();
        // Images that lose nothing would have to be 0.02 / 0.07 of all: 11 without one of them are chance in 2.5 %.
        assert_eq!(needed, 11);
    }
}
