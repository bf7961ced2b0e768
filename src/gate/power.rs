//! Power: whether a claim could have failed at all on the images there are. A pass of one that could not says nothing.

use super::weigh::{at_least, is_within};
use super::{Claim, Ground, Level, Outcome, Verdict};
use crate::metric::Better;
use crate::number::fixed;
use crate::spec::{Bound, Rule};

/// Why not even a model that breaks the bound as far as any can would have failed, of whose side `verdict` is, before any
/// correction; `None` where one would.
pub(super) fn powerless(claim: &Claim, verdict: &Verdict, images: usize, level: Level) -> Option<(Ground, String)> {
    let value = verdict.value?;
    if !claim.is_broken(value) {
        return Some((Ground::Nothing, needless(claim, verdict, value)));
    }
    let is_found = match (claim.rule, level.corrected(claim), verdict.p_value) {
        // As one of many, and none of the others found.
        (Rule::Significant, Some(tail), Some(p_value)) => is_within(p_value, tail),
        _ => true,
    };
    if verdict.outcome == Outcome::Fail && is_found {
        return None;
    }
    Some((Ground::FewImages, undecided(claim, value, verdict.detectable?, images, level)))
}

/// Where even the measured number of such a model is within the bound.
fn needless(claim: &Claim, verdict: &Verdict, most: f64) -> String {
    let asked = match claim.bound {
        Bound::Min | Bound::MinGain => "is asked for",
        _ => "is allowed",
    };
    if claim.bound.is_loss() && most <= 0.0 {
        // Losses are told against another model or version, or against the clean images.
        return match (verdict.figure, verdict.other.or(verdict.clean).filter(|other| *other > 0.0)) {
            (Some(figure), Some(other)) => format!(
                "it cannot fail: the figure of {} is {} here, no worse than the {} that it is compared with",
                who(claim),
                fixed(figure, 3),
                fixed(other, 3)
            ),
            _ => "it cannot fail: what it is compared with is 0 and leaves nothing to lose".to_owned(),
        };
    }
    let value = number(claim, most);
    format!(
        "it cannot fail: the {} of {} is {value} here, and {} {asked}; set a bound {} {value}",
        what(claim),
        who(claim),
        claim.threshold,
        side(claim)
    )
}

/// Where its number breaks the bound, but so few images do not show it: they would show a quantity of `detectable`.
fn undecided(claim: &Claim, most: f64, detectable: f64, images: usize, level: Level) -> String {
    let (excess, needed) = (claim.excess(most), claim.excess(detectable));
    // The width of an interval falls with the root of the number of images.
    let needed = at_least(images, (needed / excess).powi(2));
    let end = claim.threshold + most - detectable;
    let is_bound = match claim.bound {
        Bound::MinGain => end < 0.0,
        Bound::Min | Bound::Max => true,
        Bound::MaxDrop | Bound::MaxRelativeDrop | Bound::MaxRegression | Bound::MaxRelativeRegression => end > 0.0,
    };
    let looser = if is_bound { format!(", set a bound {} {}", side(claim), number(claim, end)) } else { String::new() };
    let (many, split) = match level.cases() {
        Some(cases) if cases > 1 => (format!(", at the level of one of {cases} corrected cases"), ", split the check"),
        _ => (String::new(), ""),
    };
    format!(
        "it cannot fail on these {images} images{many}: the {} of {} is {}, but by its interval it may be {}, and {} {}; \
         take about {needed} images like these{looser}{split}, or judge by the number alone (`rule = \"point\"`)",
        what(claim),
        who(claim),
        number(claim, most),
        number(claim, end),
        claim.threshold,
        match claim.bound {
            Bound::Min | Bound::MinGain => "is asked for",
            _ => "is allowed",
        },
    )
}

fn number(claim: &Claim, number: f64) -> String {
    // As many decimals as it takes to tell it from the threshold.
    let digits = (3..=9).find(|digits| fixed(number, *digits) != fixed(claim.threshold, *digits));
    fixed(number, digits.unwrap_or(3))
}

fn what(claim: &Claim) -> &'static str {
    match claim.bound {
        Bound::Min | Bound::Max => "figure",
        Bound::MaxDrop => "drop",
        Bound::MaxRelativeDrop => "relative drop",
        Bound::MaxRegression => "regression",
        Bound::MaxRelativeRegression => "relative regression",
        Bound::MinGain => "gain",
    }
}

fn who(claim: &Claim) -> &'static str {
    match (claim.bound, claim.better) {
        (Bound::Max, Better::Higher) | (Bound::Min, Better::Lower) => "a model without a fault",
        _ => "a model that finds nothing",
    }
}

/// On which side of a number a bound has to lie.
fn side(claim: &Claim) -> &'static str {
    match claim.bound {
        Bound::Min | Bound::MinGain => "above",
        _ => "below",
    }
}
