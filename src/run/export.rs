//! Cells as other tools read them: detections as COCO results JSON, and the labels as each condition moved them.

use serde_json::{Value, json};

use super::Predictions;
use super::score::annotations_under;
use crate::detection::{Detection, ImageRecord};
use crate::plan::Plan;

/// The detections of a cell as COCO results JSON; `None` if it was not measured.
#[must_use]
pub fn coco_results(plan: &Plan, predictions: &Predictions, cell: usize) -> Option<Value> {
    let data = plan.datasets[plan.cells[cell].dataset].state.as_ref().ok()?;
    let per_image = data.images.iter().zip(predictions.cells[cell].value()?);
    let result = |image: &ImageRecord, detection: &Detection| {
        json!({
            "image_id": image.id,
            "category_id": detection.category_id,
            "bbox": detection.bbox,
            "score": detection.score,
        })
    };
    let results = per_image.flat_map(|(image, found)| {
        found.detections().iter().map(|detection| result(image, detection)).collect::<Vec<_>>()
    });
    Some(results.collect())
}

/// The labels of a dataset under a condition as COCO instances JSON; `None` if the dataset could not be read.
#[must_use]
pub fn coco_labels(plan: &Plan, dataset: usize, condition: usize) -> Option<Value> {
    let data = plan.datasets[dataset].state.as_ref().ok()?;
    let moved = annotations_under(&plan.conditions[condition], plan.seed, data);
    let owned = data.images.iter().zip(&moved).flat_map(|(image, list)| list.iter().map(move |a| (image.id, a)));
    let annotations: Vec<Value> = owned
        .zip(1_u64..)
        .map(|((image_id, annotation), id)| {
            json!({
                "id": id,
                "image_id": image_id,
                "category_id": annotation.category_id,
                "bbox": annotation.bbox,
                "area": annotation.area,
                "iscrowd": u8::from(annotation.iscrowd),
            })
        })
        .collect();
    let image = |image: &crate::detection::ImageRecord| json!({"id": image.id, "file_name": image.file_name, "width": image.width, "height": image.height});
    let category = |category: &crate::detection::Category| json!({"id": category.id, "name": category.name});
    Some(json!({
        "images": data.images.iter().map(image).collect::<Vec<_>>(),
        "annotations": annotations,
        "categories": data.categories.iter().map(category).collect::<Vec<_>>(),
    }))
}
