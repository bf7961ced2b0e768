//! Provenance: what a cell's figures were measured on, and how; decides what they may be compared with.

use super::execute::Predictions;
use crate::baseline::Origin;
use crate::digest::Digest;
use crate::metric::Metric;
use crate::plan::{Plan, PlannedCondition};

/// Where a figure comes from, owned.
pub struct Provenance {
    dataset: Option<Digest>,
    images: usize,
    sampled_from: Option<usize>,
    pictures: Option<Digest>,
    condition: Digest,
    definition: String,
}

impl Provenance {
    /// As it is compared.
    pub fn identity(&self) -> crate::baseline::Identity {
        Origin {
            dataset: self.dataset.as_ref(),
            images: self.images,
            sampled_from: self.sampled_from,
            pictures: self.pictures.as_ref(),
            condition: &self.condition,
            definition: &self.definition,
        }
        .identity()
    }
}

/// Of a metric of a cell; `None` where its dataset could not be read.
pub fn origin(plan: &Plan, predictions: &Predictions, cell: usize, metric: &Metric) -> Option<Provenance> {
    let cell = &plan.cells[cell];
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    Some(Provenance {
        dataset: Some(data.digest.clone()),
        images: data.images.len(),
        sampled_from: data.sampled_from,
        pictures: predictions.images_digests[cell.dataset].clone(),
        condition: condition_digest(plan, &plan.conditions[cell.condition]),
        definition: plan.settings.definition(metric),
    })
}

/// Stands for what a condition does to pictures and labels.
pub fn condition_digest(plan: &Plan, planned: &PlannedCondition) -> Digest {
    match &planned.setting {
        None => Digest::of_bytes(b"clean"),
        Some(setting) => {
            let rules = format!("{:?}", setting.rules);
            Digest::of_parts([setting.digest(plan.seed).as_str().as_bytes(), rules.as_bytes()])
        }
    }
}
