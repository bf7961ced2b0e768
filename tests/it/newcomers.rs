//! What people bring who have never written a spec: models side by side, exports of every sort, keys as other tools have them. Each
//! message leads on.

use serde_json::json;

use crate::support::{DATASET, Workshop, detector, repository};

fn model(workshop: &Workshop, from: &str, to: &str) {
    workshop.write(to, std::fs::read(repository(&format!("examples/models/bccd_{from}.onnx"))).unwrap());
}

#[test]
fn thresholds_of_several_models_say_whose_they_are() {
    let workshop = Workshop::new();
    workshop.blood_cells(8);
    model(&workshop, "a", "a.onnx");
    model(&workshop, "c", "weak.onnx");
    let ran = workshop.run(&["init"]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    assert!(ran.says("every model meets the thresholds, so the weakest sets them"), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("# Every model meets them, so the weakest sets them ("), "{text}");
    let measured: Vec<&str> = text.lines().filter(|line| line.contains("measured ")).collect();
    assert!(
        measured.len() > 2 && measured.iter().all(|line| line.contains(" of a") || line.contains(" of weak")),
        "{text}"
    );
    // Of one model nothing of the sort is said.
    workshop.run(&["run", "--intervals", "-qq"]);
    let ran = workshop.run(&["calibrate", "--model", "a"]);
    assert!(ran.code == 0 && !ran.stdout.contains("Every model") && !ran.stdout.contains(" of a,"), "{}", ran.stdout);
}

#[test]
fn a_spec_that_lies_elsewhere_is_found() {
    let workshop = Workshop::new();
    workshop.write("data/specs/site.toml", "version = 1\n");
    let ran = workshop.run(&["run"]);
    assert!(
        ran.code == 2 && ran.says("there is no spec at `specs`, but at `data/specs`: `windtunnel run data/specs`"),
        "{}",
        ran.stderr
    );
}

/// Labels of the drawn pictures in darknet's form: a class, the centre and the size, as shares.
fn darknet(workshop: &Workshop, folder: &str, with_names: bool) {
    for name in ["1", "2"] {
        workshop.picture(&format!("{folder}/{name}.png"), 100, 50);
        workshop.write(&format!("{folder}/{name}.txt"), "0 0.5 0.5 0.2 0.4\n1 0.2 0.5 0.1 0.2\n");
    }
    if with_names {
        workshop.write(&format!("{folder}/_darknet.labels"), "cat\ndog\n");
    }
}

#[test]
fn darknets_exports_of_roboflow_are_read_and_others_are_called_by_name() {
    let workshop = Workshop::new();
    for split in ["train", "test"] {
        darknet(&workshop, &format!("data/{split}"), true);
    }
    let ran = workshop.run(&["init"]);
    assert!(
        ran.says("dataset: data/test/_darknet.labels (all): yolo, 2 images, 2 categories"),
        "{} {}",
        ran.stdout,
        ran.stderr
    );

    let workshop = Workshop::new();
    darknet(&workshop, "data/test", false);
    let ran = workshop.run(&["init"]);
    assert!(ran.says("write the names of their classes, a line each, into data/test/classes.txt"), "{}", ran.stdout);
    workshop.write("data/test/classes.txt", "cat\ndog\n");
    std::fs::remove_file(workshop.path("specs/robustness.toml")).unwrap();
    let ran = workshop.run(&["init"]);
    assert!(ran.says("yolo, 2 images, 2 categories"), "{}", ran.stdout);

    for foreign in ["_annotations.createml.json", "_annotations.csv", "_annotations.txt", "cells.tfrecord"] {
        let workshop = Workshop::new();
        workshop.picture("data/test/1.png", 20, 20);
        workshop.write(&format!("data/test/{foreign}"), "[]");
        let ran = workshop.run(&["init"]);
        let told = format!("data/test/{foreign} looks like labels of a format that is not read");
        assert!(ran.says(&told), "{foreign}: {}", ran.stdout);
    }
}

#[test]
fn a_folder_that_is_a_split_itself_is_called_so() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(2);
    for split in ["train", "test"] {
        workshop.write(&format!("data/{split}/_annotations.coco.json"), labels.to_string());
    }
    let check = |section: &str| {
        let model = detector("a");
        let task = if section.contains("\"folder\"") { "task = \"classify\"\n" } else { "" };
        workshop.write(
            "spec.toml",
            format!(
                "version = 1\nname = \"s\"\n{task}[dataset.d]\n{section}\n{model}[[check]]\non = \"clean\"\nmin = 0.1\n"
            ),
        );
        workshop.run(&["check", "spec.toml"])
    };
    for (section, told) in [
        (
            "format = \"coco\"\npath = \"data/test\"\nsplit = \"val\"",
            "`test` is a split itself: name the folder around it as `path`",
        ),
        ("format = \"coco\"\npath = \"data\"", "add `split`: there is test, train"),
        ("format = \"folder\"\npath = \"data/test\"\nsplit = \"test\"", "`test` is a split itself"),
        ("format = \"coco\"\npath = \"export.zip\"\nsplit = \"test\"", "unpack it"),
    ] {
        workshop.write("export.zip", b"PK\x03\x04");
        let ran = check(section);
        assert!(ran.code >= 2 && ran.says(told), "{section}: {} {}", ran.code, ran.stderr);
    }
}

