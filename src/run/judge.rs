//! Judge: every case of the plan on the figures of its cells.

use super::evidence::{Testimony, Witness};
use crate::gate::{self, Verdict};
use crate::plan::Case;

/// A verdict, and on how much of the dataset's categories it rests.
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// See [`Testimony::categories`].
    pub categories: Option<(usize, usize)>,
}

/// The verdict of every case, in the order of the plan.
pub fn judge(witness: &Witness<'_>) -> Vec<Judged> {
    judge_some(witness, &witness.plan.cases)
}

/// The verdicts of some cases; those that are corrected together must be together.
pub fn judge_some(witness: &Witness<'_>, cases: &[Case]) -> Vec<Judged> {
    let judge = |case: &Case| {
        let Testimony { evidence, categories } = witness.testify(case);
        Judged { verdict: gate::judge(&case.claim, &evidence), categories }
    };
    let mut verdicts: Vec<Judged> = cases.iter().map(judge).collect();
    let mut families: Vec<usize> = cases.iter().filter_map(|case| case.family).collect();
    families.dedup();
    for family in families {
        let members = cases.iter().zip(&mut verdicts).filter(|(case, _)| case.family == Some(family));
        let mut members: Vec<_> = members.map(|(case, judged)| (&case.claim, &mut judged.verdict)).collect();
        gate::correct(&mut members);
    }
    verdicts
}
