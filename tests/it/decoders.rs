//! Every family of networks: a tiny model of its output layout (`.ci/make_models.py`) whose boxes are known. It is found
//! out as that family, and its boxes, classes and scores come out as written, the placing of the picture undone.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::support::{Ran, Workshop, repository};

/// The colour that the models' scores are made for.
const COLOUR: [u8; 3] = [204, 102, 51];

/// Boxes x, y, width, height of the 64x32 picture behind the two boxes of the 32x32 input, by placement.
const LETTERBOX: [[f64; 4]; 2] = [[8.0, 8.0, 16.0, 16.0], [32.0, 0.0, 32.0, 32.0]];
const TOP_LEFT: [[f64; 4]; 2] = [[8.0, 24.0, 16.0, 8.0], [32.0, 16.0, 32.0, 16.0]];
const STRETCH: [[f64; 4]; 2] = [[8.0, 12.0, 16.0, 8.0], [32.0, 8.0, 32.0, 16.0]];

/// The scores of both boxes.
const SCORES: [f64; 2] = [0.75, 0.5];

/// What 32-bit arithmetic of the families that compute (exponentials, softmax) may lose.
const ROUNDING: f64 = 1e-5;

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let picture = image::RgbImage::from_pixel(64, 32, image::Rgb(COLOUR));
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    workshop.write("images/a.png", png.into_inner());
    let labels = json!({
        "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 32}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 0}],
        // Not in the models' order: classes are matched by name.
        "categories": [{"id": 7, "name": "dog"}, {"id": 9, "name": "cat"}],
    });
    workshop.write("labels.json", labels.to_string());
    workshop
}

fn run(workshop: &Workshop, family: &str, options: &str) -> Ran {
    let path = json!(repository(&format!("tests/fixtures/models/family_{family}.onnx")).display().to_string());
    let dataset = crate::support::DATASET;
    let model = format!("[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {path}\n{options}\n");
    let check = "[[check]]\non = \"clean\"\nmin = 0.01\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n{model}\n{check}"));
    workshop.run(&["run", "spec.toml", "--detections", "cells"])
}

fn detections(workshop: &Workshop) -> Vec<Value> {
    let cell = std::fs::read(workshop.path("cells/m/test/clean.json")).unwrap();
    serde_json::from_slice::<Value>(&cell).unwrap().as_array().unwrap().clone()
}

/// A family's model is taken for it, and its two boxes are `boxes`: a cat, and a dog.
fn family(name: &str, boxes: [[f64; 4]; 2], options: &str) {
    let workshop = workshop();
    let ran = run(&workshop, name, options);
    assert!(ran.code <= 1, "{name}: {}", ran.stderr);
    assert_eq!(workshop.record("small")["models"][0]["card"]["settings"]["decoder"], name);
    let found = detections(&workshop);
    assert_eq!(found.len(), 2, "{name}: {found:?}");
    for (at, (detection, category)) in found.iter().zip([9, 7]).enumerate() {
        assert_eq!(detection["category_id"], category, "{name}: {found:?}");
        let score = detection["score"].as_f64().unwrap();
        assert!((score - SCORES[at]).abs() < ROUNDING, "{name}: score {score} is not {}", SCORES[at]);
        for (side, wanted) in detection["bbox"].as_array().unwrap().iter().zip(boxes[at]) {
            let side = side.as_f64().unwrap();
            assert!((side - wanted).abs() < ROUNDING, "{name}: {} is not {:?}", detection["bbox"], boxes[at]);
        }
    }
}

const LABELS: &str = "labels = [\"cat\", \"dog\"]";

#[test]
fn yolov5() {
    family("yolov5", LETTERBOX, "");
}

#[test]
fn yolov8() {
    family("yolov8", LETTERBOX, "");
}

#[test]
fn end2end() {
    family("end2end", LETTERBOX, "");
}

#[test]
fn yolox() {
    family("yolox", TOP_LEFT, "");
}

