//! What people should know of a run beside its verdicts.

use crate::plan::{Against, Case, Plan};
use crate::position::CellAt;
use crate::run::findings::Findings;
use crate::run::findings::judge::Judged;
use crate::spec::Bound;

/// What the plan, the answers and the verdicts give to note.
pub fn notes(findings: &Findings<'_>, verdicts: &[Judged]) -> Vec<String> {
    let Findings { plan, predictions, .. } = findings;
    let told = plan.notes.iter().chain(&predictions.notes).cloned();
    told.chain(stale(plan, verdicts)).chain(partial(plan)).collect()
}

/// Accepted figures that are beaten beyond what a check tolerates: a later loss of that much would go unseen.
fn stale(plan: &Plan, verdicts: &[Judged]) -> Option<String> {
    let gain = |(case, judged): (&Case, &Judged)| {
        let is_accepted = case.other == Some(Against::Baseline) && case.claim.bound == Bound::MaxRegression;
        let least = match judged.verdict.interval {
            Some(interval) => -interval.high,
            None => -judged.verdict.value?,
        };
        let gain = -judged.verdict.value?;
        (is_accepted && least > case.claim.threshold.max(0.0)).then(|| format!("{} +{gain:.3}", case.on))
    };
    let gains: Vec<String> = plan.cases.iter().zip(verdicts).filter_map(gain).collect();
    let accept = "accept this run to hold what was gained: `windtunnel baseline accept`";
    (!gains.is_empty()).then(|| format!("the baseline is stale ({}): {accept}", gains.join(", ")))
}

/// Models whose figures of many conditions are not over all of them: beside others they could mislead.
fn partial(plan: &Plan) -> Vec<String> {
    let all = plan.conditions.iter().filter(|planned| !planned.condition.is_clean()).count();
    let mut notes = Vec::new();
    for (model, planned) in plan.models.numbered() {
        for (dataset, data) in plan.datasets.numbered() {
            let is_perturbed = |cell: &CellAt| !plan.condition_of(*cell).is_clean();
            let run = plan.cells_of(model, dataset).filter(is_perturbed).count();
            if run > 0 && run < all {
                let (model, dataset) = (&planned.name, &data.name);
                notes.push(format!("mPC, rPC and risk of `{model}` on `{dataset}` are over {run} of {all} conditions"));
            }
        }
    }
    notes
}
