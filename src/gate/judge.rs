//! The judge. A comparison that cannot be made is an error, never a pass.

use super::evidence::Values;
use super::{Claim, Combine, Evidence, Other, Outcome, Reading, Side, Verdict};
use crate::eval::{Interval, p_value};
use crate::failure::{FailureKind, Measured};
use crate::metric::Better;
use crate::spec::{Bound, Rule};

/// The least share of resamples that must have a figure for an interval to mean something.
const MIN_DEFINED: f64 = 0.95;

/// Why there are no numbers to judge by.
struct Unjudged {
    /// Error or skipped.
    outcome: Outcome,
    reason: String,
}

/// Judges `claim` on `evidence`.
#[must_use]
pub fn judge(claim: &Claim, evidence: &Evidence) -> Verdict {
    measure(claim, evidence).unwrap_or_else(|Unjudged { outcome, reason }| Verdict::without_numbers(outcome, reason))
}

fn measure(claim: &Claim, evidence: &Evidence) -> Result<Verdict, Unjudged> {
    let other = match &evidence.other {
        Some(Other::Side(side)) => Some(side),
        Some(Other::Missing(reason)) => {
            // What is wrong with our own figures comes first: nobody should accept those.
            point(&evidence.ours)?;
            return Err(skipped(reason));
        }
        Some(Other::Incomparable(failure)) => return Err(error(failure.kind, failure.message.clone())),
        None => None,
    };
    let ours = point(&evidence.ours)?;
    let theirs = other.map(point).transpose()?;
    refuse_vacuous(claim, &ours)?;
    refuse_endless(claim, theirs.as_ref())?;
    let figure = ours.combined(claim).ok_or_else(|| error(FailureKind::Vacuous, no_figure(claim)))?;
    let other_figure = theirs.as_ref().and_then(|values| values.combined(claim));
    let value = quantity(claim, &ours, theirs.as_ref())
        .ok_or_else(|| error(FailureKind::Vacuous, "there is nothing to compare with"))?;
    let mut verdict = Verdict {
        outcome: outcome(claim.excess(value) > 0.0),
        value: Some(value),
        clean: ours.clean,
        figure: Some(figure),
        other: other_figure,
        ..Verdict::without_numbers(Outcome::Pass, String::new())
    };
    weigh(claim, evidence, other, &mut verdict)?;
    Ok(verdict)
}

fn outcome(is_broken: bool) -> Outcome {
    if is_broken { Outcome::Fail } else { Outcome::Pass }
}

/// Brings in what the resamples say.
fn weigh(claim: &Claim, evidence: &Evidence, other: Option<&Side>, verdict: &mut Verdict) -> Result<(), Unjudged> {
    if other.is_some_and(|side| side.all().any(|reading| reading.draws.is_none())) {
        if claim.rule != Rule::Point {
            verdict.note =
                "judged by the figures alone (rule `point`): the baseline holds no resamples to pair with".into();
        }
        return Ok(());
    }
    if evidence.ours.all().any(|reading| reading.draws.is_none()) {
        return if claim.rule == Rule::Point {
            Ok(())
        } else {
            Err(error(FailureKind::Vacuous, "no resamples were drawn"))
        };
    }
    let drawn = draws(claim, &evidence.ours, other);
    let quantities: Vec<f64> = drawn.iter().flatten().copied().collect();
    if (quantities.len() as f64) < MIN_DEFINED * drawn.len() as f64 || quantities.is_empty() {
        let reason = format!(
            "in {} of {} resamples there is nothing to measure it on: take more images",
            drawn.len() - quantities.len(),
            drawn.len()
        );
        return if claim.rule == Rule::Point { Ok(()) } else { Err(error(FailureKind::Vacuous, reason)) };
    }
    let interval = match (claim.bound, verdict.value) {
        (Bound::Min | Bound::Max, Some(value)) => Interval::bias_corrected(&quantities, value, claim.confidence),
        _ => Interval::percentile(&quantities, claim.confidence),
    };
    let Some(interval) = interval else { return Ok(()) };
    verdict.interval = Some(interval);
    let excess = |quantity: f64| claim.excess(quantity);
    let excesses: Vec<f64> = quantities.iter().map(|&quantity| excess(quantity)).collect();
    let (least, most) = ordered(excess(interval.low), excess(interval.high));
    let now = excess(verdict.value.unwrap_or_default());
    match claim.rule {
        Rule::Point => {}
        Rule::Significant => {
            verdict.outcome = outcome(least > 0.0);
            verdict.inconclusive = least <= 0.0 && most > 0.0;
            verdict.detectable = Some(match claim.bound {
                Bound::Min | Bound::MinGain => claim.threshold - (now - least),
                _ => claim.threshold + (now - least),
            });
            verdict.p_value = Some(p_value(&excesses, 0.0));
        }
        Rule::NonInferior => {
            verdict.outcome = outcome(most > 0.0);
            verdict.inconclusive = least <= 0.0 && most > 0.0;
            verdict.p_value = Some(p_value(&excesses.iter().map(|excess| -excess).collect::<Vec<_>>(), 0.0));
        }
    }
    Ok(())
}

fn ordered(one: f64, other: f64) -> (f64, f64) {
    (one.min(other), one.max(other))
}

