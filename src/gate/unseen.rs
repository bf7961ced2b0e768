//! Unseen: whether what a rule finds beyond chance could come of the images that happen not to be in the sample. Resamples
//! are made of the images there are: from one image, or from many that are alike, they show no spread, however little is
//! known of all others.

use super::quantity::quantity_of;
use super::{Claim, Combine, Level, Outcome, Verdict};
use crate::metric::Better;
use crate::number::fixed;
use crate::spec::{Bound, Rule};

/// Why so few images cannot carry the finding of `verdict`; `None` where they can, or where nothing is found beyond chance.
/// `most` is the quantity of a model that breaks the bound as far as any can, where there is an end to that.
///
/// Of all images a share `p` may be of another kind, on which the model does as badly as any can (or as well, where a
/// failure is in question). None of `n` images is of it with the chance `(1 - p)^n`: "rule of three" (Hanley and
/// Lippman-Hand 1983). The share that turns the finding over has to be larger than what is missed that way. A figure is
/// taken for a mean over images, which mAP nearly is.
pub(super) fn unseen(
    claim: &Claim,
    verdict: &Verdict,
    most: Option<f64>,
    images: usize,
    level: Level,
) -> Option<String> {
    let value = verdict.value?;
    let (far, others) = match (claim.rule, verdict.outcome) {
        (Rule::NonInferior, Outcome::Pass) => (most?, "breaks it as far as any can"),
        (Rule::Significant, Outcome::Fail) => (least(claim, verdict)?, "holds it without a doubt"),
        _ => return None,
    };
    let (here, there) = (claim.excess(value), claim.excess(far));
    let share = share(here, there);
    let needed = needed(share, images, level.tail(claim))?;
    let way_out = if needed.is_finite() && needed < MOST_IMAGES {
        format!("take {needed} images or more")
    } else {
        "no number of images shows what lies at the bound itself: set another one".to_owned()
    };
    let digits = (3..=9).find(|digits| fixed(value, *digits) != fixed(claim.threshold, *digits)).unwrap_or(3);
    Some(format!(
        "{images} {} cannot show it: {} is measured here, and would be beyond {} if the model {others} on {}% of all images, \
         of which {} may hold none by chance; {way_out}, or judge by the number alone (`rule = \"point\"`)",
        if images == 1 { "image" } else { "images" },
        fixed(value, digits),
        claim.threshold,
        fixed(100.0 * share, 1),
        if images == 1 { "one" } else { "so few" },
    ))
}

/// The same of a gain (or a loss) of `value` over another model, where images out of sight may gain `far`.
pub(super) fn unseen_gain(value: f64, far: f64, images: usize, tail: f64) -> Option<String> {
    let share = share(value, far);
    let needed = needed(share, images, tail)?;
    let (what, others) = if value > 0.0 { ("gain", "worst") } else { ("loss", "best") };
    Some(format!(
        "{images} {} cannot show it: images of a kind that the model does its {others} on may be missing here by chance, and were \
         {}% of all images of that kind, there would be no {what}; take {needed} images or more",
        if images == 1 { "image" } else { "images" },
        fixed(100.0 * share, 1),
    ))
}

/// The share of images like `there` that makes nothing of `here`: at 0 itself any other image turns the finding over; where
/// none can, it is certain.
pub(super) fn share(here: f64, there: f64) -> f64 {
    if here == 0.0 { 0.0 } else { here / (here - there) }
}

/// How many images would hold one of such a share, but for a chance of `tail`, where `images` are too few; `None` where they
/// are enough.
fn needed(share: f64, images: usize, tail: f64) -> Option<f64> {
    let is_missed = (0.0..1.0).contains(&share) && (1.0 - share).powf(images as f64) > tail;
    is_missed.then(|| (tail.ln() / (1.0 - share).ln()).ceil())
}

/// More images than anybody has.
const MOST_IMAGES: f64 = 1e9;

