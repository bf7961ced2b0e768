//! `windtunnel export`: perturbed datasets and cells for other tools, held against what a run sees.

use serde_json::{Value, json};

use crate::support::{DATASET, Ran, Workshop, detector, repository, small_spec};

const REST: &str = "
[perturbation.noise]
kind = \"gaussian_noise\"
severity = 2
[perturbation.tilt]
kind = \"rotate\"
degrees = 40
[perturbation.turn]
kind = \"rotate_90\"
severity = 1
[perturbation.shift]
kind = \"translate\"
severity = 5
[[check]]
on = \"all\"
min = 0.001
";

/// Everything but clean.
const CONDITIONS: [&str; 4] = ["noise@2", "tilt@40", "turn@1", "shift@5"];

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", small_spec(REST));
    workshop
}

/// A workshop whose model is not there.
fn without_model() -> Workshop {
    let workshop = workshop();
    let model = "[model.absent]\nkind = \"onnx\"\npath = \"absent.onnx\"\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}\n{model}\n{REST}"));
    workshop
}

fn export(workshop: &Workshop, more: &[&str]) -> Ran {
    workshop.run(&[&["export", "perturbed", "spec.toml", "--out", "out", "-q"], more].concat())
}

fn read(workshop: &Workshop, path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(workshop.path(path)).unwrap()).unwrap()
}

fn ids(instances: &Value) -> Vec<u64> {
    instances["annotations"].as_array().unwrap().iter().map(|object| object["id"].as_u64().unwrap()).collect()
}

