//! Conditions and this program, as every record names them.

use crate::condition::ConditionName;
use crate::perturb::Step;
use crate::plan::PlannedCondition;
use crate::record::{ConditionRecord, StepRecord, Tool};

/// This program.
pub fn tool() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// A condition, with everything that is done to pictures.
pub fn condition_record(seed: u64, planned: &PlannedCondition) -> ConditionRecord {
    ConditionRecord {
        name: ConditionName::from(&planned.condition),
        digest: planned.digest(seed),
        steps: planned.steps().iter().map(step).collect(),
    }
}

fn step(step: &Step) -> StepRecord {
    let kind = step.perturbation;
    let names = kind.parameters.iter().map(|parameter| parameter.name.to_owned());
    StepRecord {
        kind: kind.entry.name.to_owned(),
        group: kind.group.to_string(),
        revision: kind.revision,
        values: names.zip(step.values.iter().copied()).collect(),
    }
}
