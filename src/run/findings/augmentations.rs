//! Augmentations: whether the augmentations that a model was trained with made it more robust than the model trained without.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::all::Findings;
use super::drawn::{Wanted, wanted_of};

use crate::condition::ConditionName;
use crate::gate::{Asked, Combine, Evidence, Other, Side, estimate};
use crate::plan::PlannedAugmentation;
use crate::position::CellAt;
use crate::record::{AugmentationRecord, Effect};

/// What the checks of augmentations need drawn.
pub fn wanted_by_augmentations(plan: &crate::plan::Plan) -> BTreeSet<Wanted> {
    let cells = |planned: &PlannedAugmentation| {
        planned.cells.iter().chain(&planned.reference_cells).copied().collect::<Vec<_>>()
    };
    plan.augmentations.iter().flat_map(cells).map(|cell| wanted_of(cell, plan.metric)).collect()
}

/// Whether each augmentation helped, in the order of the plan.
pub fn augmentations(findings: &Findings<'_>) -> Vec<AugmentationRecord> {
    findings.plan.augmentations.iter().map(|planned| one(findings, planned)).collect()
}

fn one(findings: &Findings<'_>, planned: &PlannedAugmentation) -> AugmentationRecord {
    let plan = findings.plan;
    let asked = Asked { combine: Combine::Mean, better: plan.metric.better, confidence: plan.confidence };
    let all: Vec<CellAt> = planned.cells.iter().chain(&planned.reference_cells).copied().collect();
    let mut readings = findings.readings(plan.metric, None, None, &all, true).0;
    let theirs = readings.split_off(planned.cells.len());
    let side = |readings| Side { clean: None, readings };
    let images = plan.images(planned.dataset);
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
    AugmentationRecord {
        model: plan.models[planned.model].name.clone(),
        reference: plan.models[planned.reference].name.clone(),
        dataset: plan.datasets[planned.dataset].name.clone(),
        augmentation: planned.augmentation.to_owned(),
        conditions: planned.cells.iter().map(condition).collect(),
        effect,
        gain,
        interval,
        reason,
    }
}
