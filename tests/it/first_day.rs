//! What somebody types on the first day, and what helps then.

use crate::support::{Workshop, detector, repository, small_spec};

const CHECK: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n[[check]]\non = \"blur\"\nmin = 0.05\n\
                     [[check]]\non = \"clean\"\nmin = 0.05\n";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", small_spec(CHECK));
    workshop
}

#[test]
fn a_pattern_that_is_a_part_of_ids_leads_to_one_that_matches() {
    let workshop = workshop();
    let ran = workshop.run(&["run", "spec.toml", "-k", "blur"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let said = "no case matches `blur`: a pattern is of the whole id, and '*blur*' matches 1 case";
    assert!(ran.says(said), "{}", ran.stderr);
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "-k", "*blur*"]).code, 0);
    let ran = workshop.run(&["run", "spec.toml", "-k", "fog"]);
    assert!(ran.code == 4 && !ran.says("a pattern is of the whole id"), "{}", ran.stderr);
}

#[test]
fn words_of_others_lead_to_those_that_there_are() {
    let workshop = workshop();
    let says = |from: &str, to: &str, help: &str| {
        workshop.write("spec.toml", small_spec(CHECK).replace(from, to));
        let ran = workshop.run(&["check", "spec.toml"]);
        assert!(ran.code == 2 && ran.says(help), "{to}: {}", ran.stderr);
    };
    for kind in ["yolo", "YOLOv8", "ultralytics", "torch"] {
        says(
            "kind = \"onnx\"",
            &format!("kind = \"{kind}\""),
            "as the file that it was exported to: `kind = \"onnx\"`",
        );
    }
    says("kind = \"onnx\"", "kind = \"triton\"", "`kind = \"oip\"`");
    says("kind = \"onnx\"", "kind = \"python\"", "`kind = \"subprocess\"`");
    says(
        "labels =",
        "decoder = \"yolo\"\nlabels =",
        "did you mean `yolov8`, `yolov5`, `yolov7_end2end`, `yolox` or `yolo_nas`?",
    );
    says("gaussian_blur", "blur", "`blur` is a group; did you mean `defocus_blur`, `glass_blur`, ");
    says("gaussian_blur", "gaussian", "did you mean `gaussian_noise` or `gaussian_blur`?");
    says("gaussian_blur", "night", "did you mean `low_light`, `exposure` or `brightness`?");
    says("gaussian_blur", "GaussianBlurr", "did you mean `gaussian_blur`?");
}

