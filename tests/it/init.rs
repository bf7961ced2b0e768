//! `windtunnel init`: a spec from what lies around, that passes at once.

use crate::support::{Workshop, repository};

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(8);
    workshop.write("models/cells a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    workshop
}

#[test]
fn a_spec_is_drafted_that_passes_at_once() {
    let workshop = workshop();
    workshop.write("models/broken.onnx", "no model");
    workshop.write("notes.json", "[1, 2]");
    let ran = workshop.run(&["init", "--github"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("dataset: labels.json: coco, 8 images, 3 categories"), "{}", ran.stderr);
    assert!(ran.says("model: models/broken.onnx: left out: it is a text, not an ONNX model"), "{}", ran.stderr);
    assert!(ran.says("next: windtunnel run specs/robustness.toml"), "{}", ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    insta::assert_snapshot!(text);
    let ran = workshop.run(&["run", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("robustness");
    assert_eq!(record["times"]["asked"], 0, "what was measured is not measured again");
    assert_eq!(record["counts"]["passed"], 8);
    let workflow = std::fs::read_to_string(workshop.path(".github/workflows/windtunnel.yml")).unwrap();
    let example = std::fs::read_to_string(repository("examples/ci/github-one-job.yml")).unwrap();
    assert!(workflow.ends_with(example.split_once('\n').unwrap().1), "what CI checks is what is drafted: {workflow}");
    let uses = workflow.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action);
    let mut others = uses.filter(|action| !action.starts_with("OWNER/"));
    assert!(others.all(|action| action.split(['@', ' ']).nth(1).is_some_and(|pin| pin.len() == 40)), "{workflow}");
}

#[test]
fn an_export_with_splits_is_judged_on_its_test_split() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(6);
    for split in ["train", "test", "valid"] {
        workshop.write(&format!("Cells.v1/{split}/_annotations.coco.json"), labels.to_string());
        for image in labels["images"].as_array().unwrap() {
            let name = image["file_name"].as_str().unwrap();
            let bytes = std::fs::read(workshop.path(&format!("images/{name}"))).unwrap();
            workshop.write(&format!("Cells.v1/{split}/{name}"), bytes);
        }
    }
    std::fs::remove_file(workshop.path("labels.json")).unwrap();
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    let ran = workshop.run(&["init", "-q", "--name", "cells"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/cells.toml")).unwrap();
    let section = "[dataset.test]\nformat = \"coco\"\npath = \"../Cells.v1\"\nsplit = \"test\"\n";
    assert!(text.contains(section), "{text}");
}

#[test]
fn what_is_missing_is_said_and_nothing_is_left() {
    let workshop = Workshop::new();
    let expect = |message: &str| {
        let ran = workshop.run(&["init"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.says(message), "{}", ran.stderr);
        assert!(!workshop.path("specs").exists());
    };
    expect("no dataset in .: looked for COCO JSON, a data.yaml and VOC XML files, with their images");
    workshop.blood_cells(3);
    expect("no model found: put an ONNX file here");
    workshop.write("best.pt", b"PK\x03\x04");
    expect(
        "no ONNX file found, but best.pt: export it first, with what it was trained with (Ultralytics: `yolo export",
    );
    workshop.write("model.onnx", "no model");
    expect("no model can be used on this dataset");
}

#[test]
fn a_spec_that_is_there_is_not_overwritten() {
    let workshop = workshop();
    workshop.write("specs/robustness.toml", "mine");
    let ran = workshop.run(&["init"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.says("specs/robustness.toml is there already: move it away, or choose another --name"),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap(), "mine");
}

#[test]
fn odd_places_and_names_are_refused_before_anything_is_made() {
    let workshop = workshop();
    let expect = |args: &[&str], message: &str| {
        let ran = workshop.run(&[&["init"], args].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.says(message), "`{message}` is not in:\n{}", ran.stderr);
        assert!(!workshop.path("specs").exists() && !workshop.path("nosuch").exists());
    };
    expect(&["nosuch"], "there is no folder `nosuch`: name the one that holds the images and the models");
    for name in ["", "a b", "../a", "a/b", "a.b"] {
        expect(&["--name", name], "use letters, digits, `_` and `-`");
    }
    workshop.write(".github/workflows/windtunnel.yml", "mine");
    expect(&["--github"], "windtunnel.yml is there already: move it away, or leave out --github");
}

#[test]
fn labels_in_the_folder_itself_are_called_by_its_name() {
    let workshop = Workshop::new();
    workshop.write("Annotations/a.xml", "<other/>");
    workshop.write("notes.json", "{\"images\": 3}");
    let ran = workshop.run(&["init"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("no dataset in . can be read: .: "), "{}", ran.stderr);
}
