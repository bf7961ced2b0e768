//! Images with more objects of a category than the detections that COCO's figures look at: a perfect model stays below 1.

use std::collections::BTreeMap;

use super::{Plan, PlannedDataset};
use crate::metric::{ObjectFigure, Origin};
use crate::position::DatasetAt;

/// Tells of such images of each dataset that COCO's figures are measured on.
pub fn notes(plan: &Plan) -> Vec<String> {
    let is_read = |at: DatasetAt| {
        let of_coco = |case: &&super::Case| matches!(case.read.origin, Origin::Objects(ObjectFigure::Coco { .. }));
        plan.cases.iter().filter(of_coco).any(|case| case.dataset == at)
    };
    let read = plan.datasets.numbered().filter(|(at, _)| is_read(*at));
    read.filter_map(|(_, dataset)| note(dataset, plan.settings.max_dets)).collect()
}

fn note(dataset: &PlannedDataset, max_dets: [usize; 3]) -> Option<String> {
    let data = dataset.state.as_ref().ok()?;
    let most_of = |annotations: &[crate::detection::Annotation]| {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for annotation in annotations.iter().filter(|annotation| !annotation.iscrowd) {
            *counts.entry(annotation.category_id).or_default() += 1;
        }
        // Of equal counts the first category.
        counts.into_iter().max_by_key(|&(id, count)| (count, std::cmp::Reverse(id)))
    };
    let [one, ten, all] = max_dets;
    let crowded: Vec<(usize, u64, usize)> = data
        .annotations
        .iter()
        .enumerate()
        .filter_map(|(at, list)| most_of(list).map(|(id, count)| (at, id, count)))
        .filter(|&(_, _, count)| count > all)
        .collect();
    let &(at, id, count) = crowded.iter().min_by_key(|&&(at, _, count)| (std::cmp::Reverse(count), at))?;
    let category = data.categories.iter().find(|category| category.id == id).map_or("", |c| c.name.as_str());
    Some(format!(
        "dataset `{}`: {} of {} images have more objects of a category than the {all} detections of it that COCO's figures look \
         at (up to {count}, of `{category}` in {}): no model can find them all; to count them, set `max_dets = [{one}, {ten}, \
         {count}]` in [defaults]",
        dataset.name,
        crowded.len(),
        data.images.len(),
        data.images[at].file_name,
    ))
}
