//! Figures against pycocotools, and the whole road against an independent Python pipeline (see `.ci/reference.py`).

use serde_json::Value;

use crate::support::{Workshop, repository};

/// A path in the repository as a TOML string.
fn quoted(path: &str) -> String {
    format!("{:?}", repository(path).display().to_string())
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(repository(path)).unwrap()).unwrap()
}

/// pycocotools sums in another order.
const EXACT: f64 = 1e-9;

fn assert_close(found: &Value, wanted: &Value, tolerance: f64, what: &str) {
    match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => {
            assert!((found - wanted).abs() <= tolerance, "{what}: {found} is not {wanted} within {tolerance}");
        }
        _ => assert_eq!(found, wanted, "{what}"),
    }
}

/// Runs a precomputed model on fixed detections and compares every figure with pycocotools'.
fn fixed_detections(name: &str, labels: &str, split: &str) {
    let workshop = Workshop::new();
    let detections = std::fs::read(repository(&format!("tests/fixtures/detections/{name}.json"))).unwrap();
    workshop.write("results/clean.json", detections);
    let labels_path = quoted(&format!("examples/{labels}/annotations/{split}.json"));
    let images = quoted(&format!("examples/{labels}/images"));
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"fixed\"\n[dataset.d]\nformat = \"coco\"\npath = {labels_path}\nimages = {images}\n\
             [model.m]\nkind = \"precomputed\"\npath = \"results/{{condition}}.json\"\n[[check]]\non = \"clean\"\nmin = 0.01\n"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let expected = &json("tests/fixtures/detections/expected.json")[name];
    let cell = &workshop.record("fixed")["cells"][0];
    for (metric, wanted) in expected["figures"].as_object().unwrap() {
        assert_close(&cell["figures"][metric], wanted, EXACT, &format!("{name} {metric}"));
    }
    let measured =
        cell["per_category"].as_object().unwrap().values().filter(|figures| !figures["map"].is_null()).count();
    assert_eq!(measured, expected["per_category"].as_object().unwrap().len(), "{name}: categories with ground truth");
    for (category, wanted) in expected["per_category"].as_object().unwrap() {
        let found = &cell["per_category"][category];
        assert_close(&found["map"], &wanted[0], EXACT, &format!("{name} {category} map"));
        assert_close(&found["map50"], &wanted[1], EXACT, &format!("{name} {category} map50"));
    }
}

#[test]
fn fixed_detections_of_bccd_a_give_pycocotools_figures() {
    fixed_detections("bccd_a.bccd-test", "bccd", "test");
}

#[test]
fn fixed_detections_of_yolox_nano_give_pycocotools_figures() {
    fixed_detections("yolox_nano.coco-mini-val", "coco-mini", "val");
}

#[test]
fn fixed_detections_of_fastestdet_give_pycocotools_figures() {
    fixed_detections("fastestdet.coco-mini-val", "coco-mini", "val");
}

/// A spec on shipped data, with models by name and the options that the reference was made with.
fn on_shipped_data(dataset: &str, labels: &str, models: &[(&str, &str)], rest: &str) -> String {
    let labels_path = quoted(&format!("examples/{dataset}/annotations/{labels}.json"));
    let images = quoted(&format!("examples/{dataset}/images"));
    let model = |(name, labels): &(&str, &str)| {
        let path = quoted(&format!("examples/models/{name}.onnx"));
        format!(
            "[model.{name}]\nkind = \"onnx\"\nengine = \"rten\"\npath = {path}\nlabels = {labels}\nconfidence = 0.01\niou = 0.5\nmax_detections = 100\n"
        )
    };
    let models: String = models.iter().map(model).collect();
    format!(
        "version = 1\nname = \"road\"\n[dataset.d]\nformat = \"coco\"\npath = {labels_path}\nimages = {images}\n{models}{rest}\
         [[check]]\non = \"clean\"\nmin = 0.01\n"
    )
}

/// The largest difference between the record's figures and those of the golden file `reference` that it has, per cell.
fn differences(record: &Value, reference: &str, name_of: impl Fn(&str) -> String) -> Vec<(String, f64)> {
    let reference = &json(&format!("tests/fixtures/golden/{reference}.json"))["models"];
    let cells = record["cells"].as_array().unwrap();
    cells
        .iter()
        .map(|cell| {
            let (model, condition) = (cell["model"].as_str().unwrap(), cell["condition"].as_str().unwrap());
            let wanted = &reference[model][name_of(condition)];
            let difference = |(metric, wanted): (&String, &Value)| {
                (cell["figures"][metric].as_f64().unwrap() - wanted.as_f64().unwrap()).abs()
            };
            (format!("{model} {condition}"), wanted.as_object().unwrap().iter().map(difference).fold(0.0, f64::max))
        })
        .collect()
}

