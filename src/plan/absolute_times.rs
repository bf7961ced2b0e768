//! What a bound in milliseconds means.

use super::Plan;
use super::model::Case;
use crate::spec::Bound;

/// That absolute times are of one machine, where a check holds a model to them.
pub fn notes(plan: &Plan) -> Vec<String> {
    let is_absolute = |case: &&Case| case.read.speed().is_some() && matches!(case.claim.bound, Bound::Min | Bound::Max);
    let Some(case) = plan.cases.iter().find(is_absolute) else { return Vec::new() };
    vec![format!(
        "{}: times are those of the machine it runs on, and one of a CI service is shared; `max_relative_regression` against a \
         `reference` in the same run holds anywhere",
        case.id
    )]
}