/// The quantity of a model that holds the bound without a doubt; `None` where there is no end to that. Of losses and gains
/// it is one that is like the other, where that holds the bound: the best that the images out of sight may be expected to
/// be. Else it is a model without a fault.
pub(super) fn least(claim: &Claim, verdict: &Verdict) -> Option<f64> {
    let compares = !matches!(claim.bound, Bound::Min | Bound::Max);
    if compares && claim.excess(0.0) < 0.0 {
        return Some(0.0);
    }
    let figure = match (claim.bound, claim.better) {
        (Bound::Max, _)
        | (
            Bound::MaxDrop
            | Bound::MaxRelativeDrop
            | Bound::MaxRegression
            | Bound::MaxRelativeRegression
            | Bound::MinGain,
            Better::Lower,
        ) => 0.0,
        // Counts have no end, and nobody asks for many faults.
        (Bound::Min, Better::Lower) => return None,
        (_, Better::Higher) if claim.combine == Combine::ShareOfClean => {
            1.0 / verdict.clean.filter(|clean| *clean > 0.0)?
        }
        (_, Better::Higher) => 1.0,
    };
    quantity_of(claim, verdict.clean, figure, verdict.other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ConditionName;
    use crate::failure::{FailureKind, Measured};
    use crate::gate::{Evidence, Extreme, Reading, Side, judge};

    /// A drop from 1 to `figure` on `images` that are all alike: no resample shows another one.
    fn judged(rule: Rule, figure: f64, allowed: f64, images: usize) -> Verdict {
        let reading = |name: &str, figure: f64| Reading {
            condition: ConditionName(name.to_owned()),
            perturbation: name.to_owned(),
            groups: Vec::new(),
            alexnet: None,
            figure: Measured::Value(Some(figure)),
            draws: Some(vec![Some(figure); 400]),
            extreme: Some(Extreme { figure: 0.0, draws: None, is_worst: true }),
        };
        let ours = Side { clean: Some(reading("clean", 1.0)), readings: vec![reading("blur@1", figure)] };
        let (bound, combine, better) = (Bound::MaxDrop, Combine::Mean, Better::Higher);
        let claim = Claim { bound, threshold: allowed, combine, better, rule, confidence: 0.95 };
        judge(&claim, &Evidence { ours, other: None, images })
    }

    const REFUSED: Outcome = Outcome::Error(FailureKind::Vacuous);

    #[test]
    fn that_nothing_is_lost_is_shown_by_so_many_images_that_a_loss_would_have_been_among_them() {
        // 0.95^72 is the first below 0.025.
        for (images, outcome) in [(1, REFUSED), (10, REFUSED), (71, REFUSED), (72, Outcome::Pass)] {
            let verdict = judged(Rule::NonInferior, 1.0, 0.05, images);
            assert_eq!(verdict.outcome, outcome, "{images}: {}", verdict.reason);
            assert!(
                outcome == Outcome::Pass || verdict.reason.contains("take 72 images or more"),
                "{}",
                verdict.reason
            );
        }
        let at_the_bound = judged(Rule::NonInferior, 1.0, 0.0, 1_000_000);
        assert!(at_the_bound.reason.contains("set another one"), "{at_the_bound:?}");
    }

    #[test]
    fn a_loss_on_a_single_image_is_not_beyond_chance() {
        // 0.2 above the bound, 0.05 below it where nothing is lost: 0.2^3 is the first below 0.025.
        for (images, outcome) in [(1, REFUSED), (2, REFUSED), (3, Outcome::Fail)] {
            assert_eq!(judged(Rule::Significant, 0.75, 0.05, images).outcome, outcome, "{images}");
        }
        // And one image could not have shown anything.
        assert_eq!(judged(Rule::Significant, 1.0, 0.05, 1).outcome, REFUSED);
        assert_eq!(judged(Rule::Significant, 1.0, 0.05, 2).outcome, Outcome::Pass);
    }

    #[test]
    fn a_number_that_decides_by_itself_needs_one_image() {
        assert_eq!(judged(Rule::Point, 1.0, 0.05, 1).outcome, Outcome::Pass);
        assert_eq!(judged(Rule::Point, 0.75, 0.05, 1).outcome, Outcome::Fail);
    }
}