/// The quantity on every resample; the same images are drawn for all readings.
fn draws(claim: &Claim, ours: &Side, other: Option<&Side>) -> Vec<Option<f64>> {
    let count = |side: &Side| side.all().filter_map(|reading| Some(reading.draws.as_ref()?.len())).min();
    let count = count(ours).into_iter().chain(other.and_then(count)).min().unwrap_or(0);
    let drawn = |at: usize| {
        let number = |reading: &Reading| reading.draws.as_ref()?[at];
        let theirs = match other {
            Some(side) => Some(side.values(number)?),
            None => None,
        };
        quantity(claim, &ours.values(number)?, theirs.as_ref()).filter(|quantity| quantity.is_finite())
    };
    (0..count).map(drawn).collect()
}

/// The numbers of a side as they were measured.
fn point(side: &Side) -> Result<Values<'_>, Unjudged> {
    if let Some(reason) = side.all().find_map(blocked) {
        return Err(skipped(&reason));
    }
    if let Some(unmeasured) = side.all().find_map(|reading| value(reading).err()) {
        return Err(unmeasured);
    }
    side.values(|reading| value(reading).ok()).ok_or_else(|| error(FailureKind::Vacuous, "it reads no figure"))
}

fn blocked(reading: &Reading) -> Option<String> {
    match &reading.figure {
        Measured::Blocked(reason) => Some(reason.clone()),
        Measured::Value(_) | Measured::Failed(_) => None,
    }
}

fn value(reading: &Reading) -> Result<f64, Unjudged> {
    match &reading.figure {
        Measured::Value(Some(value)) if value.is_finite() => Ok(*value),
        Measured::Value(Some(value)) => Err(error(FailureKind::NonFinite, format!("the figure is {value}"))),
        Measured::Value(None) => Err(error(
            FailureKind::Vacuous,
            "there is nothing to measure it on: no object, or no detection of at least `min_confidence` (on clean images, for what compares with them)",
        )),
        Measured::Failed(failure) => Err(error(failure.kind, failure.message.clone())),
        Measured::Blocked(reason) => Err(skipped(reason)),
    }
}

fn error(kind: FailureKind, reason: impl Into<String>) -> Unjudged {
    Unjudged { outcome: Outcome::Error(kind), reason: reason.into() }
}

fn skipped(reason: &str) -> Unjudged {
    Unjudged { outcome: Outcome::Skipped, reason: reason.to_owned() }
}

fn no_figure(claim: &Claim) -> &'static str {
    match claim.combine {
        Combine::ShareOfClean => "the clean figure is 0: there is nothing to take a share of",
        Combine::Mean | Combine::Worst | Combine::Groups => "it reads no figure",
    }
}

/// What the threshold is held against; `None` where it is undefined.
fn quantity(claim: &Claim, ours: &Values<'_>, other: Option<&Values<'_>>) -> Option<f64> {
    let loss = |other, figure| claim.better.loss(other, figure);
    match claim.bound {
        Bound::Min | Bound::Max => ours.combined(claim),
        Bound::MaxDrop => Some(loss(ours.clean?, ours.combined(claim)?)),
        Bound::MaxRelativeDrop => {
            Some(loss(ours.clean?, ours.combined(claim)?) / ours.clean.filter(|clean| *clean > 0.0)?)
        }
        Bound::MaxRegression => regression(claim, ours, other?),
        Bound::MinGain => regression(claim, ours, other?).map(|lost| -lost),
    }
}

/// How much worse than the other side.
fn regression(claim: &Claim, ours: &Values<'_>, other: &Values<'_>) -> Option<f64> {
    if claim.combine == Combine::Worst {
        let pairs = ours.figures.iter().zip(&other.figures);
        return pairs.map(|((_, ours), (_, other))| claim.better.loss(*other, *ours)).reduce(f64::max);
    }
    Some(claim.better.loss(other.combined(claim)?, ours.combined(claim)?))
}

/// Refuses comparisons with another model or version that even a model without any answer would stand.
fn refuse_endless(claim: &Claim, theirs: Option<&Values<'_>>) -> Result<(), Unjudged> {
    let Some(theirs) = theirs.filter(|_| claim.better == Better::Higher) else { return Ok(()) };
    let allowed = match claim.bound {
        Bound::MaxRegression => claim.threshold,
        Bound::MinGain => -claim.threshold,
        Bound::Min | Bound::Max | Bound::MaxDrop | Bound::MaxRelativeDrop => return Ok(()),
    };
    let figures = theirs.figures.iter().map(|(_, figure)| *figure);
    let most = match claim.combine {
        Combine::Worst => figures.fold(f64::NEG_INFINITY, f64::max),
        Combine::Mean | Combine::ShareOfClean | Combine::Groups => theirs.combined(claim).unwrap_or(0.0),
    };
    if allowed >= most {
        let reason =
            format!("a loss of {allowed} is allowed, but the figure compared with is only {most:.4}: it cannot fail");
        return Err(error(FailureKind::Vacuous, reason));
    }
    Ok(())
}

/// Refuses comparisons with a clean figure that leave nothing to lose.
fn refuse_vacuous(claim: &Claim, ours: &Values<'_>) -> Result<(), Unjudged> {
    let clean = || ours.clean.ok_or_else(|| error(FailureKind::Vacuous, "there is no clean figure to compare with"));
    match claim.bound {
        Bound::MaxDrop => {
            let (clean, allowed) = (clean()?, claim.threshold);
            if claim.better == Better::Higher && allowed >= clean {
                let reason =
                    format!("a drop of {allowed} is allowed, but the clean figure is only {clean:.4}: it cannot fail");
                return Err(error(FailureKind::Vacuous, reason));
            }
            Ok(())
        }
        Bound::MaxRelativeDrop if clean()? <= 0.0 => {
            Err(error(FailureKind::Vacuous, "the clean figure is 0: there is nothing to drop from"))
        }
        _ => Ok(()),
    }
}
