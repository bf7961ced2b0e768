//! Says where classifiers shrink pictures much that are perturbed at their own size: noise and blur shrink with them. ImageNet-C
//! perturbs what classifiers are given. Of detectors nothing is said: COCO-C and its kin perturb whole pictures, as cameras take
//! them, and no view of a picture keeps all of its objects.

use std::collections::BTreeMap;

use super::{Plan, viewless};
use crate::dataset::Dataset;
use crate::detection::{ImageRecord, Size};
use crate::filter::Filter;
use crate::framing::View;
use crate::perturb::Group;
use crate::position::DatasetAt;
use crate::predict::ClassifierView;

/// From so many times the size on there is a note. Shrunk to a half each way, four pixels are one: noise has half of its deviation,
/// which is two steps of its ladder of five, and a blur half of its radius. Photos of ImageNet, of 375 pixels where models make
/// 256 of them, are below.
const TIMES: u32 = 2;

/// What is of single pixels and their neighbours, and shrinks with the picture.
const FINE: [Group; 3] = [Group::Noise, Group::Blur, Group::Compression];

/// A note for each dataset without a `view` and for each way in which models shrink its pictures.
pub fn notes(plan: &Plan) -> Vec<String> {
    plan.datasets.positions().flat_map(|at| of_dataset(plan, at)).collect()
}

fn of_dataset(plan: &Plan, at: DatasetAt) -> Vec<String> {
    let dataset = &plan.datasets[at];
    let Some(whole) = dataset.state.as_ref().ok().and_then(median) else { return Vec::new() };
    let is_fine = |cell: &&super::Cell| FINE.iter().any(|group| plan.conditions[cell.condition].is_in(*group));
    let mut views: BTreeMap<ClassifierView, Vec<&str>> = BTreeMap::new();
    for cell in plan.cells.iter().filter(|cell| cell.dataset == at).filter(is_fine) {
        let model = &plan.models[cell.model];
        let Some(seen) = model.state.as_ref().ok().and_then(|model| model.view()) else { continue };
        let models = views.entry(seen).or_default();
        if !models.contains(&model.name.as_str()) {
            models.push(&model.name);
        }
    }
    let is_shrunk = |seen: &ClassifierView| short(whole) >= TIMES * seen.view.resize;
    // The note on ImageNet-C asks for the same.
    let is_told = |seen: &ClassifierView| seen.view == viewless::VIEW && viewless::is_whole(plan, at);
    let wanted = views.into_iter().filter(|(seen, _)| is_shrunk(seen) && !is_told(seen));
    wanted.map(|(seen, models)| note(&dataset.name, whole, seen, &models)).collect()
}

fn note(dataset: &str, whole: Size, ClassifierView { view, is_squeezed }: ClassifierView, models: &[&str]) -> String {
    let names = models.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let sees = if models.len() == 1 { "sees" } else { "see" };
    let middle =
        if is_squeezed { " (the middle of each picture, where the whole is squeezed into it now)" } else { "" };
    format!(
        "`{dataset}` is perturbed at {}x{} pixels (the median picture), and {names} {sees} {2}x{2}: noise, blur and compression \
         mostly vanish in shrinking; `{3}` in [dataset.{dataset}] perturbs what the model sees{middle}",
        whole.width,
        whole.height,
        view.crop,
        line(view)
    )
}

/// As a dataset takes it.
fn line(view: View) -> String {
    let View { resize, crop, filter } = view;
    let filter = if filter == Filter::Bilinear { String::new() } else { format!(", filter = \"{}\"", filter.word()) };
    format!("view = {{ resize = {resize}, crop = {crop}{filter} }}")
}

/// The picture whose short side is in the middle of all; `None` where a `view` makes them what models see.
fn median(data: &Dataset) -> Option<Size> {
    let is_viewed = data.images.iter().any(|image| image.framing.is_some_and(|framing| framing.view.is_some()));
    let mut sizes: Vec<Size> = data.images.iter().map(ImageRecord::size).collect();
    sizes.sort_by_key(|size| (short(*size), size.width, size.height));
    sizes.get(sizes.len() / 2).copied().filter(|_| !is_viewed)
}

fn short(size: Size) -> u32 {
    size.width.min(size.height)
}
