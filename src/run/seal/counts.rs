//! How many cases came to what, and what the run came to.

use crate::exit::Exit;
use crate::gate::Outcome;
use crate::plan::Plan;
use crate::record::{Counts, SetupRecord};
use crate::run::findings::judge::Judged;

/// What the cases of a plan came to; datasets and models that could not be used are errors, too.
pub fn counts(plan: &Plan, setup: &[SetupRecord], verdicts: &[Judged]) -> Counts {
    let mut counts = Counts::default();
    for failed in setup {
        counts.add(Outcome::Error(failed.failure.kind), false);
    }
    for (case, judged) in plan.cases.iter().zip(verdicts) {
        counts.add(judged.verdict.outcome, judged.is_waived(case));
    }
    counts
}

/// What a run came to.
pub fn exit(counts: &Counts, interrupted: bool) -> Exit {
    match (interrupted, counts.errors, counts.failed) {
        (true, ..) => Exit::Interrupted,
        (false, 1.., _) => Exit::Unjudged,
        (false, 0, 1..) => Exit::Failed,
        (false, 0, 0) => Exit::Passed,
    }
}
