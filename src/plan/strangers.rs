//! Says which classes of a model a dataset does not ask for, and what becomes of answers that are one of them.

use std::collections::BTreeSet;

use super::{Plan, PlannedDataset, PlannedModel};
use crate::position::{DatasetAt, ModelAt};
use crate::predict::Vocabulary;
use crate::task::Task;

/// Classes that are named.
const SHOWN: usize = 5;

/// A note for each model and dataset of which some classes are left out. A model that tells its classes with each object is
/// not among them: which it has is known only as far as it answers.
pub fn notes(plan: &Plan) -> Vec<String> {
    let pairs: BTreeSet<(ModelAt, DatasetAt)> = plan.cells.iter().map(|cell| (cell.model, cell.dataset)).collect();
    pairs
        .into_iter()
        .filter_map(|(model, dataset)| note(plan.task, &plan.models[model], &plan.datasets[dataset]))
        .collect()
}

fn note(task: Task, model: &PlannedModel, dataset: &PlannedDataset) -> Option<String> {
    let (predictor, data) = (model.state.as_ref().ok()?, dataset.state.as_ref().ok()?);
    let Vocabulary::Labels(labels) = predictor.vocabulary() else { return None };
    let strangers: Vec<String> =
        labels.iter().filter(|label| data.id_of(label).is_none()).map(|label| format!("`{label}`")).collect();
    if strangers.is_empty() {
        return None;
    }
    let more = if strangers.len() > SHOWN { ", ..." } else { "" };
    let shown = strangers[..strangers.len().min(SHOWN)].join(", ");
    let what = match task {
        Task::Detect => "what it says of them is left out",
        Task::Classify => "they keep their places, and an answer that is one of them is wrong",
    };
    Some(format!(
        "model `{}`: {} of its {} classes are none that count in `{}`; {what} ({shown}{more})",
        model.name,
        strangers.len(),
        labels.len(),
        dataset.name
    ))
}
