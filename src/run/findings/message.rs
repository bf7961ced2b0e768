//! The verdict of a case in one line, with the numbers it rests on.

use super::judge::Judged;
use crate::eval::Interval;
use crate::gate::{Combine, Outcome, Verdict};
use crate::metric::Better;
use crate::number::fixed;
use crate::plan::{Against, Case, Plan};
use crate::run::sights::would_tell;
use crate::spec::{Bound, Rule};

/// What a case is compared with.
fn other_name(plan: &Plan, case: &Case) -> Option<String> {
    Some(match case.other.as_ref()? {
        Against::Baseline => "baseline".to_owned(),
        Against::Reference { model, .. } => plan.models[*model].name.clone(),
    })
}

/// `map drop 0.112 > 0.080 (clean 0.523 -> 0.411, 95% CI 0.094..0.131, n=500)`; of a sample or a slice: `n=50 of 500`.
/// `verdict` is the one of `judged`, or the same for who knows some of it.
pub fn message(plan: &Plan, case: &Case, judged: &Judged, verdict: &Verdict, (count, images): (usize, &str)) -> String {
    let (Some(value), Some(figure)) = (verdict.value, verdict.figure) else { return verdict.reason.clone() };
    let threshold = judged.claim.threshold;
    let (what, holds, broken) = match case.claim.bound {
        Bound::Min => ("", ">=", "<"),
        Bound::Max => ("", "<=", ">"),
        Bound::MaxDrop if case.claim.better == Better::Lower => (" increase", "<=", ">"),
        Bound::MaxRelativeDrop if case.claim.better == Better::Lower => (" relative increase", "<=", ">"),
        Bound::MaxDrop => (" drop", "<=", ">"),
        Bound::MaxRelativeDrop => (" relative drop", "<=", ">"),
        Bound::MaxRegression => (" regression", "<=", ">"),
        Bound::MaxRelativeRegression => (" relative regression", "<=", ">"),
        Bound::MinGain => (" gain", ">=", "<"),
    };
    // The numbers' own relation: a rule may let pass what the number alone breaks.
    let is_broken = judged.claim.is_broken(value);
    let relation = if is_broken { broken } else { holds };
    let of_category = case.category.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let of_slice = case.slice.as_ref().map(|slice| format!(" on {slice}")).unwrap_or_default();
    let is_count = |number: f64| case.metric.data().is_some() && number.fract() == 0.0;
    let digits = if is_count(value) && is_count(threshold) {
        0
    } else if !is_broken && judged.claim.excess(value) > 0.0 {
        // The bound holds but for what arithmetic rounds: no decimals are to say otherwise.
        LEAST_DIGITS
    } else {
        digits(value, threshold)
    };
    let mut facts = Vec::new();
    let at = verdict.worst.as_ref().map(|condition| format!("worst at {condition}: ")).unwrap_or_default();
    if let (Some(other), Some(name)) = (verdict.other, other_name(plan, case)) {
        facts.push(format!("{at}{name} {} -> {}", fixed(other, 3), fixed(figure, 3)));
    } else if let (Combine::ShareOfClean, Some(clean)) = (case.claim.combine, verdict.clean) {
        facts.push(format!("{} clean {clean:.3} -> mPC {:.3}", case.read.name, clean * figure));
    } else if let Some(clean) = verdict.clean {
        facts.push(format!("{at}clean {clean:.3} -> {figure:.3}"));
    } else if let Some(condition) = &verdict.worst {
        facts.push(format!("worst at {condition}"));
    }
    if let Some(Interval { low, high }) = verdict.interval {
        facts.push(format!("{}% CI {}..{}", 100.0 * case.claim.confidence, fixed(low, digits), fixed(high, digits)));
    }
    facts.push(format!("n={images}"));
    facts.extend(judged.categories.map(|(few, all)| format!("over {few} of {all} categories")));
    // A figure of two models says of which.
    let with_other = case.metric.parity().and_then(|_| other_name(plan, case));
    let with_other = with_other.map(|name| format!(" with {name}")).unwrap_or_default();
    let mut text = format!(
        "{}{with_other}{of_category}{of_slice}{what} {} {relation} {} ({})",
        case.metric.name,
        fixed(value, digits),
        fixed(threshold, digits),
        facts.join(", ")
    );
    text.push_str(&certainty(case, judged, digits));
    text.push_str(&more_images(plan, case, judged, count));
    text.push_str(&note(verdict));
    text
}

/// How sure the verdict is, where a rule asks.
fn certainty(case: &Case, judged: &Judged, digits: usize) -> String {
    let verdict = &judged.verdict;
    let corrected = if case.family.is_some() { " (corrected for the check's many cases)" } else { "" };
    match (case.claim.rule, verdict.outcome) {
        (Rule::Significant, Outcome::Fail) => format!("; significant{corrected}"),
        (Rule::NonInferior, Outcome::Pass) => format!("; non-inferior{corrected}"),
        (Rule::Significant, _) if verdict.withheld => format!(
            "; inconclusive: significant by itself, not as one of the check's many cases (corrected p {}); as one of them \
             these {} can show {}",
            p_value(verdict.p_value),
            units(case),
            shown(case, verdict.detectable, digits)
        ),
        (Rule::NonInferior, _) if verdict.withheld => format!(
            "; inconclusive: shown to hold by itself, not as one of the check's many cases (corrected p {})",
            p_value(verdict.p_value)
        ),
        (Rule::NonInferior, _) if verdict.inconclusive => "; inconclusive: not shown to hold".to_owned(),
        (Rule::Significant, _) if verdict.inconclusive => {
            format!("; inconclusive: these {} can show {}", units(case), shown(case, verdict.detectable, digits))
        }
        _ => String::new(),
    }
}

/// How many images would decide what these leave open.
fn more_images(plan: &Plan, case: &Case, judged: &Judged, images: usize) -> String {
    let told = would_tell(plan, case, &judged.claim, &judged.verdict, images);
    let told = told.filter(|_| judged.verdict.inconclusive && case.claim.rule != Rule::Point);
    told.map(|told| format!("; {told}")).unwrap_or_default()
}

fn note(verdict: &Verdict) -> String {
    if verdict.note.is_empty() { String::new() } else { format!("; {}", verdict.note) }
}

/// What a figure is measured on.
fn units(case: &Case) -> &'static str {
    if case.read.speed().is_some() { "calls" } else { "images" }
}

/// The least that would have been found.
fn shown(case: &Case, detectable: Option<f64>, digits: usize) -> String {
    let direction = match case.claim.bound {
        Bound::Min | Bound::MinGain => "less",
        _ => "more",
    };
    format!("{} or {direction}", fixed(detectable.unwrap_or_default(), digits))
}

fn p_value(p_value: Option<f64>) -> String {
    format!("{:.3}", p_value.unwrap_or(1.0))
}

/// Decimals of numbers that need no more.
const LEAST_DIGITS: usize = 3;

/// As many decimals as it takes to see a difference, three if there is none to see.
fn digits(value: f64, threshold: f64) -> usize {
    let differ = |digits: &usize| fixed(value, *digits) != fixed(threshold, *digits);
    (LEAST_DIGITS..=9).find(differ).unwrap_or(LEAST_DIGITS)
}
