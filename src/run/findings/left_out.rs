//! The way out of checks that cannot be judged for the sake of some of their conditions: the line that leaves those out.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::ConditionName;
use crate::failure::FailureKind;
use crate::gate::{self, Claim, Evidence, Ground, Outcome, Verdict};
use crate::plan::{Case, Plan, Scope};
use crate::position::ConditionAt;

/// The conditions for whose sake `verdict` is none: those that `case` reads, or those of them that tell nothing beside others.
pub(super) fn barren(
    plan: &Plan,
    case: &Case,
    claim: &Claim,
    evidence: &Evidence,
    verdict: &Verdict,
) -> Vec<ConditionAt> {
    if !is_barren(verdict) {
        return Vec::new();
    }
    let own: Vec<ConditionAt> = case.cells.iter().map(|&cell| plan.cells[cell].condition).collect();
    if let [_] = own[..] {
        return own;
    }
    let found = gate::barren(claim, evidence);
    own.into_iter().filter(|&at| found.contains(&ConditionName::from(&plan.conditions[at].condition))).collect()
}

fn is_barren(verdict: &Verdict) -> bool {
    verdict.ground != Ground::Enough && verdict.outcome == Outcome::Error(FailureKind::Vacuous)
}

/// Adds the way out to the verdicts on `cases`, of which `barren` are the conditions that the check cannot be judged under: one line
/// for all cases of a check.
pub(super) fn advise<'v>(
    plan: &Plan,
    cases: &[Case],
    barren: &[Vec<ConditionAt>],
    verdicts: impl Iterator<Item = &'v mut Verdict>,
) {
    let verdicts: Vec<&mut Verdict> = verdicts.collect();
    let (mut of_checks, mut want_images) = (BTreeMap::<usize, BTreeSet<ConditionAt>>::new(), BTreeSet::new());
    for ((case, barren), verdict) in cases.iter().zip(barren).zip(&verdicts) {
        of_checks.entry(case.scope.check).or_default().extend(barren);
        if verdict.ground == Ground::FewImages {
            want_images.insert(case.scope.check);
        }
    }
    // Each is looked for in all conditions, and many cases may have it.
    let mut ways_out: BTreeMap<usize, Option<String>> = BTreeMap::new();
    for ((case, barren), verdict) in cases.iter().zip(barren).zip(verdicts) {
        // What was found out since may say more of the model than of its conditions: above all that it is silent.
        if barren.is_empty() || !is_barren(verdict) || verdict.silence.is_some() {
            continue;
        }
        let check = case.scope.check;
        let way_out = || way_out(plan, &case.scope, &of_checks[&check], want_images.contains(&check));
        let told = ways_out.entry(check).or_insert_with(way_out);
        if let Some(way_out) = told {
            verdict.reason = format!("{}; {way_out}", verdict.reason);
        }
    }
}

/// Names of conditions that a message shows beside those that are left.
const SHOWN: usize = 8;

fn way_out(plan: &Plan, scope: &Scope, barren: &BTreeSet<ConditionAt>, wants_images: bool) -> Option<String> {
    // Where clean images are not enough, or nothing is left and more images would do, no condition is at fault.
    let on = plan.on_without(scope, barren);
    if barren.iter().any(|&at| plan.conditions[at].is_clean()) || (on.is_none() && wants_images) {
        return None;
    }
    let mut names: Vec<String> =
        barren.iter().take(SHOWN).map(|&at| plan.conditions[at].condition.to_string()).collect();
    if barren.len() > SHOWN {
        names.push(format!("... ({} conditions)", barren.len()));
    }
    let sections: BTreeSet<String> = barren.iter().filter_map(|&at| plan.section_of_level(at)).collect();
    let sections = sections.into_iter().collect::<Vec<_>>().join(", ");
    let milder = (!sections.is_empty()).then(|| format!("set milder levels in {sections}"));
    let levels = if scope.is_by_level { " with the thresholds of the levels that are left" } else { "" };
    let left_out = on.map(|on| format!("write `{on}`{levels} in the check"));
    let ways: Vec<String> = left_out.into_iter().chain(milder).collect();
    (!ways.is_empty()).then(|| format!("the check cannot be judged under {}: {}", names.join(", "), ways.join(", or ")))
}
