//! ONNX files as exporters write them: outputs beside the boxes, rows of seven, one channel, halves, names as JSON.

use serde_json::json;

use crate::onnx_file::{Answer, FLOAT, HALF, answering};
use crate::support::{Ran, Workshop};

const NAMES: &str = "{0: 'cat', 1: 'dog'}";

/// A picture with a dog, and a check that it is found and nothing else.
fn workshop(model: &[u8]) -> Workshop {
    let workshop = Workshop::new();
    workshop.picture("images/a.png", 64, 64);
    let labels = json!({
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [10, 20, 30, 40], "area": 1200, "iscrowd": 0}],
    });
    workshop.write("labels.json", labels.to_string());
    workshop.write("m.onnx", model);
    workshop
}

fn run(workshop: &Workshop, keys: &str) -> Ran {
    let spec = format!(
        "version = 1\nname = \"s\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
         [model.m]\nkind = \"onnx\"\npath = \"m.onnx\"\nengine = \"rten\"\n{keys}\n[[check]]\non = \"clean\"\nmin = 0.999\n"
    );
    workshop.write("spec.toml", spec);
    workshop.run(&["run", "spec.toml", "--no-cache"])
}

fn found(model: &[u8], keys: &str) -> Workshop {
    let workshop = workshop(model);
    let ran = run(&workshop, keys);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    workshop
}

fn refused(model: &[u8], keys: &str) -> Ran {
    let ran = run(&workshop(model), keys);
    assert!(ran.code == 2 || ran.code == 3, "{}", ran.stderr);
    ran
}

const PICTURE: [u64; 4] = [1, 3, 64, 64];

/// YOLOv5's boxes for 64 x 64 pixels: three for each cell of 8 x 8, 4 x 4 and 2 x 2.
const BOXES: u64 = 252;

/// The dog in the first row: centre, size, objectness, scores.
fn decoded() -> Answer<'static> {
    let mut values = vec![0.0; 7 * BOXES as usize];
    values[..7].copy_from_slice(&[25.0, 40.0, 30.0, 40.0, 1.0, 0.0, 0.9]);
    Answer { name: "output", shape: &[1, BOXES, 7], values }
}

fn map<'a>(name: &'a str, shape: &'a [u64]) -> Answer<'a> {
    Answer { name, shape, values: vec![0.5; shape.iter().product::<u64>() as usize] }
}

#[test]
fn maps_beside_the_boxes_are_left_out_and_the_record_says_so() {
    let maps = || [map("350", &[1, 3, 8, 8, 7]), map("490", &[1, 3, 4, 4, 7]), map("630", &[1, 3, 2, 2, 7])];
    let answers: Vec<Answer<'_>> = [decoded()].into_iter().chain(maps()).collect();
    let workshop = found(&answering(FLOAT, &PICTURE, &answers, NAMES), "");
    let settings = &workshop.record("s")["models"][0]["card"]["settings"];
    assert_eq!((&settings["outputs"], &settings["decoder"]), (&json!(["output"]), &json!("yolov5")));
    let plain = found(&answering(FLOAT, &PICTURE, &[decoded()], NAMES), "");
    assert!(plain.record("s")["models"][0]["card"]["settings"].get("outputs").is_none());
    // Maps alone are no boxes.
    let told = refused(&answering(FLOAT, &PICTURE, &maps(), NAMES), "");
    assert!(told.says("are of no known layout"), "{}", told.stderr);
}

#[test]
fn outputs_are_chosen_by_name() {
    let answers = [map("embedding", &[1, 9]), decoded(), map("count", &[1])];
    let model = answering(FLOAT, &PICTURE, &answers, NAMES);
    let told = refused(&model, "");
    assert!(
        told.says("are of no known layout of detectors.") && told.says("name those: `outputs = [...]`"),
        "{}",
        told.stderr
    );
    found(&model, "outputs = [\"output\"]");
    let wrong = refused(&model, "outputs = [\"boxes\"]");
    assert!(
        wrong.says("it has no output `boxes` that `outputs` names; it has `embedding`, `output`, `count`"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn rows_of_seven_are_those_of_yolov7() {
    let row = [0.0, 10.0, 20.0, 40.0, 60.0, 1.0, 0.9];
    let answer = |rows: usize| Answer {
        name: "output",
        shape: if rows == 1 { &[1, 7] } else { &[2, 7] },
        values: row.repeat(rows),
    };
    let model = answering(FLOAT, &PICTURE, &[answer(1)], NAMES);
    let workshop = found(&model, "");
    assert_eq!(workshop.record("s")["models"][0]["card"]["settings"]["decoder"], "yolov7_end2end");
    // Two rows of two pictures are not a row for each.
    let told = refused(&answering(FLOAT, &[2, 3, 64, 64], &[answer(2)], NAMES), "");
    assert!(told.says("leave out `batch`"), "{}", told.stderr);
}

#[test]
fn one_channel_and_halves_are_fed() {
    found(&answering(FLOAT, &[1, 1, 64, 64], &[decoded()], NAMES), "");
    found(&answering(FLOAT, &[1, 64, 64, 1], &[decoded()], NAMES), "");
    found(&answering(HALF, &PICTURE, &[decoded()], NAMES), "");
    let told = refused(&answering(FLOAT, &[1, 4, 64, 64], &[decoded()], NAMES), "");
    assert!(told.says("not a picture of 3 channels, or of 1"), "{}", told.stderr);
}

#[test]
fn names_may_be_json_and_the_border_of_any_colour() {
    let model = answering(FLOAT, &PICTURE, &[decoded()], "{\"1\": \"dog\", \"0\": \"cat\"}");
    let workshop = found(&model, "pad = 0");
    assert_eq!(workshop.record("s")["models"][0]["card"]["settings"]["preprocessing"]["pad"], json!([0, 0, 0]));
    found(&model, "pad = [114, 114, 114]");
    for wrong in ["pad = 256", "pad = [1, 2]", "pad = \"black\"", "pad = -1"] {
        assert_eq!(refused(&model, wrong).code, 2, "{wrong}");
    }
}

#[test]
fn a_score_that_rounding_has_brought_beyond_one_is_one() {
    let scored = |score: f32| {
        let mut answer = decoded();
        answer.values[6] = score;
        answering(FLOAT, &PICTURE, &[answer], NAMES)
    };
    let workshop = workshop(&scored(1.000_000_1));
    let ran = run(&workshop, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    workshop.run(&["run", "spec.toml", "--no-cache", "--detections", "found"]);
    let found = std::fs::read_to_string(workshop.path("found/m/d/clean.json")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found[0]["score"], json!(1.0));
    let told = refused(&scored(1.5), "");
    assert!(told.says("1.5"), "{}", told.stderr);
}
