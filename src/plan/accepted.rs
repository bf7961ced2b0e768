//! What is known before a run of what its figures are compared with: the baseline lacks them, or holds too little of them.

use super::{Against, Case, Plan};
use crate::baseline::Baseline;
use crate::gate;
use crate::spec::Rule;

/// Cases that a note names; of more it tells the number.
const SHOWN_CASES: usize = 3;

/// Says that there is nothing yet to compare with, as a whole or for some cases: from a misspelt path, or a renamed model,
/// that looks the same. And that figures were accepted without the resamples that the rule of a case needs.
pub fn notes(plan: &Plan) -> Vec<String> {
    let compared = || plan.cases.iter().filter(|case| case.other == Some(Against::Baseline));
    let what = if plan.baseline.is_required { "an error" } else { "skipped" };
    let path = &plan.baseline.path;
    let baseline = match &plan.baseline.state {
        Err(_) => return Vec::new(),
        Ok(None) => {
            let waiting = compared().count();
            let note =
                format!("there is no baseline at {path}: what is compared with it ({waiting} of the cases) is {what}");
            return (waiting > 0).then_some(note).into_iter().collect();
        }
        Ok(Some(baseline)) => baseline,
    };
    let lacks = |case: &Case, has: &dyn Fn(&str) -> bool| {
        case.cells.iter().chain(&case.clean).any(|&cell| !has(&plan.figure_key(case, cell)))
    };
    let is_unknown = |case: &Case| lacks(case, &|key| baseline.entries.contains_key(key));
    let is_undrawn = |case: &Case| case.claim.rule != Rule::Point && lacks(case, &|key| baseline.has_draws(key));
    let (unknown, known): (Vec<&Case>, Vec<&Case>) = compared().partition(|case| is_unknown(case));
    let undrawn: Vec<&Case> = known.into_iter().filter(|case| is_undrawn(case)).collect();
    let unknown = some(&unknown)
        .map(|ids| format!("the baseline at {path} has no figure for {ids}: what is compared with it is {what}"));
    let undrawn = some(&undrawn).map(|ids| {
        format!("the baseline at {path} has no resamples for {ids}, which their rule pairs: that is an error")
    });
    unknown.into_iter().chain(undrawn).chain(undecidable(plan, baseline)).collect()
}

/// Says of which cases too few resamples were accepted to decide them among those that they are corrected with.
fn undecidable(plan: &Plan, baseline: &Baseline) -> Option<String> {
    let together = |family: usize| plan.cases.iter().filter(|case| case.family == Some(family)).count();
    let needed = |case: &Case| case.family.map(|family| gate::resamples_for(together(family), case.claim.confidence));
    let least = |case: &Case| {
        let cells = case.cells.iter().chain(&case.clean);
        cells.filter_map(|&cell| baseline.draws(&plan.figure_key(case, cell)).map(|draws| draws.len())).min()
    };
    let compared = plan.cases.iter().filter(|case| case.other == Some(Against::Baseline));
    let few = compared.filter_map(|case| Some((case, least(case)?, needed(case)?)));
    let few: Vec<(&Case, usize, usize)> = few.filter(|(_, held, needed)| held < needed).collect();
    let (_, held, needed) = few.first()?;
    let ids = some(&few.iter().map(|(case, ..)| *case).collect::<Vec<_>>())?;
    Some(format!(
        "the baseline at {} holds {held} resamples for {ids}, and as corrected cases they take {needed}: that is an error",
        plan.baseline.path
    ))
}

/// The ids of the first few cases, and how many more there are; `None` of none.
fn some(cases: &[&Case]) -> Option<String> {
    let more = cases.len().saturating_sub(SHOWN_CASES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown = cases.iter().take(SHOWN_CASES).map(|case| case.id.as_str()).collect::<Vec<_>>().join(", ");
    (!cases.is_empty()).then(|| format!("{shown}{more}"))
}
