//! Probe: a few images through every plausible preprocessing of a model, to see which one the labels speak for. The most
//! common cause of a low mAP is a preprocessing that the network was not trained with; a classifier loses as much by names
//! that are one off, which are tried, too. On a few images chance moves AP50 by
//! more than many a preprocessing does: what is told of two is an interval of their difference on the same images, and where
//! that leaves open which is better, more images are taken.

mod contest;
mod figures;
mod order;
mod trial;

use self::contest::ProbeContest;
pub use self::trial::{Exchange, Probe, Trial};
use crate::plan::Plan;
use crate::predict::FrameError;

/// Probes every model of the plan that makes pictures ready itself on every dataset it is checked on, on `images` images with
/// labels, spread over the dataset, and on more where those leave open which preprocessing is the best.
///
/// # Errors
/// An image cannot be read.
pub fn probe(plan: &Plan, images: usize) -> Result<Vec<Probe>, FrameError> {
    let clean = plan.cells.iter().filter(|cell| plan.conditions[cell.condition].condition.is_clean());
    let mut probes = Vec::new();
    for cell in clean {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let (Ok(predictor), Ok(data)) = (&model.state, &dataset.state) else { continue };
        let variants = predictor.variants();
        // Only labels can tell which is better.
        if !variants.is_empty() && data.is_labelled {
            probes.push(ProbeContest::new(plan.task, &dataset.name, data, cell, variants).held(&model.name, images)?);
        }
    }
    Ok(probes)
}