#[test]
fn files_that_are_no_specs_are_called_what_they_are_once() {
    let workshop = workshop();
    workshop.write("m.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    workshop.write("data.yaml", "names: [a]\n");
    for (name, what) in [
        ("m.onnx", "m.onnx is an ONNX model, not a spec: the `path` of a `[model.NAME]` names it"),
        ("labels.json", "labels.json is JSON, not a spec: labels are named in the `path` of a `[dataset.NAME]`"),
        ("data.yaml", "data.yaml is a file of labels, not a spec"),
    ] {
        let ran = workshop.run(&["run", name]);
        assert!(ran.code == 2 && ran.says(what), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}

#[test]
fn a_model_that_is_cut_short_is_called_so() {
    let workshop = workshop();
    let bytes = std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap();
    let spec = small_spec(CHECK).replace(&repository("examples/models/bccd_a.onnx").display().to_string(), "m.onnx");
    workshop.write("spec.toml", spec);
    for part in [1, bytes.len() / 2, bytes.len() - 1] {
        workshop.write("m.onnx", &bytes[..part]);
        let ran = workshop.run(&["check", "spec.toml"]);
        assert!(ran.code == 3 && ran.says("it is cut short ("), "{part}: {}", ran.stderr);
    }
    for (bytes, what) in [
        (&b"\x1f\x8b\x08\0\0\0"[..], "it is compressed: unpack it with `gunzip`"),
        (&b"\x1c\0\0\0TFL3\0\0"[..], "it is a TensorFlow Lite model, not an ONNX model: convert it"),
        (&b"\x89HDF\r\n\x1a\n"[..], "it is a model of Keras, not an ONNX model: convert it"),
    ] {
        workshop.write("m.onnx", bytes);
        let ran = workshop.run(&["check", "spec.toml"]);
        assert!(ran.code == 3 && ran.says(what), "{}", ran.stderr);
    }
    workshop.write("m.onnx", &bytes);
    assert_eq!(workshop.run(&["check", "spec.toml"]).code, 0);
}

#[test]
fn inside_of_specs_the_project_around_it_is_found() {
    let workshop = workshop();
    let inner =
        small_spec(CHECK).replace("\"labels.json\"", "\"../labels.json\"").replace("\"images\"", "\"../images\"");
    workshop.write("specs/cells.toml", inner);
    let run = |args: &[&str]| {
        let mut command = workshop.command(args);
        command.current_dir(workshop.path("specs"));
        workshop.finish(command.output().unwrap())
    };
    for args in [&["run", "-q"][..], &["run", "-q", "cells.toml"], &["check"]] {
        let ran = run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        assert!(ran.says("note: working in <folder>, the folder that holds `specs`"), "{}", ran.stderr);
    }
    assert!(workshop.path("target/windtunnel/small/record.json").exists());
    assert!(!workshop.path("specs/target").exists() && !workshop.path("specs/.windtunnel").exists());
}

#[test]
fn check_says_which_keys_are_not_there() {
    let workshop = workshop();
    let model = "[model.a]\nkind = \"roboflow\"\nmodel_id = \"cells/3\"\n";
    workshop.write("spec.toml", small_spec(CHECK).replace(&detector("a"), model));
    let ran = workshop.run(&["check", "spec.toml"]);
    let said =
        "model `a` cannot be asked here: the variable `ROBOFLOW_API_KEY` is not set: `export ROBOFLOW_API_KEY=...`";
    assert!(ran.code == 0 && ran.says(said), "{}{}", ran.stdout, ran.stderr);
    let mut command = workshop.command(&["check", "spec.toml"]);
    let ran = workshop.finish(command.env("ROBOFLOW_API_KEY", "abc").output().unwrap());
    assert!(ran.code == 0 && !ran.says("is not set"), "{}", ran.stdout);
}

/// A child that fails with a traceback of many frames: all of it is told. A shell writes what Python would.
#[test]
fn a_traceback_of_a_child_is_told() {
    let workshop = workshop();
    let frame = |at| format!("  File \"m.py\", line {at}, in f{at}\n    f{at}()\n");
    let frames = (0..6).map(frame).collect::<Vec<_>>().concat();
    workshop
        .write("words.txt", format!("Traceback (most recent call last):\n{frames}ValueError: no weights at best.pt\n"));
    workshop.write("child.sh", "cat words.txt >&2\nexit 1\n");
    let model = "[model.a]\nkind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]\n";
    workshop.write("spec.toml", small_spec(CHECK).replace(&detector("a"), model));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    // What is wrong, and where, the innermost first.
    for told in ["ValueError: no weights at best.pt (m.py, line 5, in f5, called from m.py, line 4, in f4", "in f2)"] {
        assert!(ran.says(told), "`{told}` is not in {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn lists_where_one_value_is_taken_lead_to_a_section_for_each() {
    let workshop = workshop();
    let says = |from: &str, to: &str, help: &str| {
        workshop.write("spec.toml", small_spec(CHECK).replace(from, to));
        let ran = workshop.run(&["check", "spec.toml"]);
        assert!(ran.code == 2 && ran.says(help), "{to}: {}", ran.stderr);
    };
    let sections = "for several, write a section for each: [dataset.test] with `path = \"labels.json\"`, [dataset.test_2] with \
                    `path = \"b.json\"`; a check that names no `dataset` is made for each of them";
    says("path = \"labels.json\"", "path = [\"labels.json\", \"b.json\"]", sections);
    says("path = \"labels.json\"", "path = [\"labels.json\"]", "it takes one value: the JSON file; or the folder");
    says("min = 0.05", "min = 0.05\nmetric = [\"map50\", \"map75\"]", "it takes one value: the figure");
    // As it was said.
    let two =
        small_spec(CHECK).replace("[model", "[dataset.test_2]\nformat = \"coco\"\npath = \"labels.json\"\n[model");
    workshop.write("spec.toml", two);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(workshop.record("small")["counts"]["passed"], 4);
}
