//! Audit: whether the augmentations that a model was trained with made it more robust than the model trained without.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::all::Findings;
use super::drawn::{Wanted, wanted_of};

use crate::condition::ConditionName;
use crate::gate::{Asked, Combine, Evidence, Other, Side, estimate};
use crate::plan::PlannedAudit;
use crate::position::CellAt;
use crate::record::{AuditRecord, Effect};

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
    let asked = Asked { combine: Combine::Mean, better: plan.metric.better, confidence: plan.confidence };
    let all: Vec<CellAt> = audit.cells.iter().chain(&audit.reference_cells).copied().collect();
    let mut readings = findings.readings(plan.metric, None, None, &all, true).0;
    let theirs = readings.split_off(audit.cells.len());
    let side = |readings| Side { clean: None, readings };
    let images = plan.images(audit.dataset);
    let evidence = Evidence { ours: side(readings), other: Some(Other::Side(side(theirs))), images };
    let shown = estimate(&asked, &evidence).and_then(|gain| Ok((gain.sign(&asked, images)?, gain)));
    let (effect, gain, interval, reason) = match shown {
        Ok((sign, gain)) => {
            let effect = match sign {
                Ordering::Greater => Effect::Helped,
                Ordering::Less => Effect::Hurt,
                Ordering::Equal => Effect::NoEffect,
            };
            (effect, Some(gain.value), gain.interval.ok(), String::new())
        }
        Err(unjudged) => (Effect::Unknown, None, None, unjudged.reason),
    };
    let condition = |&cell: &CellAt| ConditionName::from(&plan.condition_of(cell).condition);
    AuditRecord {
        model: plan.models[audit.model].name.clone(),
        reference: plan.models[audit.reference].name.clone(),
        dataset: plan.datasets[audit.dataset].name.clone(),
        augmentation: audit.augmentation.to_owned(),
        conditions: audit.cells.iter().map(condition).collect(),
        effect,
        gain,
        interval,
        reason,
    }
}
