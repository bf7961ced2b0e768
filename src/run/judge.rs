//! Judge: every case of the plan on the figures of its cells.

use std::collections::BTreeMap;

use super::evidence::{Testimony, Witness};
use crate::gate::{self, Claim, Evidence, Verdict};
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
    let mut verdicts: Vec<Option<Judged>> = cases.iter().map(|_| None).collect();
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        match case.family {
            Some(family) => families.entry(family).or_default().push(at),
            None => {
                let Testimony { evidence, categories } = witness.testify(case);
                verdicts[at] = Some(Judged { verdict: gate::judge(&case.claim, &evidence), categories });
            }
        }
    }
    for members in families.into_values() {
        let (claims, categories): (Vec<(&Claim, Evidence)>, Vec<_>) = members
            .iter()
            .map(|&at| {
                let Testimony { evidence, categories } = witness.testify(&cases[at]);
                ((&cases[at].claim, evidence), categories)
            })
            .unzip();
        for ((at, verdict), categories) in members.into_iter().zip(gate::judge_family(&claims)).zip(categories) {
            verdicts[at] = Some(Judged { verdict, categories });
        }
    }
    verdicts.into_iter().map(|judged| judged.expect("every case is alone or in a family")).collect()
}
