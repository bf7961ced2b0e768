//! Says where ImageNet-C's corruptions are made of whole pictures: the benchmark's are made of what models are given, so that
//! figures of the two are not the same thing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Plan};
use crate::filter::Filter;
use crate::framing::View;
use crate::metric::alexnet;
use crate::position::DatasetAt;
use crate::task::Task;

/// A note for each dataset of classes without a `view` on which all kinds of `ImageNet-C` are run: who takes a few of them by name
/// does not mean the benchmark.
pub fn notes(plan: &Plan) -> Vec<String> {
    match plan.task {
        Task::Detect => return Vec::new(),
        Task::Classify => {}
    }
    let kind = |cell: &Cell| Some((cell.dataset, plan.conditions[cell.condition].imagenet_c()?.0));
    let mut kinds: BTreeMap<DatasetAt, BTreeSet<&str>> = BTreeMap::new();
    for (dataset, kind) in plan.cells.iter().filter_map(kind) {
        kinds.entry(dataset).or_default().insert(kind);
    }
    let datasets = kinds.into_iter().filter(|(_, kinds)| are_all(kinds)).map(|(dataset, _)| dataset);
    let is_viewed = |at: &DatasetAt| {
        let data = plan.datasets[*at].state.as_ref();
        data.is_ok_and(|data| {
            data.images.iter().all(|image| image.framing.is_some_and(|framing| framing.view.is_some()))
        })
    };
    datasets.filter(|at| !is_viewed(at)).map(|at| note(&plan.datasets[at].name)).collect()
}

fn are_all(kinds: &BTreeSet<&str>) -> bool {
    alexnet::corruptions().all(|kind| kinds.contains(kind))
}

/// Whether all kinds of `ImageNet-C` are run on a dataset.
pub(super) fn is_whole(plan: &Plan, dataset: DatasetAt) -> bool {
    let cells = plan.cells.iter().filter(|cell| cell.dataset == dataset);
    are_all(&cells.filter_map(|cell| Some(plan.conditions[cell.condition].imagenet_c()?.0)).collect())
}

/// What the benchmark was made of.
pub(super) const VIEW: View = View { resize: 256, crop: 224, filter: Filter::Bilinear };

/// The figures: MobileNetV2 under Gaussian noise at severity 3, 250 pictures of ImageNet.
fn note(dataset: &str) -> String {
    format!(
        "`{dataset}` has no `view`: ImageNet-C's corruptions are made of whole pictures, which models shrink afterwards, and not of \
         their 224 x 224 crops, so that they cost less than in the benchmark (top-1 0.452 instead of 0.136 for one model and \
         noise); for its figures set `view = {{ resize = 256, crop = 224 }}` in [dataset.{dataset}]"
    )
}
