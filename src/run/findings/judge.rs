//! Judge: every case of the plan on the figures of its cells.

use std::collections::BTreeMap;

use super::all::Findings;
use super::evidence::Testimony;
use super::left_out;
use crate::failure::{FailureKind, Measured};
use crate::gate::{self, Claim, Evidence, Outcome, Verdict};
use crate::metric::Origin;
use crate::plan::Case;

/// A verdict, and on how much of the dataset's categories it rests.
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// The claim that it is of: the case's, or the nearer one that only warns.
    pub claim: Claim,
    /// Whether the nearer one is broken, and the case's is not.
    pub is_warning: bool,
    /// See [`Testimony::categories`].
    pub categories: Option<(usize, usize)>,
}

impl Judged {
    /// The verdict on a case, and where that passes what the nearer claim says, if it is no pass.
    fn of(case: &Case, verdict: Verdict, nearer: Option<Verdict>, categories: Option<(usize, usize)>) -> Self {
        let told = nearer.filter(|near| verdict.outcome == Outcome::Pass && near.outcome != Outcome::Pass);
        match case.warning().zip(told) {
            Some((claim, verdict)) => Self { is_warning: verdict.outcome == Outcome::Fail, verdict, claim, categories },
            None => Self { verdict, claim: case.claim, is_warning: false, categories },
        }
    }

    /// Whether a failure is only told.
    pub fn is_waived(&self, case: &Case) -> bool {
        self.is_warning || case.waiver.is_some()
    }
}

/// The verdicts of some cases; those that are corrected together must be together.
pub fn judge(findings: &Findings<'_>, cases: &[Case]) -> Vec<Judged> {
    let mut verdicts: Vec<Option<Judged>> = cases.iter().map(|_| None).collect();
    let mut barren = vec![Vec::new(); cases.len()];
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        match case.family {
            Some(family) => families.entry(family).or_default().push(at),
            None => {
                let Testimony { evidence, categories } = findings.testify(case);
                let nearer = case.warning().map(|claim| gate::judge(&claim, &evidence));
                let verdict = gate::judge(&case.claim, &evidence);
                barren[at] = left_out::barren(findings.plan, case, &case.claim, &evidence, &verdict);
                let verdict = explained(findings, case, is_silent(case, &evidence), verdict);
                verdicts[at] = Some(Judged::of(case, verdict, nearer, categories));
            }
        }
    }
    // A correction needs the p-values of all, so families wait until all evidence is looked up.
    for members in families.into_values() {
        let (claims, others): (Vec<(&Claim, Evidence)>, Vec<_>) = members
            .iter()
            .map(|&at| {
                let Testimony { evidence, categories } = findings.testify(&cases[at]);
                let is_silent = is_silent(&cases[at], &evidence);
                ((&cases[at].claim, evidence), (categories, is_silent))
            })
            .unzip();
        let first = gate::judge_family(&claims);
        for ((&at, (claim, evidence)), verdict) in members.iter().zip(&claims).zip(&first) {
            barren[at] = left_out::barren(findings.plan, &cases[at], claim, evidence, verdict);
        }
        let nearer = nearer_of_family(cases, &members, claims);
        for (((at, verdict), near), (categories, is_silent)) in members.into_iter().zip(first).zip(nearer).zip(others) {
            let verdict = explained(findings, &cases[at], is_silent, verdict);
            verdicts[at] = Some(Judged::of(&cases[at], verdict, near, categories));
        }
    }
    let mut verdicts: Vec<Judged> =
        verdicts.into_iter().map(|judged| judged.expect("every case is alone or in a family")).collect();
    left_out::advise(findings.plan, cases, &barren, verdicts.iter_mut().map(|judged| &mut judged.verdict));
    verdicts
}

/// The verdicts on the nearer claims of a family: a check has one for each of its cases, or none.
fn nearer_of_family(cases: &[Case], members: &[usize], claims: Vec<(&Claim, Evidence)>) -> Vec<Option<Verdict>> {
    let nearer: Option<Vec<Claim>> = members.iter().map(|&at| cases[at].warning()).collect();
    match nearer {
        None => vec![None; claims.len()],
        Some(nearer) => {
            let evidence = claims.into_iter().map(|(_, evidence)| evidence);
            gate::judge_family(&nearer.iter().zip(evidence).collect::<Vec<_>>()).into_iter().map(Some).collect()
        }
    }
}

/// Whether there is no figure because the model says nothing of clean images.
fn is_silent(case: &Case, evidence: &Evidence) -> bool {
    let is_absent = evidence.ours.all().any(|reading| matches!(reading.figure, Measured::Value(None)));
    is_absent && matches!(case.read.origin, Origin::Agreement(_))
}

/// A verdict with what is known of the model beside the case's figures.
fn explained(findings: &Findings<'_>, case: &Case, is_silent: bool, verdict: Verdict) -> Verdict {
    findings.heard(case, is_silent, with_diagnosis(findings, case, is_silent, verdict))
}

/// A model of which next to nothing is found on clean images was measured, and is bad: what cannot be judged because that
/// leaves nothing to lose is a failure with the reason, no error. Not of a check that only warns: nobody has waived that.
fn with_diagnosis(findings: &Findings<'_>, case: &Case, is_silent: bool, verdict: Verdict) -> Verdict {
    let clean = case.model.and_then(|model| findings.plan.clean_cell(model, case.dataset));
    let Some(broken) = clean.and_then(|clean| findings.scorecard.broken.get(&clean)) else { return verdict };
    let is_for_want_of_figures =
        verdict.outcome == Outcome::Error(FailureKind::Vacuous) && (verdict.is_hollow || is_silent);
    if is_for_want_of_figures && case.waiver.is_none() {
        let reason = format!("there is nothing to judge it by: {broken}");
        return Verdict::without_numbers(Outcome::Fail, reason);
    }
    if verdict.outcome == Outcome::Fail && verdict.note.is_empty() {
        return Verdict { note: broken.clone(), ..verdict };
    }
    verdict
}
