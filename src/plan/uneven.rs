//! Classes of which one has most of the images: a model that says it of every image looks good by accuracy.

use super::{Plan, PlannedDataset};
use crate::metric::{ClassFigure, Origin, TopK};
use crate::number::fixed;
use crate::position::DatasetAt;

/// How many times the share that each class would have if all had as many images makes a note.
const TIMES: f64 = 1.5;

/// Tells of such datasets that accuracy is measured on, where no check on them weighs the classes the same.
pub fn notes(plan: &Plan) -> Vec<String> {
    let reads = |at: DatasetAt, figures: &[ClassFigure]| {
        plan.cases
            .iter()
            .filter(|case| case.dataset == at && case.category.is_none())
            .any(|case| matches!(case.read.origin, Origin::Classes(figure) if figures.contains(&figure)))
    };
    let is_meant = |at: DatasetAt| {
        reads(at, &[ClassFigure::Top(TopK::One)]) && !reads(at, &[ClassFigure::Recall, ClassFigure::F1])
    };
    plan.datasets.numbered().filter(|(at, _)| is_meant(*at)).filter_map(|(_, dataset)| note(dataset)).collect()
}

fn note(dataset: &PlannedDataset) -> Option<String> {
    let data = dataset.state.as_ref().ok()?;
    let counts = data.objects();
    let all: usize = counts.values().sum();
    // Of equal counts the first category.
    let (&id, &most) = counts.iter().max_by_key(|(id, count)| (**count, std::cmp::Reverse(**id)))?;
    let share = most as f64 / all.max(1) as f64;
    if counts.len() < 2 || share < (TIMES / counts.len() as f64).max(0.5) {
        return None;
    }
    let name = data.categories.iter().find(|category| category.id == id).map_or("", |category| category.name.as_str());
    Some(format!(
        "dataset `{}`: {most} of {all} images are of the class `{name}`: a model that says so of every image has a top1 of {}, and \
         what becomes of the other classes hardly shows in it; `balanced_accuracy` weighs every class the same",
        dataset.name,
        fixed(share, 3)
    ))
}