#[test]
fn yolo_nas() {
    family("yolo_nas", LETTERBOX, "");
}

#[test]
fn ultralytics_rtdetr() {
    family("ultralytics_rtdetr", STRETCH, "");
}

#[test]
fn rtdetr_end2end() {
    family("rtdetr_end2end", STRETCH, "");
}

#[test]
fn rtdetr() {
    family("rtdetr", STRETCH, LABELS);
}

#[test]
fn rfdetr() {
    family("rfdetr", STRETCH, LABELS);
}

#[test]
fn detr() {
    family("detr", STRETCH, LABELS);
}

#[test]
fn detr_sigmoid() {
    family("detr_sigmoid", STRETCH, LABELS);
}

#[test]
fn torchvision() {
    family("torchvision", STRETCH, LABELS);
}

#[test]
fn tf_od() {
    family("tf_od", STRETCH, LABELS);
}

#[test]
fn mmdeploy() {
    family("mmdeploy", TOP_LEFT, LABELS);
}

#[test]
fn efficient_nms() {
    family("efficient_nms", LETTERBOX, LABELS);
}

#[test]
fn ppyoloe() {
    family("ppyoloe", STRETCH, LABELS);
}

#[test]
fn ssd() {
    family("ssd", STRETCH, LABELS);
}

#[test]
fn fastestdet() {
    family("fastestdet", STRETCH, "");
}

#[test]
fn every_family_has_its_model() {
    let page = Workshop::new().run(&["check", repository("specs").to_str().unwrap()]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    let models = std::fs::read_dir(repository("tests/fixtures/models")).unwrap();
    let names = models.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut families: Vec<String> =
        names.filter_map(|name| Some(name.strip_prefix("family_")?.strip_suffix(".onnx")?.to_owned())).collect();
    families.sort();
    let listed = run(&workshop(), "yolov8", "decoder = \"zzz\"");
    for name in &families {
        assert!(listed.says(name), "{name} is not among the decoders: {}", listed.stderr);
    }
    assert_eq!(families.len(), 18);
}

#[test]
fn a_wrong_preprocessing_shows_in_the_scores() {
    for wrong in ["placement = \"stretch\"", "channels = \"bgr\"", "scale = 1", "std = [0.5, 1, 1]"] {
        let workshop = workshop();
        let ran = run(&workshop, "yolov8", wrong);
        assert!(ran.code <= 1, "{}", ran.stderr);
        let best = detections(&workshop).first().map_or(0.0, |found| found["score"].as_f64().unwrap());
        assert!(best < 0.7, "{wrong}: {best}");
    }
}

#[test]
fn what_the_outputs_do_not_show_is_asked_for() {
    // Two columns of logits for two classes, one of them "no object", or for one class: only the labels tell.
    let workshop = workshop();
    let ran = run(&workshop, "detr_sigmoid", "labels = [\"cat\", \"dog\", \"cow\", \"hen\"]");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("do not show which layout they have: add `decoder = \"detr\"`"), "{}", ran.stderr);
    assert!(ran.says("or `decoder = \"detr_sigmoid\"`"), "{}", ran.stderr);
    let named = run(&workshop, "yolox", "decoder = \"ssd\"");
    assert_eq!(named.code, 3, "{}", named.stderr);
    assert!(named.says("are not of the layout `ssd`"), "{}", named.stderr);
}

#[test]
fn bytes_take_no_scaling() {
    let ran = run(&workshop(), "tf_od", &format!("{LABELS}\nscale = 255"));
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("it takes pixels as bytes: leave out `scale`"), "{}", ran.stderr);
}

#[test]
fn a_class_without_a_name_is_an_error_on_its_image() {
    let ran = run(&workshop(), "rtdetr", "labels = [\"dog\"]");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("a box is of class 1, but `labels` has names for 0 to 0"), "{}", ran.stderr);
}
