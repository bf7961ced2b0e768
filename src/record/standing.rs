//! What speaks against shipping a model, however good its figures are beside another's.

use super::{CaseRecord, Record};
use crate::gate::Outcome;

/// How a model's own checks came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Those that failed, or could not be judged.
    unmet: usize,
    /// All that were judged or should have been.
    checks: usize,
}

impl Standing {
    /// The standing of a model in a run.
    pub fn of(record: &Record, model: &str) -> Self {
        let its = || record.cases.iter().filter(|case| case.model.as_deref() == Some(model));
        let is_unmet = |case: &&CaseRecord| match case.verdict.outcome {
            Outcome::Fail => !case.is_waived(),
            Outcome::Error(_) => true,
            Outcome::Pass | Outcome::Skipped => false,
        };
        Self { unmet: its().filter(is_unmet).count(), checks: its().count() }
    }

    /// `2 of 3 checks of old do not hold`, of a model that is called so; nothing where they do.
    pub fn objection(self, called: &str) -> Option<String> {
        let Self { unmet, checks } = self;
        (unmet > 0).then(|| match (unmet, checks) {
            (1, 1) => format!("the check of {called} does not hold"),
            (1, _) => format!("1 of {checks} checks of {called} does not hold"),
            _ => format!("{unmet} of {checks} checks of {called} do not hold"),
        })
    }
}
