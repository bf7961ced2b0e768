//! The judge. A comparison that cannot be made is an error, never a pass.

use super::evidence::{LEAST_CLEAN, SideValues};
use super::power::powerless;
use super::quantity::{quantities, worst};
use super::unseen::unseen;
use super::weigh::Resampled;
use super::{Claim, Combine, Evidence, Ground, Level, Other, Outcome, Side, Unjudged, Verdict, correct};
use crate::eval::Interval;
use crate::failure::FailureKind;
use crate::number::fixed;
use crate::spec::{Bound, Rule};

/// Judges `claim` on `evidence`.
pub fn judge(claim: &Claim, evidence: &Evidence) -> Verdict {
    let verdict = weighed(claim, evidence, Level::Alone);
    refuse_powerless(claim, evidence, Level::Alone, verdict)
}

/// Judges claims that are corrected together (Holm), in their order.
pub fn judge_family(family: &[(&Claim, Evidence)]) -> Vec<Verdict> {
    let weighed = |level| family.iter().map(move |(claim, evidence)| weighed(claim, evidence, level));
    // How many are corrected is known only when each was looked at: what was not judged is not counted.
    let cases = weighed(Level::OneOf(1)).filter(|verdict| verdict.p_value.is_some()).count();
    let level = Level::OneOf(cases.max(1));
    let mut verdicts: Vec<Verdict> = weighed(level).collect();
    correct(&mut family.iter().map(|(claim, _)| *claim).zip(&mut verdicts).collect::<Vec<_>>());
    let checked = family.iter().zip(verdicts);
    checked.map(|((claim, evidence), verdict)| refuse_powerless(claim, evidence, level, verdict)).collect()
}

/// A pass of a claim that could not have failed is an error, and so is what a rule finds beyond chance on images too few for
/// that.
fn refuse_powerless(claim: &Claim, evidence: &Evidence, level: Level, verdict: Verdict) -> Verdict {
    let extreme =
        Some(verdict.outcome).filter(|outcome| *outcome == Outcome::Pass).and_then(|_| evidence.ours.extreme());
    let extreme = extreme.and_then(|extreme| measure(claim, &extreme, evidence, level).ok());
    let most = extreme.as_ref().and_then(|extreme| extreme.value);
    let refused = |reason| Verdict::without_numbers(Outcome::Error(FailureKind::Vacuous), reason);
    let powerless = || {
        let (ground, reason) = powerless(claim, &verdict, extreme.as_ref()?, evidence, level)?;
        // What is lost from clean images, or held by itself, could be as much under any condition.
        let ground = if claim.bound.is_against_other() { ground } else { Ground::Enough };
        Some(Verdict { is_hollow: true, ground, ..refused(reason) })
    };
    let unseen_then = || Some(refused(unseen(claim, extreme.as_ref()?, None, evidence.images, level)?));
    let unseen_now = unseen(claim, &verdict, most, evidence.images, level).map(refused);
    // What this verdict found comes first, then whether it could have failed, then whether a failure would have been
    // believed.
    unseen_now.or_else(powerless).or_else(unseen_then).unwrap_or(verdict)
}

/// Judges by the figures and their resamples, before any correction.
fn weighed(claim: &Claim, evidence: &Evidence, level: Level) -> Verdict {
    measure(claim, &evidence.ours, evidence, level).unwrap_or_else(|unjudged| {
        let Unjudged { outcome, reason, is_hollow, ground } = unjudged;
        Verdict { is_hollow, ground, ..Verdict::without_numbers(outcome, reason) }
    })
}

/// The same of any side in the place of ours.
fn measure(claim: &Claim, side: &Side, evidence: &Evidence, level: Level) -> Result<Verdict, Unjudged> {
    let other = match &evidence.other {
        Some(Other::Side(other)) => Some(other),
        Some(Other::Missing(reason)) => {
            // What is wrong with our own figures comes first: nobody should accept those.
            side.point()?;
            return Err(Unjudged::skipped(reason));
        }
        Some(Other::Incomparable(failure)) => return Err(Unjudged::error(failure.kind, failure.message.clone())),
        None => None,
    };
    let ours = side.point()?;
    let theirs = other.map(Side::point).transpose()?;
    refuse_undefined(claim, &ours)?;
    let found = quantities(claim, &ours, theirs.as_ref())
        .ok_or_else(|| Unjudged::barren(Ground::Nothing, why_nothing(claim)))?;
    let at = worst(claim, &found);
    let quantity = found[at];
    let mut verdict = Verdict {
        outcome: outcome(claim.is_broken(quantity.value)),
        value: Some(quantity.value),
        clean: ours.clean,
        figure: Some(quantity.figure),
        other: quantity.other,
        worst: (found.len() > 1).then(|| ours.figures[at].0.condition.clone()),
        ..Verdict::without_numbers(Outcome::Pass, String::new())
    };
    let excesses: Vec<f64> = found.iter().map(|quantity| claim.excess(quantity.value)).collect();
    weigh(claim, (side, other, evidence.images), &excesses, level, &mut verdict)?;
    Ok(verdict)
}

fn outcome(is_broken: bool) -> Outcome {
    if is_broken { Outcome::Fail } else { Outcome::Pass }
}

