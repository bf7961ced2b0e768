//! Cells as other tools read them: detections as COCO results JSON, and the labels as each condition moved them
//! (cocodataset.org/#format-results).

use serde_json::{Value, json};

use super::perturbed_set::PerturbedSet;
use crate::dataset::ImageIds;
use crate::detection::{Detection, ImageRecord};
use crate::plan::Plan;
use crate::position::{CellAt, ConditionAt, DatasetAt};
use crate::run::execute::Predictions;

/// The detections of a cell as COCO results JSON; `None` if it was not measured.
pub fn coco_results(plan: &Plan, predictions: &Predictions, cell: CellAt) -> Option<Value> {
    let data = plan.datasets[plan.cells[cell].dataset].state.as_ref().ok()?;
    let per_image = data.images.iter().zip(predictions.cells[cell].value()?);
    let are_places = data.numbering.ids == ImageIds::Places;
    let result = |image: &ImageRecord, detection: &Detection| {
        let mut result = json!({
            "image_id": image.id,
            "category_id": detection.category_id,
            "bbox": detection.bbox,
            "score": detection.score,
        });
        if are_places {
            // Nobody else's numbers are these.
            result["file_name"] = json!(image.file_name);
        }
        result
    };
    let results = per_image.flat_map(|(image, found)| {
        found.detections(image.size()).iter().map(|detection| result(image, detection)).collect::<Vec<_>>()
    });
    Some(results.collect())
}

/// The labels of a dataset under a condition as COCO instances JSON; `None` if the dataset could not be read.
pub fn coco_labels(plan: &Plan, dataset: DatasetAt, condition: ConditionAt) -> Option<Value> {
    let planned = &plan.datasets[dataset];
    let data = planned.state.as_ref().ok()?;
    let (suite, seed, condition) = (&plan.name, plan.seed, &plan.conditions[condition]);
    Some(PerturbedSet { suite, seed, name: &planned.name, data, condition }.labels())
}
