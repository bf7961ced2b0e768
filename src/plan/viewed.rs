//! Says where models do not get of a `view` what they make of pictures themselves: one resizes with another filter, and one that
//! runs elsewhere may cut the middle out of the middle.

use std::collections::BTreeMap;

use super::Plan;
use crate::filter::Filter;
use crate::framing::View;
use crate::position::DatasetAt;
use crate::predict::Site;

/// A note for each dataset with a `view` and for each way in which models of it differ.
pub fn notes(plan: &Plan) -> Vec<String> {
    plan.datasets.positions().flat_map(|at| of_dataset(plan, at)).collect()
}

fn of_dataset(plan: &Plan, at: DatasetAt) -> Vec<String> {
    let dataset = &plan.datasets[at];
    let data = dataset.state.as_ref().ok();
    let Some(view) = data.and_then(|data| data.images.first()?.framing?.view) else { return Vec::new() };
    let mut filters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut elsewhere: Vec<&str> = Vec::new();
    for cell in plan.cells.iter().filter(|cell| cell.dataset == at) {
        let planned = &plan.models[cell.model];
        let Ok(model) = &planned.state else { continue };
        let differs = |filter: &Filter| *filter != view.filter;
        let models = match (model.view().map(|seen| seen.view.filter), model.site()) {
            (Some(filter), _) if differs(&filter) => filters.entry(filter.word()).or_default(),
            (None, Site::Elsewhere(_)) if model.needs_pixels() => &mut elsewhere,
            _ => continue,
        };
        if !models.contains(&planned.name.as_str()) {
            models.push(&planned.name);
        }
    }
    let other = filters.into_iter().map(|(filter, models)| other_filter(&dataset.name, view, filter, &models));
    let again = (!elsewhere.is_empty()).then(|| cut_again(&dataset.name, view, &elsewhere));
    other.chain(again).collect()
}

fn other_filter(dataset: &str, view: View, filter: &str, models: &[&str]) -> String {
    let View { resize, crop, filter: own } = view;
    let (names, resize_themselves) = (listed(models), if models.len() == 1 { "resizes" } else { "resize" });
    format!(
        "the `view` of `{dataset}` resizes with \"{}\", and {names} by itself {resize_themselves} with \"{filter}\": \
         `view = {{ resize = {resize}, crop = {crop}, filter = \"{filter}\" }}` in [dataset.{dataset}] makes of pictures what \
         the model is given in use",
        own.word()
    )
}

fn cut_again(dataset: &str, view: View, models: &[&str]) -> String {
    let names = listed(models);
    let (is_given, resizes) = if models.len() == 1 { ("is given", "it resizes") } else { ("are given", "they resize") };
    format!(
        "{names} {is_given} the {0}x{0} pixels of the `view` of `{dataset}`: where {resizes} or cut pictures by itself, that is done \
         to them once more; take pictures of that size as they are there, or leave out `view`",
        view.crop
    )
}

fn listed(models: &[&str]) -> String {
    models.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