#[test]
fn a_model_that_finds_nothing_is_told_of_its_confidence() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let model = detector("a") + "confidence = 0.999999\n";
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmin = 0.1\n"),
    );
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert!(
        ran.code != 0
            && ran.says("finds nothing at all on clean images of `test`: is its `confidence` above every score?"),
        "{}",
        ran.stdout
    );
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert!(ran.says("`a` finds nothing at all as configured") && !ran.says("cannot be told apart"), "{}", ran.stdout);
}

#[test]
fn names_in_another_order_are_no_matter_of_preprocessing() {
    let workshop = Workshop::new();
    workshop.blood_cells(12);
    let model = detector("a").replace("[\"RBC\", \"WBC\", \"Platelets\"]", "[\"Platelets\", \"RBC\", \"WBC\"]");
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmin = 0.1\n"),
    );
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert!(
        ran.says("the boxes of `a` lie on the objects") && ran.says("write `labels` in the order of the model"),
        "{}",
        ran.stdout
    );
    assert!(!ran.says("another preprocessing fits"), "{}", ran.stdout);
}

#[test]
fn keys_as_others_write_them_lead_to_ours() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let check = |model: &str, args: &[&str]| {
        workshop.write(
            "spec.toml",
            format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmin = 0.1\n"),
        );
        workshop.run(&[&["check", "spec.toml"], args].concat())
    };
    let hosted = "[model.h]\nkind = \"roboflow\"\nmodel_id = \"annas-lab/cells/3\"\n";
    let ran = check(hosted, &[]);
    assert!(ran.code == 2 && ran.says("leave off the workspace, `annas-lab/`: write \"cells/3\""), "{}", ran.stderr);
    let ran = check(&hosted.replace("annas-lab/", "").replace("model_id", "version = 3\nmodel_id"), &[]);
    assert!(ran.code == 2 && ran.says("write it in quotes"), "{}", ran.stderr);
    let ran = check(&detector("a"), &["--set", "model.b.path=x.onnx"]);
    assert!(
        ran.code == 2 && ran.says("`--set` sets a key of [model.b], which spec.toml does not have"),
        "{}",
        ran.stderr
    );
    assert!(ran.says("did you mean [model.a]?"), "{}", ran.stderr);
}

