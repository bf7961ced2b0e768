//! Provenance: what a cell's figures were measured on, and how; decides what they may be compared with.

use super::all::Findings;
use crate::baseline::{Identity, Origin};
use crate::metric::Metric;
use crate::position::CellAt;

/// What a metric of a cell was measured on; `None` where its dataset could not be read.
pub fn identity(findings: &Findings<'_>, cell: CellAt, metric: &Metric) -> Option<Identity> {
    let Findings { plan, predictions, .. } = findings;
    let cell = &plan.cells[cell];
    let data = plan.datasets[cell.dataset].state.as_ref().ok()?;
    let origin = Origin {
        dataset: Some(&data.digest),
        images: data.images.len(),
        sampled_from: data.sampled_from,
        pictures: predictions.images_digests[cell.dataset].as_ref(),
        condition: &plan.conditions[cell.condition].digest(plan.seed),
        definition: &plan.settings.definition(metric),
    };
    Some(origin.identity())
}
