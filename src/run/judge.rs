//! Judge: every case of the plan on the figures of its cells.

use crate::condition::Condition;
use crate::failure::Measured;
use crate::gate::{self, Evidence, Reading, Verdict};
use crate::plan::{Case, Plan};
use crate::score::{CellScore, Scorecard};

/// A verdict, and on how much of the dataset's categories it rests.
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Where a drop had to be taken over fewer categories than the clean cell has (a perturbation can move all objects
    /// of a category out of the pictures): how many, of how many.
    pub categories: Option<(usize, usize)>,
}

/// The verdict of every case, in the order of the plan.
pub fn judge(plan: &Plan, scorecard: &Scorecard) -> Vec<Judged> {
    plan.cases.iter().map(|case| judge_case(plan, case, scorecard)).collect()
}

fn judge_case(plan: &Plan, case: &Case, scorecard: &Scorecard) -> Judged {
    let common = common_categories(case, scorecard);
    let read = |&cell: &usize| {
        scorecard.cells[cell].and_then(|score| Measured::Value(figure(plan, case, score, common.as_deref())))
    };
    let named = |cell: &usize| -> (String, Reading) { (perturbation(plan, *cell), read(cell)) };
    let evidence = Evidence { clean: case.clean.as_ref().map(read), readings: case.cells.iter().map(named).collect() };
    let all =
        case.clean.and_then(|clean| scorecard.cells[clean].value()).map(|clean| clean.measured(case.metric).len());
    let categories = common.as_ref().zip(all).map(|(common, all)| (common.len(), all));
    Judged { verdict: gate::judge(&case.claim, &evidence), categories }
}

/// The categories that every cell of a comparison has, where they are not the same in all; `None` where they are, or
/// where nothing is compared.
fn common_categories(case: &Case, scorecard: &Scorecard) -> Option<Vec<u64>> {
    let clean = scorecard.cells[case.clean.filter(|_| case.category.is_none())?].value()?.measured(case.metric);
    let cells = case.cells.iter().filter_map(|&cell| scorecard.cells[cell].value());
    let others: Vec<Vec<u64>> = cells.map(|score| score.measured(case.metric)).collect();
    if others.iter().all(|other| *other == clean) {
        return None;
    }
    Some(clean.into_iter().filter(|id| others.iter().all(|other| other.contains(id))).collect())
}

fn figure(plan: &Plan, case: &Case, score: &CellScore, common: Option<&[u64]>) -> Option<f64> {
    match (common, &case.category) {
        (Some(common), _) => score.mean_over(case.metric, common),
        (None, None) => score.figure(case.metric, None),
        (None, Some(name)) => {
            let data = plan.datasets[case.dataset].state.as_ref().ok()?;
            score.figure(case.metric, Some(data.category(name)?.id))
        }
    }
}

fn perturbation(plan: &Plan, cell: usize) -> String {
    match &plan.conditions[plan.cells[cell].condition].condition {
        Condition::Clean => Condition::Clean.to_string(),
        Condition::Perturbed { perturbation, .. } => perturbation.clone(),
    }
}
