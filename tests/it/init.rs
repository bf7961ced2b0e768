//! `windtunnel init`: a spec from what lies around, that passes at once.

use crate::onnx_file::{Answer, FLOAT, answering, answering_to_light};
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
fn without_anything_to_draft_from_nothing_is_left() {
    let workshop = Workshop::new();
    let ran = workshop.run(&["init"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("no dataset in .: looked for COCO JSON, a data.yaml and VOC XML files, with their images"));
    assert!(!workshop.path("specs").exists() && !workshop.path(".gitignore").exists());
}

/// Drafts, and expects that the draft is not finished; what it says, and what `check` says of it.
fn unfinished(workshop: &Workshop, args: &[&str], says: &str, left: &str) -> String {
    let ran = workshop.run(&[&["init"], args].concat());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says(says), "`{says}` is not in {}{}", ran.stdout, ran.stderr);
    let told = "specs/robustness.toml: a draft that is not finished: `windtunnel check specs/robustness.toml` says what is left to fill in";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    let checked = workshop.run(&["check"]);
    assert!(checked.code == 2 && checked.says(left), "`{left}` is not in {}", checked.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    std::fs::remove_file(workshop.path("specs/robustness.toml")).unwrap();
    text
}

#[test]
fn what_cannot_be_finished_is_drafted_and_check_says_what_is_left() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    let left = "`path` in [model.a] is still to be filled in";
    let text = unfinished(&workshop, &[], "no model found: put an ONNX file here", left);
    assert!(text.contains("#   no model found") && text.contains("[dataset.test]\nformat = \"coco\""), "{text}");
    // Filled in, it is a spec that runs.
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    let blank = text.lines().find(|line| line.contains("FILL IN") && line.starts_with("path")).unwrap();
    let filled = text.replace(blank, "path = \"../a.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]");
    workshop.write("filled.toml", "");
    workshop.write("specs/filled.toml", filled);
    let ran = workshop.run(&["run", "specs/filled.toml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    std::fs::remove_file(workshop.path("specs/filled.toml")).unwrap();
    std::fs::remove_file(workshop.path("a.onnx")).unwrap();
    workshop.write("best.pt", b"PK\x03\x04");
    unfinished(&workshop, &[], "no ONNX file found, but best.pt: export it first, with what it was trained with", left);
    workshop.write("model.onnx", "no model");
    let text = unfinished(&workshop, &[], "no model can be used on this dataset", left);
    assert!(text.contains("#   model: model.onnx: left out: it is a text, not an ONNX model"), "{text}");
    // Models without a dataset.
    let workshop = Workshop::new();
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    let left = "`path` in [dataset.test] is still to be filled in";
    let text = unfinished(&workshop, &[], "no dataset in .: looked for", left);
    assert!(text.contains("path = \"../a.onnx\""), "{text}");
}

/// Blood cells whose categories have other names, and one that no model knows.
fn renamed(names: [&str; 3]) -> Workshop {
    let workshop = workshop();
    let text = std::fs::read_to_string(workshop.path("labels.json")).unwrap();
    let mut labels: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (category, name) in labels["categories"].as_array_mut().unwrap().iter_mut().zip(names) {
        category["name"] = serde_json::json!(name);
    }
    workshop.write("labels.json", labels.to_string());
    workshop
}

#[test]
fn classes_that_are_the_same_but_for_their_spelling_are_renamed_and_what_no_model_knows_is_left_out() {
    let workshop = renamed(["rbcs", "wbc", "dust"]);
    let ran = workshop.run(&["init", "-q", "--labels", "RBC, WBC, Platelets"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("categories: rbcs, wbc: the models know no others of the dataset's"), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("\ncategories = [\"rbcs\", \"wbc\"]\n"), "{text}");
    assert!(text.contains("\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n"), "{text}");
    assert!(text.contains("\nrename = { \"RBC\" = \"rbcs\", \"WBC\" = \"wbc\" }\n"), "{text}");
    assert_eq!(workshop.run(&["run", "-q"]).code, 0);
}

#[test]
fn classes_that_nobody_knows_are_left_to_be_said() {
    let workshop = renamed(["red", "white", "small"]);
    let left = "`rename` in [model.cells_a] is still to be filled in";
    let says = "its classes (`one`, `two`, `three`) are none of the dataset's (`red`, `white`, `small`)";
    let text = unfinished(&workshop, &["--labels", "one,two,three"], says, left);
    assert!(
        text.contains("# Its classes: `one`, `two`, `three`. The dataset's categories: `red`, `white`, `small`."),
        "{text}"
    );
    // Said, it is a spec that runs.
    let blank = text.lines().find(|line| line.starts_with("rename = ")).unwrap();
    let said = "rename = { one = \"red\", two = \"white\", three = \"small\" }";
    workshop.write("specs/robustness.toml", text.replace(blank, said));
    let ran = workshop.run(&["run", "-q"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn eighty_outputs_without_names_are_coco_s_and_only_what_both_know_counts() {
    const ROWS: u64 = 252;
    let workshop = Workshop::new();
    let mut values = vec![0.0; 85 * ROWS as usize];
    values[..6].copy_from_slice(&[25.0, 40.0, 30.0, 40.0, 1.0, 0.9]);
    let answer = Answer { name: "output", shape: &[1, ROWS, 85], values };
    workshop.write("yolo.onnx", answering(FLOAT, &[1, 3, 64, 64], &[answer], "[]"));
    let image = |id: u32| serde_json::json!({ "id": id, "file_name": format!("{id}.png"), "width": 64, "height": 64 });
    let object = |id: u32, category: u32, bbox: [u32; 4]| serde_json::json!({ "id": 10 * id + category, "image_id": id, "category_id": category, "bbox": bbox, "iscrowd": 0 });
    let ids = 1..=12;
    ids.clone().for_each(|id| workshop.picture(&format!("images/{id}.png"), 64, 64));
    let objects = ids.clone().flat_map(|id| [object(id, 1, [10, 20, 30, 40]), object(id, 2, [12, 20, 9, 9])]);
    let labels = serde_json::json!({
        "images": ids.clone().map(image).collect::<Vec<_>>(),
        "categories": [{ "id": 1, "name": "worker" }, { "id": 2, "name": "helmet" }],
        "annotations": objects.collect::<Vec<_>>(),
    });
    let write = |name: &str| workshop.write("labels.json", labels.to_string().replace("worker", name));
    write("people");
    let ran = workshop.run(&["init", "-q"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    for line in ["categories = [\"people\"]", "labels = \"coco\"", "rename = { \"person\" = \"people\" }"] {
        assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
    }
    assert_eq!(workshop.run(&["run", "-q"]).code, 0);
    std::fs::remove_file(workshop.path("specs/robustness.toml")).unwrap();
    // Of what COCO does not know nothing is guessed.
    write("worker");
    unfinished(&workshop, &[], "no model can be used on this dataset", "in [model.yolo] is still to be filled in");
}

#[test]
fn notes_on_the_dataset_are_told_and_what_runs_write_is_ignored_once() {
    let workshop = workshop();
    let text = std::fs::read_to_string(workshop.path("labels.json")).unwrap();
    let mut labels: serde_json::Value = serde_json::from_str(&text).unwrap();
    labels["annotations"][0]["bbox"] = serde_json::json!([600, 400, 100, 100]);
    workshop.write("labels.json", labels.to_string());
    workshop.write(".gitignore", "*.pt\n");
    let ran = workshop.run(&["init", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("\n  note: boxes that reach beyond their image (1): "), "{}", ran.stdout);
    for result in
        ["dataset: labels.json", "model: models/cells a.onnx", "next: windtunnel run", ".gitignore: what runs write"]
    {
        assert!(ran.stdout.contains(result) && !ran.stderr.contains(result), "{result}: {}", ran.stderr);
    }
    let ignored = std::fs::read_to_string(workshop.path(".gitignore")).unwrap();
    assert!(ignored.starts_with("*.pt\n\n# ") && ignored.ends_with("\n/target/windtunnel/\n"), "{ignored}");
    let ran = workshop.run(&["init", "-q", "--name", "more"]);
    assert!(ran.code == 0 && !ran.stdout.contains(".gitignore"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(std::fs::read_to_string(workshop.path(".gitignore")).unwrap(), ignored);
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

#[test]
fn folders_of_classes_make_a_spec_for_classifiers() {
    let workshop = Workshop::new();
    crate::classes::cells(&workshop, 14, "cells/test", |_| true);
    std::fs::remove_file(workshop.path("labels.json")).unwrap();
    std::fs::remove_dir_all(workshop.path("images")).unwrap();
    workshop.write("cells.onnx", std::fs::read(repository("examples/models/bccd_cells.onnx")).unwrap());
    let ran = workshop.run(&["init", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    for part in [
        "task = \"classify\"\n",
        "metric = \"balanced_accuracy\"",
        "# Taken for classes, as no labels lie around and each folder has pictures (\"Platelets\", \"RBC\", \"WBC\"): a",
        "write `format = \"images\"`, without `split`",
        "\n[dataset.test]\nformat = \"folder\"\npath = \"../cells\"\nsplit = \"test\"\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(workshop.run(&["check", "specs/robustness.toml"]).code, 0);
}

/// A classifier as torchvision and timm export it, which says nothing of itself, beside folders of its five classes.
fn silent_classifier(labels: &[&str]) -> (Workshop, String) {
    let workshop = Workshop::new();
    workshop.blood_cells(10);
    std::fs::remove_file(workshop.path("labels.json")).unwrap();
    let pictures = std::fs::read_dir(workshop.path("images")).unwrap().map(|entry| entry.unwrap().path());
    let mut pictures: Vec<_> = pictures.collect();
    pictures.sort();
    for (at, picture) in pictures.iter().enumerate() {
        let class = ["ant", "bee", "cat", "dog", "elk"][at % 5];
        workshop.write(&format!("set/{class}/{at}.jpg"), std::fs::read(picture).unwrap());
    }
    std::fs::remove_dir_all(workshop.path("images")).unwrap();
    let model = repository("tests/fixtures/models/classify_logits.onnx");
    workshop.write("silent.onnx", std::fs::read(model).unwrap());
    let ran = workshop.run(&[&["init", "-q"], labels].concat());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("nothing says how its pictures are made ready"), "{}{}", ran.stdout, ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    (workshop, text)
}

#[test]
fn what_a_classifiers_file_does_not_say_is_a_blank_of_its_own_beside_what_is_known() {
    let given = silent_classifier(&["--labels", "elk,dog,cat,bee,ant"]).1;
    assert!(given.contains("\nlabels = [\"elk\", \"dog\", \"cat\", \"bee\", \"ant\"]\n"), "{given}");
    // Folders in the order of their names are what torchvision's `ImageFolder` counts by.
    let (workshop, drafted) = silent_classifier(&[]);
    let question = "in the order of their ids. Is that the model's order?\nlabels = [\"ant\", \"bee\", \"cat\", \"dog\", \"elk\"]\n";
    assert!(drafted.contains(question), "{drafted}");
    for text in [&given, &drafted] {
        assert_eq!(text.matches("= \"FILL IN").count(), 1, "{text}");
    }
    let check = workshop.run(&["check", "specs/robustness.toml"]);
    assert!(
        check.code == 2 && check.says("`preprocess` in [model.silent] is still to be filled in"),
        "{}",
        check.stderr
    );
    let blank = drafted.lines().find(|line| line.starts_with("preprocess = ")).unwrap();
    let filled = drafted.replace(blank, "preprocess = \"timm\"\ncrop_pct = 0.95");
    workshop.write("specs/robustness.toml", filled);
    let ran = workshop.run(&["run", "-q", "specs/robustness.toml"]);
    assert!(ran.code == 0 || ran.code == 1, "it is judged: {}", ran.stderr);
}

#[test]
fn folders_that_are_called_like_no_class_are_pictures_without_labels() {
    for folders in [["images", "masks"], ["cam1", "cam2"], ["2026-11-28", "2026-11-29"], ["batch_1", "RBC"]] {
        let workshop = Workshop::new();
        workshop.blood_cells(4);
        std::fs::remove_file(workshop.path("labels.json")).unwrap();
        let pictures: Vec<_> =
            std::fs::read_dir(workshop.path("images")).unwrap().map(|entry| entry.unwrap().path()).collect();
        for (folder, pictures) in folders.iter().zip(pictures.chunks(2)) {
            for picture in pictures {
                let name = picture.file_name().unwrap().to_string_lossy().into_owned();
                workshop.write(&format!("site/{folder}/{name}"), std::fs::read(picture).unwrap());
            }
        }
        std::fs::remove_dir_all(workshop.path("images")).unwrap();
        assert_eq!(workshop.run(&["init", "-q"]).code, 2, "it has no model");
        let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
        assert!(text.contains("format = \"images\"") && !text.contains("classify"), "{folders:?}: {text}");
    }
}

#[test]
fn of_pictures_without_labels_a_model_that_says_next_to_nothing_is_left_out_beside_one_that_speaks() {
    const ROWS: u64 = 252;
    let workshop = Workshop::new();
    (1..=12).for_each(|id| workshop.picture(&format!("images/{id}.png"), 64, 64));
    let silent = vec![0.0; 85 * ROWS as usize];
    let mut speaking = silent.clone();
    speaking[..6].copy_from_slice(&[25.0, 40.0, 30.0, 40.0, 1.0, 0.9]);
    for (name, values) in [("a.onnx", silent), ("b.onnx", speaking)] {
        let answer = Answer { name: "output", shape: &[1, ROWS, 85], values };
        workshop.write(name, answering(FLOAT, &[1, 3, 64, 64], &[answer], "[]"));
    }
    let ran = workshop.run(&["init", "-q", "--labels", "coco"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let left_out = "model: a.onnx: left out: it finds something on 0 of 12 clean images, and others find more: `windtunnel \
                    parity b.onnx a.onnx`";
    assert!(ran.says(left_out), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("\n[model.b]\n") && !text.contains("[model.a]"), "{text}");
    assert!(text.contains("metric = \"stability\""), "{text}");
    assert_eq!(workshop.run(&["run", "-q"]).code, 0);
}

/// A model that only speaks where a pixel is white says too little under what blurs, darkens or compresses: its thresholds would
/// hold for one that says nothing, and the other model's would not be held for its sake.
#[test]
fn of_pictures_without_labels_a_model_of_which_most_cannot_be_held_is_left_out_beside_one_that_is_steady() {
    const ROWS: usize = 252;
    let workshop = Workshop::new();
    for id in 0..12 {
        let mut picture = image::GrayImage::new(64, 64);
        if id % 2 == 0 || id == 1 {
            picture.put_pixel(30, 30, image::Luma([255]));
        }
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        workshop.write(&format!("images/{id}.png"), bytes.into_inner());
    }
    // Rows of a box, whether there is an object, and 80 classes; only the first may become one, of the first class.
    let mut values = vec![0.0; 85 * ROWS];
    (0..ROWS).for_each(|row| values[85 * row + 4] = -1.0);
    values[..6].copy_from_slice(&[25.0, 40.0, 30.0, 40.0, 0.0, 0.0]);
    values[6..85].fill(-1.0);
    let mut steady = values.clone();
    steady[4..6].fill(0.9);
    for (name, values, light) in [("a.onnx", values, [12.75, -11.75]), ("b.onnx", steady, [0.0, 0.0])] {
        let answer = Answer { name: "output", shape: &[1, ROWS as u64, 85], values };
        workshop.write(name, answering_to_light(FLOAT, &[1, 3, 64, 64], &[answer], "[]", light));
    }
    let ran = workshop.run(&["init", "-q"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.says("model: a.onnx: left out: it says too little for"), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("\n[model.b]\n") && !text.contains("[model.a]"), "{text}");
    assert!(
        text.contains("as many as COCO's classes, and its file names none: taken for those.\nlabels = \"coco\""),
        "{text}"
    );
    // By itself nothing could be held of it but what it says of noise.
    std::fs::remove_file(workshop.path("b.onnx")).unwrap();
    std::fs::remove_file(workshop.path("specs/robustness.toml")).unwrap();
    let ran = workshop.run(&["init", "-q"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("on = \"noise@1\"") && !text.contains("on = \"blur@1\""), "{text}");
}

#[test]
fn small_datasets_are_judged_whole_and_a_limit_says_what_it_saves_and_costs() {
    let workshop = workshop();
    let ran = workshop.run(&["init", "-q", "--limit", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let cost = "2 of 8 images are judged: all take 4.0 times as long, for intervals 2.0 times narrower";
    assert!(ran.stdout.contains(&format!("{cost} (--limit 8)")), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    let lines = format!(
        "# {cost}.\n# Remove `limit` to judge all, and take the thresholds anew: windtunnel calibrate.\nlimit = 2\n"
    );
    assert!(text.contains(&lines), "{text}");
    // What was measured is what is judged.
    assert_eq!(workshop.run(&["run", "-q"]).code, 0);
    let record = workshop.record("robustness");
    assert_eq!((&record["times"]["asked"], &record["counts"]["failed"]), (&0.into(), &0.into()));
    // All of them.
    std::fs::remove_file(workshop.path("specs/robustness.toml")).unwrap();
    assert_eq!(workshop.run(&["init", "-q", "--limit", "8"]).code, 0);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(!text.contains("limit"), "{text}");
}

#[test]
fn folders_of_pictures_that_are_left_out_are_named_with_the_lines_that_take_them() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    std::fs::remove_file(workshop.path("labels.json")).unwrap();
    let folders = ["site/cam1", "site/cam1", "site/cam1", "site/cam2", "site/cam2", "site/night.x"];
    let mut pictures: Vec<_> =
        std::fs::read_dir(workshop.path("images")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pictures.sort();
    for (folder, picture) in folders.iter().zip(pictures) {
        let name = picture.file_name().unwrap().to_string_lossy().into_owned();
        workshop.write(&format!("{folder}/{name}"), std::fs::read(picture).unwrap());
    }
    std::fs::remove_dir_all(workshop.path("images")).unwrap();
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    let ran = workshop.run(&["init", "-q", "--labels", "RBC,WBC,Platelets"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("left out, as fewer pictures are there: site/cam2 (2), site/night.x (1); "),
        "{}",
        ran.stdout
    );
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(
        text.contains("path = \"../site/cam1\"\n# Left out, as this folder has most pictures: site/cam2 (2)"),
        "{text}"
    );
    assert!(text.contains("# All of them as one dataset: path = \"../site\"\n"), "{text}");
    assert!(text.contains("# With fewer than `min_images` one is not judged: set that to 1.\n"), "{text}");
    // Without the `#` they are datasets.
    let sections = ["# [dataset", "# format = \"images\"", "# path = "];
    let taken = |line: &str| sections.iter().any(|start| line.starts_with(start));
    let lines: Vec<&str> = text.lines().map(|line| if taken(line) { &line[2..] } else { line }).collect();
    workshop.write("specs/robustness.toml", lines.join("\n").replace("min_images = 3", "min_images = 1"));
    let ran = workshop.run(&["run", "-q"]);
    assert!(ran.code < 2, "{}", ran.stderr);
    let record = workshop.record("robustness");
    let images = record["datasets"].as_array().unwrap().iter().map(|data| (&data["name"], &data["images"]));
    let expected = [("pictures", 3), ("cam2", 2), ("night", 1)].map(|(name, images)| (name.into(), images.into()));
    assert_eq!(images.collect::<Vec<_>>(), expected.iter().map(|(name, images)| (name, images)).collect::<Vec<_>>());
}
