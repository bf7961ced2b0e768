//! Audit: whether the augmentations that a model was trained with made it more robust than the model trained without.

use std::collections::BTreeSet;

use super::all::Findings;
use super::drawn::{Wanted, wanted_of};

use crate::condition::ConditionName;
use crate::gate::{Claim, Combine, Evidence, Other, Outcome, Side, judge};
use crate::plan::PlannedAudit;
use crate::position::CellAt;
use crate::record::{AuditRecord, Effect};
use crate::spec::{Bound, Rule};

/// What the audits need drawn.
pub fn wanted_by_augmentations(plan: &crate::plan::Plan) -> BTreeSet<Wanted> {
    let cells = |audit: &PlannedAudit| audit.cells.iter().chain(&audit.reference_cells).copied().collect::<Vec<_>>();
    plan.audits.iter().flat_map(cells).map(|cell| wanted_of(cell, plan.metric)).collect()
}

/// The audits, in the order of the plan.
pub fn augmentations(findings: &Findings<'_>) -> Vec<AuditRecord> {
    findings.plan.audits.iter().map(|audit| one(findings, audit)).collect()
}

fn one(findings: &Findings<'_>, audit: &PlannedAudit) -> AuditRecord {
    let plan = findings.plan;
    let claim = Claim {
        bound: Bound::MinGain,
        // The gain itself is wanted, also over a figure of 0.
        threshold: f64::MIN_POSITIVE,
        combine: Combine::Mean,
        better: plan.metric.better,
        rule: Rule::Significant,
        confidence: plan.confidence,
    };
    let all: Vec<CellAt> = audit.cells.iter().chain(&audit.reference_cells).copied().collect();
    let mut readings = findings.readings(plan.metric, None, None, &all, true).0;
    let theirs = readings.split_off(audit.cells.len());
    let side = |readings| Side { clean: None, readings };
    let images = plan.images(audit.dataset);
    let evidence = Evidence { ours: side(readings), other: Some(Other::Side(side(theirs))), images };
    let verdict = judge(&claim, &evidence);
    let is_judged = matches!(verdict.outcome, Outcome::Pass | Outcome::Fail);
    let effect = match verdict.interval.filter(|_| is_judged) {
        None => Effect::Unknown,
        Some(interval) if interval.low > 0.0 => Effect::Helped,
        Some(interval) if interval.high < 0.0 => Effect::Hurt,
        Some(_) => Effect::NoEffect,
    };
    let condition = |&cell: &CellAt| ConditionName::from(&plan.condition_of(cell).condition);
    AuditRecord {
        model: plan.models[audit.model].name.clone(),
        reference: plan.models[audit.reference].name.clone(),
        dataset: plan.datasets[audit.dataset].name.clone(),
        augmentation: audit.augmentation.to_owned(),
        conditions: audit.cells.iter().map(condition).collect(),
        effect,
        gain: verdict.value,
        interval: verdict.interval,
        reason: verdict.reason,
    }
}
