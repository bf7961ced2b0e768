//! How much a model says at all: silence agrees with silence, so that figures of agreement alone do not tell.

use super::all::Findings;
use crate::detection::ImageRecord;
use crate::position::CellAt;
use crate::run::execute::Found;
use crate::task::Task;

impl Findings<'_> {
    /// On how many images of a cell the model finds nothing of a score that counts; `None` where it was not measured, and of
    /// classes: a classifier always says something.
    pub fn silent_images(&self, at: CellAt) -> Option<usize> {
        let Self { plan, predictions, .. } = self;
        let cell = &plan.cells[at];
        let dataset = plan.datasets[cell.dataset].state.as_ref().ok().filter(|_| plan.task == Task::Detect)?;
        let min = plan.min_confidence(cell.model, cell.dataset);
        let planned = &plan.conditions[cell.condition];
        let is_silent = |(image, found): &(&ImageRecord, &Found)| {
            !found.detections(planned.size(image.size())).iter().any(|one| min.admits(one))
        };
        Some(dataset.images.iter().zip(predictions.cells[at].value()?).filter(is_silent).count())
    }
}