/// Why there is no quantity.
fn why_nothing(claim: &Claim) -> &'static str {
    match claim.bound {
        Bound::MaxRelativeRegression => "what it is compared with is 0: there is nothing to take a share of",
        _ => "there is nothing to compare with",
    }
}

fn without_resamples(rule: Rule) -> String {
    format!(
        "rule `{rule}` pairs resamples, and the baseline has none for this: restore the details file that belongs to it, \
         or run the accepted model with this check and accept that run (`windtunnel baseline accept`); or set \
         `rule = \"point\"`"
    )
}

/// Brings in what the resamples say of `excesses`, by which the measured quantities break the bound.
fn weigh(
    claim: &Claim,
    (ours, other, images): (&Side, Option<&Side>, usize),
    excesses: &[f64],
    level: Level,
    verdict: &mut Verdict,
) -> Result<(), Unjudged> {
    if ours.is_undrawn() || other.is_some_and(Side::is_undrawn) {
        return match claim.rule {
            Rule::Point => Ok(()),
            _ if ours.is_undrawn() => Err(Unjudged::error(FailureKind::Vacuous, "no resamples were drawn")),
            // Judging by the figures alone instead would be another rule than the one that was asked for.
            rule => Err(Unjudged::error(FailureKind::Baseline, without_resamples(rule))),
        };
    }
    let excesses_of = |ours: &SideValues<'_>, other: Option<&SideValues<'_>>| {
        Some(quantities(claim, ours, other)?.iter().map(|quantity| claim.excess(quantity.value)).collect())
    };
    let resampled = Resampled::new(ours, other, excesses_of);
    if let Some(unjudged) = too_few(claim, (ours, other, images), &resampled, level) {
        return if claim.rule == Rule::Point { Ok(()) } else { Err(unjudged) };
    }
    let figures = [verdict.figure, verdict.other, verdict.clean].map(|figure| figure.unwrap_or_default().abs());
    let rounding = claim.drawn_rounding(figures.into_iter().fold(0.0, f64::max));
    let weigh = |tail| resampled.weigh(claim, excesses, tail, rounding);
    let Some(weight) = weigh(Level::Alone.tail(claim)) else { return Ok(()) };
    let (low, high) = (claim.quantity(weight.excess.low), claim.quantity(weight.excess.high));
    verdict.interval = Some(Interval { low: low.min(high), high: low.max(high) });
    let Some(is_broken) = weight.is_broken(claim.rule, rounding) else { return Ok(()) };
    verdict.outcome = outcome(is_broken);
    verdict.inconclusive = weight.excess.low <= rounding && weight.excess.high > rounding;
    if claim.rule == Rule::Significant {
        let now = excesses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        verdict.detectable = weigh(level.tail(claim)).map(|weight| claim.quantity(now - weight.excess.low));
    }
    verdict.p_value = Some(if claim.rule == Rule::Significant { weight.holds } else { weight.breaks });
    Ok(())
}

/// Why the resamples cannot decide, if so.
fn too_few(
    claim: &Claim,
    (ours, other, images): (&Side, Option<&Side>, usize),
    resampled: &Resampled,
    level: Level,
) -> Option<Unjudged> {
    if let Some(unjudged) = resampled.undefined(images) {
        return Some(unjudged);
    }
    let (drawn, defined) = (resampled.drawn(), resampled.defined());
    let needed = level.resamples(claim);
    if defined >= needed {
        return None;
    }
    let cases = level.cases().unwrap_or(1);
    let reason = format!("it cannot be decided as one of {cases} corrected cases: that takes {needed} resamples");
    let ours = ours.all().filter_map(|reading| Some(reading.draws.as_ref()?.len())).min().unwrap_or(0);
    Some(if other.is_some() && drawn < ours {
        let way_out = format!(
            "the baseline holds {drawn}: run the accepted model with `resamples = {}` in [defaults] and accept that run \
             (`windtunnel baseline accept`), or split the check",
            ours.max(needed)
        );
        Unjudged::error(FailureKind::Baseline, format!("{reason}, and {way_out}"))
    } else {
        // As many more as have no figure now.
        let more = (needed as f64 * drawn as f64 / defined as f64).ceil() as usize;
        let way_out = format!("set `resamples = {more}` in [defaults], or split the check");
        Unjudged::error(FailureKind::Vacuous, format!("{reason}, and {defined} have a figure; {way_out}"))
    })
}

/// Refuses a comparison with clean images that has no meaning.
fn refuse_undefined(claim: &Claim, ours: &SideValues<'_>) -> Result<(), Unjudged> {
    let is_share = claim.bound == Bound::MaxRelativeDrop || claim.combine == Combine::ShareOfClean;
    match ours.clean {
        None if is_share || claim.bound == Bound::MaxDrop || claim.combine == Combine::RelativeCorruptionError => {
            Err(Unjudged::error(FailureKind::Vacuous, "there is no clean figure to compare with"))
        }
        Some(clean) if is_share && clean < LEAST_CLEAN => {
            let reason = format!("the clean figure is {}: there is nothing to take a share of", fixed(clean, 3));
            Err(Unjudged { is_hollow: true, ..Unjudged::error(FailureKind::Vacuous, reason) })
        }
        _ => Ok(()),
    }
}
