//! What checks of speed mean, and what they cost.

use super::Plan;
use super::model::Case;
use crate::spec::Bound;

/// That absolute times are of one machine, and that calls of a hosted model may have to be paid for.
pub fn notes(plan: &Plan) -> Vec<String> {
    let timed = || plan.cases.iter().filter(|case| case.read.speed().is_some());
    let is_absolute = |case: &&Case| matches!(case.claim.bound, Bound::Min | Bound::Max);
    let of_machine = timed().find(is_absolute).map(|case| {
        format!(
            "{}: times are those of the machine it runs on, and one of a CI service is shared; `max_relative_regression` \
             against a `reference` in the same run holds anywhere",
            case.id
        )
    });
    let is_hosted = |case: &&Case| {
        let models = case.every_cell().map(|cell| &plan.models[plan.cells[cell].model]);
        models.into_iter().any(|model| model.state.as_ref().is_ok_and(|model| model.is_hosted()))
    };
    let of_hosted = timed().find(is_hosted).map(|case| {
        let calls = plan.settings.latency_calls;
        format!("{}: takes {calls} calls of a hosted model beside its answers, at each run (`latency_calls`)", case.id)
    });
    of_machine.into_iter().chain(of_hosted).collect()
}
