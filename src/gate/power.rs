//! Power: whether a claim could have failed at all on the images there are. A pass of one that could not says nothing.

use super::weigh::{at_least, is_within};
use super::{Claim, Evidence, Ground, Level, Outcome, Verdict};
use crate::metric::Better;
use crate::number::fixed;
use crate::spec::{Bound, Rule};

/// What a reason is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A model that breaks the bound as far as any can: where it holds, nothing breaks the bound.
    Worst,
    /// A model that finds nothing, where others break the bound farther.
    Silence,
    /// The model itself.
    Measured,
}

/// Why a claim that `verdict` passes says nothing, before any correction; `None` where it says something. `extreme` is the verdict
/// on a model that breaks the bound as far as any can, or finds nothing: not even that would have failed.
pub(super) fn powerless(
    claim: &Claim,
    verdict: &Verdict,
    extreme: &Verdict,
    evidence: &Evidence,
    level: Level,
) -> Option<(Ground, String)> {
    let value = extreme.value?;
    let is_broken = claim.is_broken(value);
    let is_found = match (claim.rule, level.corrected(claim), extreme.p_value) {
        // As one of many, and none of the others found.
        (Rule::Significant, Some(tail), Some(p_value)) => is_within(p_value, tail),
        _ => true,
    };
    if is_broken && extreme.outcome == Outcome::Fail && is_found {
        return None;
    }
    let is_worst = evidence.ours.readings.iter().filter_map(|reading| reading.extreme.as_ref()).all(|one| one.is_worst);
    let undecided =
        |of, value, detectable| (Ground::FewImages, undecided(claim, of, (value, detectable), evidence.images, level));
    // What was measured may break the bound farther than silence does: then that is what these images leave open.
    let measured = verdict.value.filter(|value| !is_worst && claim.is_broken(*value)).zip(verdict.detectable);
    if let Some((value, detectable)) = measured {
        return Some(undecided(Of::Measured, value, detectable));
    }
    let of = if is_worst { Of::Worst } else { Of::Silence };
    if !is_broken {
        return Some((Ground::Nothing, needless(claim, of, extreme, value)));
    }
    Some(undecided(of, value, extreme.detectable?))
}

/// Where even the measured number of such a model is within the bound.
fn needless(claim: &Claim, of: Of, verdict: &Verdict, most: f64) -> String {
    let finding = match of {
        Of::Worst | Of::Measured => "it cannot fail",
        Of::Silence => "it would pass a model that finds nothing",
    };
    if claim.bound.is_loss() && most <= 0.0 {
        // Losses are told against another model or version, or against the clean images.
        return match (verdict.figure, verdict.other.or(verdict.clean).filter(|other| *other > 0.0)) {
            (Some(figure), Some(other)) => format!(
                "{finding}: the figure of {} is {} here, no worse than the {} that it is compared with",
                who(claim, of),
                fixed(figure, 3),
                fixed(other, 3)
            ),
            _ => format!("{finding}: what it is compared with is 0 and leaves nothing to lose"),
        };
    }
    let value = number(claim, most);
    format!(
        "{finding}: the {} of {} is {value} here, and {} {}; set a bound {} {value}",
        what(claim),
        who(claim, of),
        claim.threshold,
        asked(claim),
        side(claim)
    )
}

/// Where a number breaks the bound, but so few images do not show it: they would show a quantity of `detectable`.
fn undecided(claim: &Claim, of: Of, (value, detectable): (f64, f64), images: usize, level: Level) -> String {
    let (excess, needed) = (claim.excess(value), claim.excess(detectable));
    // The width of an interval falls with the root of the number of images.
    let needed = at_least(images, (needed / excess).powi(2));
    let end = claim.threshold + value - detectable;
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
    let (what, who) = (what(claim), who(claim, of));
    let finding = match of {
        Of::Worst => format!("it cannot fail on these {images} images{many}: the {what} of {who}"),
        Of::Silence => {
            format!("on these {images} images{many}, it would pass a model that finds nothing: the {what} of {who}")
        }
        Of::Measured => format!("these {images} images cannot tell{many}: the {what}"),
    };
    format!(
        "{finding} is {}, but by its interval it may be {}, and {} {}; take about {needed} images like these{looser}{split}, or \
         judge by the number alone (`rule = \"point\"`)",
        number(claim, value),
        number(claim, end),
        claim.threshold,
        asked(claim),
    )
}

fn asked(claim: &Claim) -> &'static str {
    match claim.bound {
        Bound::Min | Bound::MinGain => "is asked for",
        _ => "is allowed",
    }
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

fn who(claim: &Claim, of: Of) -> &'static str {
    match (claim.bound, claim.better) {
        _ if of == Of::Silence => "one",
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
