//! Provenance: what a cell's figures were measured on, and how; decides what they may be compared with.

use super::execute::Predictions;
use crate::baseline::{Identity, Origin};
use crate::digest::Digest;
use crate::metric::Metric;
use crate::plan::{Plan, PlannedCondition};

/// Of a metric of a cell; `None` where its dataset could not be read.
pub fn identity(plan: &Plan, predictions: &Predictions, cell: usize, metric: &Metric) -> Option<Identity> {
    let cell = &plan.cells[cell];
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let origin = Origin {
        dataset: Some(&data.digest),
        images: data.images.len(),
        sampled_from: data.sampled_from,
        pictures: predictions.images_digests[cell.dataset].as_ref(),
        condition: &condition_digest(plan.seed, &plan.conditions[cell.condition]),
        definition: &plan.settings.definition(metric),
    };
    Some(origin.identity())
}

/// Stands for what a condition does to pictures and labels.
pub fn condition_digest(seed: u64, planned: &PlannedCondition) -> Digest {
    match &planned.setting {
        None => Digest::of_bytes(b"clean"),
        Some(setting) => {
            let rules = format!("{:?}", setting.rules);
            Digest::of_parts([setting.digest(seed).to_string(), rules])
        }
    }
}