#[test]
fn a_perturbed_dataset_gives_the_figures_of_its_cell() {
    let workshop = workshop();
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    let ran = export(&workshop, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let original = workshop.record("small");
    for condition in CONDITIONS {
        let folder = format!("out/test/{condition}");
        let dataset = format!(
            "[dataset.test]\nformat = \"coco\"\npath = \"{folder}/annotations.json\"\nimages = \"{folder}/images\"\n"
        );
        let check = "[[check]]\non = \"clean\"\nmin = 0.001\n";
        workshop.write("again.toml", format!("version = 1\nname = \"again\"\n{dataset}{}{check}", detector("a")));
        let ran = workshop.run(&["run", "again.toml", "--no-cache"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let again = &workshop.record("again")["cells"][0];
        let cells = original["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["condition"] == condition).unwrap();
        assert_eq!(cell["detections"], again["detections"], "{condition}");
        assert_eq!(cell["per_category"], again["per_category"], "{condition}");
        for (metric, value) in again["figures"].as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(value, &cell["figures"][metric], "{condition} {metric}");
        }
    }
}

#[test]
fn a_perturbed_dataset_tells_what_made_it_and_needs_no_model() {
    let workshop = without_model();
    let ran = export(&workshop, &["--seed", "7", "-k", "*/t*"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let turned = read(&workshop, "out/test/turn@1/annotations.json");
    let (image, original) = (&turned["images"][0], &read(&workshop, "labels.json")["images"][0]);
    assert_eq!((&image["width"], &image["height"]), (&original["height"], &original["width"]));
    assert_eq!((&image["id"], &image["original_file_name"]), (&original["id"], &original["file_name"]));
    let stem = original["file_name"].as_str().unwrap().split('.').next().unwrap();
    assert_eq!(image["file_name"], format!("{stem}.png"));
    let made = &turned["info"]["windtunnel"];
    assert_eq!((&made["suite"], &made["seed"], &made["dataset"]), (&json!("small"), &json!(7), &json!("test")));
    assert_eq!(made["tool"], json!({"name": "windtunnel", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(made["condition"]["name"], "turn@1");
    assert_eq!(made["condition"]["steps"][0]["values"], json!({"quarters": 1.0}));
    assert!(!workshop.path("out/test/noise@2").exists());
}

#[test]
fn pictures_are_made_of_a_spec_without_models_and_checks() {
    let workshop = workshop();
    let perturbations = &REST[..REST.find("[[check]]").unwrap()];
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}\n{perturbations}"));
    let ran = export(&workshop, &["-k", "*/noise*"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(workshop.path("out/test/noise@2/annotations.json").exists());
    // A run still needs both, and an export a dataset.
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("the spec has no model") && ran.says("the spec has no check"), "{}", ran.stderr);
    workshop.write("spec.toml", format!("version = 1\n{perturbations}"));
    let ran = export(&workshop, &[]);
    assert!(ran.code == 2 && ran.says("the spec has no dataset"), "{}", ran.stderr);
}

#[test]
fn ignored_objects_are_flagged_both_ways_and_ids_stay_with_their_object() {
    let workshop = without_model();
    assert_eq!(export(&workshop, &[]).code, 0);
    let clean = read(&workshop, "out/test/clean/annotations.json");
    let shifted = read(&workshop, "out/test/shift@5/annotations.json");
    let objects = shifted["annotations"].as_array().unwrap();
    let ignored = objects.iter().filter(|object| object["ignore"] == 1).count();
    assert!(ignored > 0 && ignored < objects.len(), "{ignored} of {}", objects.len());
    assert!(objects.iter().all(|object| object["ignore"] == object["iscrowd"]));
    assert!(ids(&clean).iter().copied().eq(1..=ids(&clean).len() as u64));
    assert!(ids(&shifted).len() < ids(&clean).len(), "some have left");
    for object in objects {
        let same = &clean["annotations"][object["id"].as_u64().unwrap() as usize - 1];
        assert_eq!((&same["image_id"], &same["category_id"]), (&object["image_id"], &object["category_id"]));
    }
}

#[test]
fn an_export_replaces_an_earlier_one_and_nothing_else() {
    let workshop = without_model();
    let clean: [&str; 2] = ["-k", "test/clean"];
    assert_eq!(export(&workshop, &clean).code, 0);
    let first = std::fs::read(workshop.path("out/test/clean/annotations.json")).unwrap();
    assert_eq!(export(&workshop, &[&clean[..], &["-j", "1"]].concat()).code, 0);
    assert_eq!(first, std::fs::read(workshop.path("out/test/clean/annotations.json")).unwrap());
    workshop.write("out/test/clean/images/notes.txt", "mine");
    let refused = export(&workshop, &[]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.says("out/test/clean holds out/test/clean/images/notes.txt, which no export wrote"));
    assert!(!workshop.path("out/test/noise@2").exists(), "nothing was written");
    std::fs::create_dir_all(workshop.path("other/test")).unwrap();
    std::fs::rename(workshop.path("labels.json"), workshop.path("annotations.json")).unwrap();
    workshop.write("spec.toml", small_spec(REST).replace("labels.json", "annotations.json"));
    std::os::unix::fs::symlink(workshop.path(""), workshop.path("other/test/clean")).unwrap();
    let linked = workshop.run(&["export", "perturbed", "spec.toml", "--out", "other"]);
    assert!(linked.code == 2 && linked.says("which no export wrote"), "{}", linked.stderr);
    let left: Vec<_> = std::fs::read_dir(workshop.path("out/test")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["clean"], "no temporary folder is left");
}

#[test]
fn a_filter_that_matches_nothing_and_a_dataset_that_is_unusable_are_told() {
    let workshop = without_model();
    let idle = export(&workshop, &["-k", "*/clean", "-k", "*/blurr"]);
    assert!(idle.code == 4 && idle.says("no `dataset/condition` matches `*/blurr`"), "{}", idle.stderr);
    std::fs::remove_dir_all(workshop.path("images")).unwrap();
    workshop.write("images/other.txt", "");
    let broken = export(&workshop, &[]);
    assert!(
        broken.code == 3 && broken.says("dataset `test`: labels.json: missing image files (4)"),
        "{}",
        broken.stderr
    );
    assert!(!workshop.path("out").exists());
}

#[test]
fn an_image_that_cannot_be_decoded_leaves_no_half_a_dataset() {
    let workshop = without_model();
    let name = read(&workshop, "labels.json")["images"][2]["file_name"].as_str().unwrap().to_owned();
    let bytes = std::fs::read(workshop.path("images").join(&name)).unwrap();
    workshop.write(&format!("images/{name}"), &bytes[..bytes.len() / 2]);
    let ran = export(&workshop, &["-k", "*/clean"]);
    assert!(ran.code == 3 && ran.says(&name), "{} {}", ran.code, ran.stderr);
    assert_eq!(std::fs::read_dir(workshop.path("out/test")).unwrap().count(), 0);
}

#[test]
fn predictions_from_the_store_fed_back_give_the_same_figures() {
    let workshop = workshop();
    assert_eq!(workshop.run(&["run", "spec.toml", "--detections", "direct"]).code, 0);
    let ran = workshop.run(&["export", "predictions", "spec.toml", "--out", "cells"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for condition in CONDITIONS {
        for folder in ["a", "labels"] {
            let file =
                |of: &str| std::fs::read(workshop.path(&format!("{of}/{folder}/test/{condition}.json"))).unwrap();
            assert!(file("cells") == file("direct"), "{folder} {condition}");
        }
    }
    let precomputed = "[model.a]\nkind = \"precomputed\"\npath = \"cells/a/{dataset}/{condition}.json\"\n";
    workshop.write("again.toml", format!("version = 1\nname = \"again\"\n{DATASET}\n{precomputed}\n{REST}"));
    assert_eq!(workshop.run(&["run", "again.toml"]).code, 0);
    let (first, again) = (workshop.record("small"), workshop.record("again"));
    assert_eq!(first["cells"], again["cells"]);
    assert_eq!(first["robustness"], again["robustness"]);
}

#[test]
fn predictions_that_are_not_kept_are_an_error_with_the_way_out() {
    let workshop = workshop();
    let wanted = ["export", "predictions", "spec.toml", "--out", "cells"];
    let without_store = workshop.run(&wanted);
    assert_eq!(without_store.code, 3, "{}", without_store.stderr);
    assert_eq!(workshop.run(&["run", "spec.toml", "-k", "*/noise@2/*"]).code, 0);
    let ran = workshop.run(&wanted);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("3 of 5 cells have no answers"), "{}", ran.stderr);
    assert!(ran.says("a/test/tilt@40: on image"), "{}", ran.stderr);
    assert!(ran.says("run `windtunnel run spec.toml` with the same options"), "{}", ran.stderr);
    assert!(!workshop.path("cells").exists());
    let some = workshop.run(&[&wanted[..], &["-k", "*/noise@2/*"]].concat());
    assert_eq!(some.code, 0, "{}", some.stderr);
    assert!(workshop.path("cells/a/test/noise@2.json").exists());
}

#[test]
fn cells_of_several_specs_are_not_written_over_each_other() {
    let workshop = workshop();
    let specs = repository("specs");
    let many = workshop.run(&["export", "predictions", specs.to_str().unwrap(), "--out", "cells"]);
    assert!(many.code == 2 && many.says("would write over each other: name one"), "{}", many.stderr);
    assert!(!workshop.path("cells").exists());
}

#[test]
fn what_an_earlier_export_left_is_told() {
    let workshop = workshop();
    assert!(!export(&workshop, &["-k", "test/clean"]).says("note:"));
    let other = export(&workshop, &["-k", "test/noise@2"]);
    assert_eq!(other.code, 0, "{}", other.stderr);
    assert!(
        other.says("note: out also holds what was not written now: out/test/clean/annotations.json"),
        "{}",
        other.stderr
    );
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    let predictions =
        |filter: &str| workshop.run(&["export", "predictions", "spec.toml", "--out", "cells", "-k", filter]);
    assert!(!predictions("*/noise@2/*").says("note:"));
    let other = predictions("*/turn@1/*");
    assert_eq!(other.code, 0, "{}", other.stderr);
    assert!(other.says("cells/a/test/noise@2.json"), "{}", other.stderr);
}

/// The names of temporary folders among the datasets.
fn temporary(workshop: &Workshop) -> Vec<String> {
    let entries = std::fs::read_dir(workshop.path("out/test")).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn what_a_killed_export_left_is_tidied_by_the_next() {
    let workshop = without_model();
    let mut command = workshop.command(&["export", "perturbed", "spec.toml", "--out", "out", "-j", "1"]);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let is_at_work =
        || temporary(&workshop).iter().any(|name| workshop.path(&format!("out/test/{name}/made/images")).exists());
    while !is_at_work() {
        assert!(child.try_wait().unwrap().is_none(), "the export was over before it could be killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(temporary(&workshop).len(), 1);
    assert_eq!(export(&workshop, &[]).code, 0);
    assert_eq!(temporary(&workshop), [] as [String; 0]);
}

#[test]
fn an_export_leaves_what_another_one_is_at_work_on_and_puts_back_what_a_dead_one_moved() {
    let workshop = without_model();
    let clean: [&str; 2] = ["-k", "test/clean"];
    assert_eq!(export(&workshop, &clean).code, 0);
    let earlier = "out/test/.windtunnel-Ab12Cd/earlier";
    std::fs::create_dir_all(workshop.path(earlier)).unwrap();
    std::fs::rename(workshop.path("out/test/clean"), workshop.path(&format!("{earlier}/clean"))).unwrap();
    let lock = std::fs::File::create(workshop.path("out/test/.windtunnel-Ab12Cd/lock")).unwrap();
    lock.lock().unwrap();
    let other: [&str; 2] = ["-k", "test/turn@1"];
    assert_eq!(export(&workshop, &other).code, 0);
    assert_eq!(temporary(&workshop), [".windtunnel-Ab12Cd"], "its process lives");
    drop(lock);
    assert_eq!(export(&workshop, &other).code, 0);
    assert_eq!(temporary(&workshop), [] as [String; 0]);
    assert!(workshop.path("out/test/clean/annotations.json").exists());
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let workshop = workshop();
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    workshop.write("out", "a file");
    let ran = export(&workshop, &[]);
    assert!(ran.code == 2 && ran.says("cannot write into out/test: choose another --out"), "{}", ran.stderr);
    let ran = workshop.run(&["export", "predictions", "spec.toml", "--out", "out", "-q"]);
    assert!(ran.code == 2 && ran.says("cannot write"), "{}", ran.stderr);
}
