//! Figures against pycocotools, and the whole road against an independent Python pipeline (see `.ci/reference.py`).

use serde_json::Value;

use crate::support::{Workshop, repository};

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(repository(path)).unwrap()).unwrap()
}

/// pycocotools and hotcoco sum in different orders.
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
fn fixed_detections(name: &str, labels: &str) {
    let workshop = Workshop::new();
    let detections = std::fs::read(repository(&format!("tests/fixtures/detections/{name}.json"))).unwrap();
    workshop.write("results/clean.json", detections);
    let (labels_path, images) = (repository(&format!("examples/{labels}")), repository("examples").join(labels));
    let images = images.parent().unwrap().parent().unwrap().join("images");
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"fixed\"\n[dataset.d]\nformat = \"coco\"\npath = {labels_path:?}\nimages = {images:?}\n\
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
    fixed_detections("bccd_a.bccd-test", "bccd/annotations/test.json");
}

#[test]
fn fixed_detections_of_yolox_nano_give_pycocotools_figures() {
    fixed_detections("yolox_nano.coco-mini-val", "coco-mini/annotations/val.json");
}

#[test]
fn fixed_detections_of_fastestdet_give_pycocotools_figures() {
    fixed_detections("fastestdet.coco-mini-val", "coco-mini/annotations/val.json");
}