/// Own inference on blood cells, all twelve figures, against our own pipeline of other people's code and against an
/// independent one: within 0.01, and where no pixel is computed (clean, flipped) within 0.003.
#[test]
fn blood_cell_figures_are_the_references_clean_blurred_and_flipped() {
    let workshop = Workshop::new();
    let labels = "[\"RBC\", \"WBC\", \"Platelets\"]";
    let models = [("bccd_a", labels), ("bccd_b", labels), ("bccd_c", labels)];
    let perturbations = "[perturbation.gaussian_blur]\nkind = \"gaussian_blur\"\nsigma = [1, 2, 3]\n\
                         [perturbation.horizontal_flip]\nkind = \"horizontal_flip\"\n";
    workshop.write("spec.toml", on_shipped_data("bccd", "test", &models, perturbations));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for reference in ["reference", "opencv_pipeline"] {
        let found = differences(&workshop.record("road"), reference, |condition| condition.replace('@', ":"));
        assert_eq!(found.len(), 15);
        for (cell, difference) in found {
            let limit = if cell.contains("blur") { 0.01 } else { 0.003 };
            assert!(difference <= limit, "{reference}, {cell}: {difference}");
        }
    }
}

/// Own inference on 44 images of COCO: figures are comparable to about 0.02 between implementations, so 0.025.
#[test]
fn coco_figures_are_the_references() {
    let workshop = Workshop::new();
    let models = [("yolox_nano", "\"coco\""), ("fastestdet", "\"coco\"")];
    workshop.write("spec.toml", on_shipped_data("coco-mini", "val", &models, ""));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let found = differences(&workshop.record("road"), "reference", ToOwned::to_owned);
    assert_eq!(found.len(), 2);
    for (cell, difference) in found {
        assert!(difference <= 0.025, "{cell}: {difference}");
    }
}

/// Both classifiers on the crops of blood cells: the same answers as by Pillow, onnxruntime and scikit-learn, and scores that
/// are apart by what JPEG decoders are.
#[test]
fn classifiers_of_cells_have_the_references_figures() {
    let workshop = Workshop::new();
    let (labels, images) = (quoted("examples/bccd/annotations/test.json"), quoted("examples/bccd/images"));
    let model = |name| {
        format!(
            "[model.{name}]\nkind = \"onnx\"\nengine = \"rten\"\npath = {}\n",
            quoted(&format!("examples/models/{name}.onnx"))
        )
    };
    let models = model("bccd_cells") + &model("bccd_cells_rough");
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"road\"\ntask = \"classify\"\n[dataset.d]\nformat = \"coco\"\npath = {labels}\n\
             images = {images}\ncrops = 1.2\n{models}[[check]]\non = \"clean\"\nmetric = \"balanced_accuracy\"\nmin = 0.5\n"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let reference = &json("tests/fixtures/golden/cells.json")["models"];
    for cell in workshop.record("road")["cells"].as_array().unwrap() {
        let model = cell["model"].as_str().unwrap();
        let wanted = &reference[model]["clean"];
        for (metric, tolerance) in
            [("top1", EXACT), ("balanced_accuracy", EXACT), ("macro_f1", EXACT), ("nll", 1e-4), ("ece", 1e-4)]
        {
            assert_close(&cell["figures"][metric], &wanted[metric], tolerance, &format!("{model} {metric}"));
        }
        for (at, category) in ["RBC", "WBC", "Platelets"].into_iter().enumerate() {
            let found = &cell["per_category"][category]["recall"];
            assert_close(found, &wanted["recall"][at], EXACT, &format!("{model} recall of {category}"));
        }
    }
}

/// The faces that the reference pipeline (onnxruntime, OpenCV, a decoder of its own) found are found again: each side
/// within half a pixel, each score within 0.01. That is the JPEG decoders' doing, which are single grey levels apart; on
/// the same pixels the two are 4e-5 pixels and 2e-7 apart.
#[test]
fn faces_are_the_references() {
    let faces = json("tests/fixtures/golden/ultraface.json")["faces"].clone();
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for (image_id, (file_name, boxes)) in faces.as_object().unwrap().iter().enumerate() {
        images.push(serde_json::json!({"id": image_id, "file_name": file_name}));
        for face in boxes.as_array().unwrap() {
            let id = annotations.len() + 1;
            annotations
                .push(serde_json::json!({"id": id, "image_id": image_id, "category_id": 1, "bbox": face["bbox"]}));
        }
    }
    let labels =
        serde_json::json!({"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "face"}]});
    let workshop = Workshop::new();
    workshop.write("labels.json", labels.to_string());
    let (pictures, model) = (quoted("examples/coco-mini/images"), quoted("examples/models/ultraface-rfb-320.onnx"));
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"faces\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = {pictures}\n\
             [model.ultraface]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\nlabels = [\"face\"]\nconfidence = 0.5\niou = 0.3\n\
             [[check]]\non = \"clean\"\nmetric = \"map75\"\nmin = 1.0\n"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml", "--detections", "cells"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let found = std::fs::read(workshop.path("cells/ultraface/d/clean.json")).unwrap();
    let found: Value = serde_json::from_slice(&found).unwrap();
    assert_eq!(found.as_array().unwrap().len(), annotations.len());
    for (image_id, (file_name, boxes)) in faces.as_object().unwrap().iter().enumerate() {
        let left = |face: &&Value| (face["bbox"][0].as_f64().unwrap() * 1000.0) as i64;
        let mut ours: Vec<&Value> = found.as_array().unwrap().iter().filter(|f| f["image_id"] == image_id).collect();
        ours.sort_by_key(left);
        for (face, wanted) in ours.iter().zip(boxes.as_array().unwrap()) {
            assert_close(&face["score"], &wanted["score"], 0.01, file_name);
            for side in 0..4 {
                assert_close(&face["bbox"][side], &wanted["bbox"][side], 0.5, file_name);
            }
        }
    }
}
