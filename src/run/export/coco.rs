//! Cells as other tools read them: detections as COCO results JSON, and the labels as each condition moved them
//! (cocodataset.org/#format-results); classes as `kind = "precomputed"` reads them again.

use serde_json::{Value, json};

use super::perturbed_set::PerturbedSet;
use crate::answer::{ClassScore, ScoredClass, Scores};
use crate::dataset::{Dataset, ImageIds};
use crate::detection::{Detection, ImageRecord};
use crate::plan::Plan;
use crate::position::{CellAt, ConditionAt, DatasetAt};
use crate::run::execute::{Found, Predictions};

/// The detections of a cell as COCO results JSON, or the classes of its images; `None` if it was not measured.
pub fn coco_results(plan: &Plan, predictions: &Predictions, cell: CellAt) -> Option<Value> {
    let data = plan.datasets[plan.cells[cell].dataset].state.as_ref().ok()?;
    let per_image = data.images.iter().zip(predictions.cells[cell].value()?);
    let of_image = |(image, found): (&ImageRecord, &Found)| match found.scores() {
        Some(scores) => vec![classes(data, image, &scores)],
        None => found.detections(image.size()).iter().map(|detection| object(data, image, detection)).collect(),
    };
    Some(per_image.flat_map(of_image).collect())
}

fn object(data: &Dataset, image: &ImageRecord, detection: &Detection) -> Value {
    let result = json!({
        "image_id": image.id,
        "category_id": detection.category_id,
        "bbox": detection.bbox,
        "score": detection.score,
    });
    named(data, image, result)
}

/// The best classes of an image, with what is left of 1 and how many share it.
fn classes(data: &Dataset, image: &ImageRecord, scores: &Scores) -> Value {
    let one = |one: &ClassScore| match one.class {
        ScoredClass::Category(id) => {
            let name = data.categories.iter().find(|category| category.id == id).map(|category| &category.name);
            json!({ "category_id": id, "label": name, "score": one.score })
        }
        ScoredClass::Other(number) => json!({ "other": number, "score": one.score }),
    };
    let (rest, others) = scores.rest();
    let best: Vec<Value> = scores.best().iter().map(one).collect();
    named(data, image, json!({ "image_id": image.id, "scores": best, "rest": rest, "others": others }))
}

/// With the file's name where nobody else has the image's number.
fn named(data: &Dataset, image: &ImageRecord, mut result: Value) -> Value {
    if data.numbering.ids == ImageIds::Places {
        result["file_name"] = json!(image.file_name);
    }
    result
}

/// The labels of a dataset under a condition as COCO instances JSON; `None` if the dataset could not be read.
pub fn coco_labels(plan: &Plan, dataset: DatasetAt, condition: ConditionAt) -> Option<Value> {
    let planned = &plan.datasets[dataset];
    let data = planned.state.as_ref().ok()?;
    let (suite, seed, condition) = (&plan.name, plan.seed, &plan.conditions[condition]);
    Some(PerturbedSet { suite, seed, name: &planned.name, data, condition }.labels())
}
