//! Judge: every case of the plan on the figures of its cells.

use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::failure::Measured;
use crate::gate::{self, Evidence, Reading, Verdict};
use crate::plan::{Case, Plan};
use crate::score::Scorecard;

/// The verdict of every case, in the order of the plan.
pub fn judge(plan: &Plan, scorecard: &Scorecard) -> Vec<Verdict> {
    plan.cases.iter().map(|case| gate::judge(&case.claim, &evidence(plan, case, scorecard))).collect()
}

fn evidence(plan: &Plan, case: &Case, scorecard: &Scorecard) -> Evidence {
    let data = plan.datasets[case.dataset].state.as_ref().ok();
    let read = |&cell: &usize| reading(case, data, scorecard, cell);
    let named = |cell: &usize| (perturbation(plan, *cell), read(cell));
    Evidence { clean: case.clean.as_ref().map(read), readings: case.cells.iter().map(named).collect() }
}

fn reading(case: &Case, data: Option<&Dataset>, scorecard: &Scorecard, cell: usize) -> Reading {
    let category = case.category.as_ref().and_then(|name| data?.category(name)).map(|category| category.id);
    scorecard.cells[cell].and_then(|score| Measured::Value(score.figure(case.metric, category)))
}

fn perturbation(plan: &Plan, cell: usize) -> String {
    match &plan.conditions[plan.cells[cell].condition].condition {
        Condition::Clean => Condition::Clean.to_string(),
        Condition::Perturbed { perturbation, .. } => perturbation.clone(),
    }
}
