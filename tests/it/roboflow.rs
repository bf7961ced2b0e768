//! `kind = "roboflow"` against a server on this machine that speaks the documented protocol, well and badly.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::detector::{Detector, NAMES};
use crate::loopback::{Loopback, Reply, Request};
use crate::support::{DATASET, Ran, Workshop, repository, small_spec};

/// No message, report or record may show it.
const KEY: &str = "kEy/of+a \"person\"";

const CHECKS: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 2\n\
                      [[check]]\non = \"clean\"\nmin = 0.1\n[[check]]\non = \"blur\"\nmax_drop = 0.3\n";

fn model(server: &Loopback, more: &str) -> String {
    format!("[model.a]\nkind = \"roboflow\"\nmodel_id = \"cells/3\"\nurl = \"{}\"\n{more}\n", server.url())
}

/// Runs a spec with the model behind `server` on two images.
fn run(server: &Loopback, more: &str, checks: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{}{checks}", model(server, more)));
    let output = workshop.command(&["run", "spec.toml", "-j", "1"]).env("ROBOFLOW_API_KEY", KEY).output().unwrap();
    let ran = workshop.finish(output);
    let files = files(&workshop.path("."));
    for needed in ["record.json", "junit.xml", "store.sqlite"] {
        assert!(files.iter().any(|file| file.ends_with(needed)), "{needed} is not among {files:?}");
    }
    for file in files {
        is_silent(&String::from_utf8_lossy(&std::fs::read(file).unwrap()));
    }
    is_silent(&ran.stderr);
    is_silent(&ran.stdout);
    (workshop, ran)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_silent(text: &str) {
    for form in [KEY, "kEy", "kEy%2Fof"] {
        assert!(!text.contains(form), "the key is shown: {text}");
    }
}

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.1\n";

/// Runs one clean check against a server that gives `reply` to every request, and expects that it cannot be judged.
fn fails(reply: Reply, message: &str) -> usize {
    let server = Loopback::start(move |_, _| reply.clone());
    let (workshop, ran) = run(&server, "retries = 1\nconcurrency = 1", CLEAN);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = workshop.record("small");
    let told = record["cases"][0]["message"].as_str().unwrap();
    assert!(told.contains(message), "{told}");
    server.requests().len()
}

/// As the server answers: boxes by their centres.
fn reply(detector: &Detector, picture: &[u8]) -> Value {
    let (found, [width, height]) = detector.find(picture);
    let predictions: Vec<Value> = found
        .iter()
        .map(|d| {
            let (x, y) = (d.bbox.x + d.bbox.width / 2.0, d.bbox.y + d.bbox.height / 2.0);
            json!({"x": x, "y": y, "width": d.bbox.width, "height": d.bbox.height, "confidence": d.score,
                   "class": NAMES[d.category_id as usize], "class_id": d.category_id - 1, "detection_id": "7d6c"})
        })
        .collect();
    json!({"time": 0.1, "image": {"width": width, "height": height}, "predictions": predictions})
}

fn v0(detector: &Detector, request: &Request) -> Reply {
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/cells/3"));
    assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
    assert!(request.query.starts_with("api_key=kEy%2Fof%2Ba+%22person%22&confidence=0.01&overlap=0.3"), "{request:?}");
    assert!(request.query.ends_with("format=json&disable_active_learning=true"), "{request:?}");
    Reply::json(200, &reply(detector, &BASE64.decode(&request.body).unwrap()))
}

fn v1(detector: &Detector, request: &Request) -> Reply {
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/infer/object_detection"));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["api_key"], &body["model_id"]), (&json!(KEY), &json!("cells/3")));
    assert_eq!((&body["confidence"], &body["iou_threshold"]), (&json!(0.01), &json!(0.3)));
    let picture = BASE64.decode(body["image"]["value"].as_str().unwrap()).unwrap();
    Reply::json(200, &json!([reply(detector, &picture)]))
}

/// The figures of the same model inside the program.
fn own_cells() -> Value {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", small_spec(&format!("confidence = 0.01\n{CHECKS}")));
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    workshop.record("small")["cells"].clone()
}

#[test]
fn figures_are_those_of_the_model_behind_the_server_in_both_forms_of_requests() {
    let own = own_cells();
    for (api, answer) in [("v0", v0 as fn(&Detector, &Request) -> Reply), ("v1", v1)] {
        let workshop = Workshop::new();
        workshop.blood_cells(2);
        let detector = Arc::new(Detector::open(&workshop));
        let server = Loopback::start(move |request, _| answer(&detector, request));
        let (workshop, ran) = run(&server, &format!("api = \"{api}\""), CHECKS);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let record = workshop.record("small");
        assert_same_figures(&own, &record["cells"]);
        assert_eq!(server.requests().len(), 4);
        assert_eq!(record["models"][0]["card"]["settings"]["model_id"], "cells/3");
    }
}

/// A box that went through its centre may differ in the last bits.
pub fn assert_same_figures(one: &Value, other: &Value) {
    let (one, other) = (one.as_array().unwrap(), other.as_array().unwrap());
    assert_eq!(one.len(), other.len());
    for (a, b) in one.iter().zip(other) {
        let figure = |cell: &Value| cell["figures"]["map"].as_f64().unwrap_or_else(|| panic!("no map in {cell}"));
        assert!((figure(a) - figure(b)).abs() < 1e-9, "{a}\n{b}");
    }
}

/// Two pictures in the folders that Roboflow's export "YOLO" has.
fn export(workshop: &Workshop) {
    let data = "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 3\n\
                names: ['RBC', 'WBC', 'Platelets']\n\nroboflow:\n  workspace: w\n  project: blood-cells\n  version: 1\n";
    workshop.write("export/data.yaml", data);
    for name in ["BloodImage_00007", "BloodImage_00011"] {
        let image = std::fs::read(repository(&format!("examples/bccd/images/{name}.jpg"))).unwrap();
        workshop.write(&format!("export/test/images/{name}.jpg"), image);
        let labels = std::fs::read(repository(&format!("examples/bccd/labels/{name}.txt"))).unwrap();
        workshop.write(&format!("export/test/labels/{name}.txt"), labels);
    }
}

#[test]
fn the_shipped_spec_runs_and_asks_about_every_picture_once() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let detector = Arc::new(Detector::open(&workshop));
    let server = Loopback::start(move |request, _| {
        assert_eq!(request.path, "/blood-cells/1");
        assert!(request.query.ends_with("disable_active_learning=true"));
        Reply::json(200, &reply(&detector, &BASE64.decode(&request.body).unwrap()))
    });
    let shipped = std::fs::read_to_string(repository("specs/roboflow.toml")).unwrap();
    // A server of one's own may hold another model tomorrow; Roboflow's does not.
    let url = format!("kind = \"roboflow\"\nversion = \"1\"\nurl = \"{}\"", server.url());
    let spec = shipped
        .replace("../examples/bccd/data.yaml", "export/data.yaml")
        .replace("min_images = 50", "")
        .replace("kind = \"roboflow\"", &url);
    workshop.write("spec.toml", spec);
    export(&workshop);
    let run = || {
        let mut command = workshop.command(&["run", "spec.toml"]);
        workshop.finish(command.env("ROBOFLOW_API_KEY", KEY).output().unwrap())
    };
    let ran = run();
    assert!(ran.code <= 1, "{}", ran.stderr);
    let record = workshop.record("roboflow");
    assert_eq!(record["conditions"].as_array().unwrap().len(), 23);
    assert_eq!(server.requests().len(), 2 * 23);
    assert_eq!(run().code, ran.code);
    assert_eq!(server.requests().len(), 2 * 23, "nothing is paid for twice");
}