#[test]
fn what_a_model_was_trained_with_is_not_taken_over_by_its_reference() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    model(&workshop, "b", "b.onnx");
    let spec = |new: &str| {
        format!(
            "version = 1\nname = \"s\"\n{DATASET}{}{new}[model.old]\nextends = \"a\"\npath = {}\n\
             [perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n[[check]]\non = \"all\"\nmin = 0.01\n",
            detector("a"),
            json!(workshop.path("b.onnx").display().to_string())
        )
    };
    workshop.write("spec.toml", spec("trained_with = [\"blur\"]\nreference = \"old\"\n"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    workshop.write("spec.toml", spec("trained_with = [\"blur\"]\nreference = \"a\"\n"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("`a` is [model.a] itself"), "{}", ran.stderr);
}

#[test]
fn a_threshold_on_clean_images_shows_where_the_model_does_worst() {
    let workshop = Workshop::new();
    workshop.blood_cells(8);
    let model = detector("a");
    workshop.write(
        "spec.toml",
        format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmin = 0.9\n"),
    );
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 1, "{} {}", ran.stdout, ran.stderr);
    let record = workshop.record("s");
    let case = &record["cases"][0];
    let worst = case["image_losses"].as_array().unwrap();
    let quality = |name: &serde_json::Value| {
        let images = record["cells"][0]["images"].as_array().unwrap();
        images.iter().find(|image| image["file_name"] == *name).unwrap()["f1"].as_f64().unwrap()
    };
    assert!(worst.len() == 4 && worst.iter().all(|one| one["after"] == quality(&one["file_name"])), "{case}");
    let least = record["cells"][0]["images"].as_array().unwrap().iter().map(|image| image["f1"].as_f64().unwrap());
    assert_eq!(worst[0]["after"].as_f64(), least.min_by(f64::total_cmp));
    assert!(workshop.path("target/windtunnel/s").join(case["picture"].as_str().unwrap()).is_file(), "{case}");
    assert!(ran.says("images that it does worst on, by F1:") && !ran.says("1.00 ->"), "{}", ran.stdout);
    let page = std::fs::read_to_string(workshop.path("target/windtunnel/s/report.html")).unwrap();
    assert!(page.contains("class=\"gallery\"") && !page.contains("are not at hand"));
}

#[test]
fn metrics_and_folders_as_ultralytics_names_them_lead_to_ours() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let model = detector("a");
    let check = |metric: &str| {
        workshop.write("spec.toml", format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmetric = \"{metric}\"\nmin = 0.1\n"));
        workshop.run(&["check", "spec.toml"])
    };
    for (theirs, ours) in [("mAP50-95", "map"), ("AP@[.5:.95]", "map"), ("mAP@0.5", "map50"), ("f1-score", "f1")] {
        let ran = check(theirs);
        assert!(ran.code == 2 && ran.says(&format!("did you mean `{ours}`?")), "{theirs}: {}", ran.stderr);
    }
    let ran = workshop.run(&["explain", "mAP50-95"]);
    assert!(ran.code == 2 && ran.says("did you mean `map`?"), "{}", ran.stderr);
    workshop.write("data.yaml", "path: blood\ntrain: images/train\nval: images/val\nnames: [RBC, WBC, Platelets]\n");
    workshop.write("spec.toml", format!("version = 1\nname = \"s\"\n[dataset.d]\nformat = \"yolo\"\npath = \"data.yaml\"\nsplit = \"val\"\n{model}[[check]]\non = \"clean\"\nmin = 0.1\n"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(
        ran.says("leads nowhere") && ran.says("mend `path: blood`, which is where Ultralytics looks from"),
        "{}",
        ran.stderr
    );
}

#[test]
fn pictures_of_earlier_runs_do_not_stay() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let model = detector("a");
    let spec =
        |min: &str| format!("version = 1\nname = \"s\"\n{DATASET}{model}[[check]]\non = \"clean\"\nmin = {min}\n");
    workshop.write("spec.toml", spec("0.99"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 1);
    let folder = workshop.path("target/windtunnel/s/failures");
    let pictures = || {
        let images =
            [folder.clone(), folder.join("images")].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok());
        images.flatten().filter(|entry| entry.as_ref().unwrap().path().extension().is_some()).count()
    };
    assert!(pictures() > 2);
    // What somebody else put there is not ours to remove.
    workshop.write("target/windtunnel/s/failures/notes.txt", "mine");
    workshop.write("spec.toml", spec("0.01"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0);
    assert_eq!(pictures(), 1);
    assert!(folder.join("notes.txt").is_file());
}