#[test]
fn refusals_are_final_and_the_next_picture_is_not_sent() {
    for status in [401, 402, 403, 404, 423] {
        let body = json!({"message": format!("no access for {KEY}")});
        let asked = fails(Reply::json(status, &body), "no access for [secret]");
        assert_eq!(asked, 1, "{status}");
    }
    assert_eq!(fails(Reply::json(400, &json!({"message": "bad picture"})), "400 Bad Request: bad picture"), 2);
}

#[test]
fn what_may_pass_is_tried_again() {
    let busy = |header: &str, value: &str| {
        Reply::Full(429, vec![(header.into(), value.into())], b"{\"message\": \"slow down\"}".to_vec())
    };
    for first in [
        busy("Retry-After", "0"),
        busy("X", "y"),
        Reply::json(503, &json!({})),
        Reply::Close,
        Reply::Half(vec![b' '; 99]),
    ] {
        let reply = json!({"predictions": []});
        let server =
            Loopback::start(move |_, before| if before == 0 { first.clone() } else { Reply::json(200, &reply) });
        let (workshop, _) = run(&server, "retries = 1\nconcurrency = 1", CLEAN);
        assert_eq!(workshop.record("small")["cases"][0]["verdict"]["outcome"]["outcome"], "fail", "it was judged");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_server_that_is_lost_gets_one_try_for_each_further_picture() {
    let asked = fails(Reply::json(503, &json!({"message": "maintenance"})), "maintenance (2 tries)");
    assert_eq!(asked, 3);
    let later = Reply::Full(429, vec![("Retry-After".into(), "9999".into())], vec![]);
    assert_eq!(fails(later, "the next is due in 9999 s: longer than is left of `patience_seconds`"), 2);
    assert_eq!(fails(Reply::Close, "no answer from http://127.0.0.1:"), 3);
}

#[test]
fn answers_that_are_none() {
    let html = Reply::Full(200, vec![("Content-Type".into(), "text/html".into())], b"<html>Log in</html>".to_vec());
    fails(html, "its answer cannot be read: it is XML or HTML, not JSON: `<html>Log in</html>` (text/html)");
    fails(Reply::json(200, &json!({"message": "warming up"})), "the reply holds no `predictions`: warming up");
    fails(
        Reply::Full(302, vec![("Location".into(), "https://elsewhere/".into())], vec![]),
        "redirects to https://elsewhere/: set `url` to that",
    );
    let one = |key: &str, value: Value| {
        let mut one = json!({"x": 9, "y": 9, "width": 4, "height": 4, "confidence": 0.5, "class": "RBC"});
        one[key] = value;
        Reply::json(200, &json!({"predictions": [one]}))
    };
    fails(one("confidence", json!(50)), "a score is 50, not 0..1");
    fails(one("width", json!(-4)), "a box is -4 x 4 pixels");
    fails(
        one("class", json!("rbc")),
        "the model found a `rbc`, which the dataset has no category for (nearest: `RBC`)",
    );
    fails(one("class", json!(KEY)), "the model found a `[secret]`");
    let nan = b"{\"predictions\": [{\"x\": NaN}]}".to_vec();
    fails(Reply::Full(200, vec![], nan), "a number is NaN or infinite");
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_longer_than_told() {
    let server = Loopback::start(|_, _| Reply::Hang);
    let (workshop, ran) = run(&server, "timeout_seconds = 0.3", CLEAN);
    assert_eq!(ran.code, 3);
    let failure = workshop.record("small")["cases"][0].clone();
    assert!(failure["message"].as_str().unwrap().contains("has not answered within 0.3 s"), "{failure}");
    assert_eq!(server.requests().len(), 2, "time-outs are not tried again");
}

#[test]
fn a_server_that_hangs_is_not_asked_about_every_picture() {
    let server = Loopback::start(|_, _| Reply::Hang);
    let sweep =
        "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 2, 3]\n[[check]]\non = \"all\"\nmin = 0.1\n";
    let (_, ran) = run(&server, "timeout_seconds = 0.2\nconcurrency = 1", sweep);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(server.requests().len(), 4, "of 8 frames");
}

#[test]
fn without_a_key_nothing_is_sent() {
    let server = Loopback::start(|_, _| Reply::Close);
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{}{CLEAN}", model(&server, "")));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3);
    assert!(ran.says("the variable `ROBOFLOW_API_KEY` is not set: `export ROBOFLOW_API_KEY=...`"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["check", "spec.toml"]).code, 0);
    assert!(server.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn an_interrupt_does_not_wait_for_the_server() {
    let server = Loopback::start(|_, _| Reply::Hang);
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{}{CLEAN}", model(&server, "")));
    let mut command = workshop.command(&["run", "spec.toml"]);
    let mut child = command.env("ROBOFLOW_API_KEY", KEY).stderr(std::process::Stdio::null()).spawn().unwrap();
    while server.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let started = Instant::now();
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(workshop.record("small")["interrupted"], true);
}
