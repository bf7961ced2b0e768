//! Classifiers, to the end of the road: from the cells of the example to verdicts, records, shards, baselines and pages.

use serde_json::Value;

use crate::support::{Ran, Workshop, repository};

/// The photos whose cells are looked at: some two hundred.
const PHOTOS: usize = 14;

/// Two classifiers on the cells of some photos; `rest` are the checks.
fn workshop(rest: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(PHOTOS);
    for model in ["bccd_cells", "bccd_cells_rough"] {
        workshop.write(
            &format!("{model}.onnx"),
            std::fs::read(repository(&format!("examples/models/{model}.onnx"))).unwrap(),
        );
    }
    workshop.write("spec.toml", spec(rest));
    workshop
}

fn spec(rest: &str) -> String {
    format!(
        r#"
version = 1
name = "cells"
task = "classify"
[dataset.cells]
format = "coco"
path = "labels.json"
images = "images"
crops = 1.2
[model.plain]
kind = "onnx"
path = "bccd_cells.onnx"
[model.rough]
kind = "onnx"
path = "bccd_cells_rough.onnx"
[perturbation.noise]
kind = "gaussian_noise"
severity = [1, 5]
{rest}"#
    )
}

const CHECKS: &str = r#"
[[check]]
on = "clean"
metric = "balanced_accuracy"
min = 0.8
[[check]]
on = "noise"
metric = "balanced_accuracy"
max_drop = 0.1
[[check]]
on = "noise"
metric = "stability"
min = 0.5
"#;

fn run(workshop: &Workshop, args: &[&str]) -> Ran {
    let ran = workshop.run(args);
    assert!(matches!(ran.code, 0 | 1), "{args:?}: {}\n{}", ran.stderr, ran.stdout);
    ran
}

fn cell<'r>(record: &'r Value, model: &str, condition: &str) -> &'r Value {
    let cells = record["cells"].as_array().unwrap().iter();
    cells.into_iter().find(|cell| cell["model"] == model && cell["condition"] == condition).unwrap()
}

/// A record without what two runs of one input differ in.
fn timeless(mut record: Value) -> Value {
    record.as_object_mut().unwrap().remove("times").unwrap();
    record
}

#[test]
fn reports_speak_of_classes() {
    let workshop = workshop(CHECKS);
    let ran = run(&workshop, &["run", "spec.toml", "--html", "page.html", "--markdown", "page.md"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let record = workshop.record("cells");
    assert_eq!(
        (&record["spec"]["task"], &record["spec"]["metric"]),
        (&Value::from("classify"), &Value::from("balanced_accuracy"))
    );
    let noisy = cell(&record, "plain", "noise@5");
    let clean = cell(&record, "plain", "clean");
    let figure = |cell: &Value, metric: &str| cell["figures"][metric].as_f64().unwrap();
    // Most cells are red: what goes wrong with the rare ones hardly shows in the accuracy.
    assert!(figure(clean, "top1") > 0.95 && figure(clean, "balanced_accuracy") > 0.95, "{clean}");
    assert!(figure(noisy, "top1") - figure(noisy, "balanced_accuracy") > 0.1, "{noisy}");
    assert!(noisy["figures"].get("map").is_none(), "figures of detectors are not among them");
    let confusions = noisy["classes"]["confusions"].as_array().unwrap();
    assert!(!confusions.is_empty() && confusions[0]["images"].as_u64() > confusions[0]["before"].as_u64());
    let bins = noisy["classes"]["reliability"].as_array().unwrap();
    let images: u64 = bins.iter().map(|bin| bin["images"].as_u64().unwrap()).sum();
    assert_eq!((bins.len() as u64, Some(images)), (15, record["datasets"][0]["images"].as_u64()));
    let failed = record["cases"].as_array().unwrap().iter().find(|case| case["confusions"].is_array()).unwrap();
    let told = format!("{} said to be", failed["confusions"][0]["label"].as_str().unwrap());
    let junit = std::fs::read_to_string(workshop.path("target/windtunnel/cells/junit.xml")).unwrap();
    let page = std::fs::read_to_string(workshop.path("page.html")).unwrap();
    let markdown = std::fs::read_to_string(workshop.path("page.md")).unwrap();
    for (what, text) in [("console", &ran.stdout), ("JUnit", &junit), ("Markdown", &markdown), ("page", &page)] {
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(&told) && joined.contains("by the score of their label"), "{what}");
    }
    for part in ["What is taken for what", "How sure, how right", "labelled Platelets, said to be"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn accuracy_on_uneven_classes_is_noted_where_nothing_weighs_them_alike() {
    let hides = "a model that says so of every image has a top1 of 0.8";
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.5\n");
    assert!(run(&workshop, &["check", "spec.toml"]).says(hides));
    workshop.write("spec.toml", spec(&format!("[[check]]\non = \"clean\"\nmin = 0.5\n{CHECKS}")));
    assert!(!run(&workshop, &["check", "spec.toml"]).says(hides));
}

#[test]
fn shards_of_classes_are_merged_to_what_one_run_finds() {
    let workshop = workshop(CHECKS);
    run(&workshop, &["run", "spec.toml", "--no-cache"]);
    let single = timeless(workshop.record("cells"));
    std::fs::remove_dir_all(workshop.path("target")).unwrap();
    for index in 1..=3 {
        let partition = format!("{index}/3");
        assert_eq!(workshop.run(&["run", "spec.toml", "--no-cache", "--partition", &partition]).code, 0);
    }
    run(&workshop, &["merge"]);
    assert_eq!(timeless(workshop.record("cells")), single);
}

#[test]
fn what_is_kept_is_what_was_answered() {
    let workshop = workshop(CHECKS);
    run(&workshop, &["run", "spec.toml"]);
    let asked = timeless(workshop.record("cells"));
    run(&workshop, &["run", "spec.toml", "--offline"]);
    let recalled = workshop.record("cells");
    assert_eq!(recalled["times"]["from_store"], recalled["datasets"][0]["images"].as_u64().unwrap() * 6);
    assert_eq!(timeless(recalled)["cells"], asked["cells"]);
}

#[test]
fn a_worse_classifier_is_a_regression_and_the_history_tells_it() {
    let gate = "[[check]]\non = [\"clean\", \"noise\"]\nmodel = \"plain\"\nmetric = \"balanced_accuracy\"\nmax_regression = 0.02\n";
    let workshop = workshop(gate);
    let fresh = workshop.run(&["run", "spec.toml"]);
    assert!(fresh.says("run `windtunnel baseline accept`"), "{}", fresh.stdout);
    let accepted = workshop.run(&["baseline", "accept", "--reason", "first"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    assert_eq!(run(&workshop, &["run", "spec.toml"]).code, 0);
    // A background that is not there: every class is its neighbour.
    let others = spec(gate).replace(
        "path = \"bccd_cells.onnx\"\n",
        "path = \"bccd_cells.onnx\"\nrename = { RBC = \"WBC\", WBC = \"RBC\" }\n",
    );
    workshop.write("spec.toml", others);
    let worse = run(&workshop, &["run", "spec.toml"]);
    assert_eq!(worse.code, 1, "{}", worse.stdout);
    assert!(worse.says("calls `RBC` `WBC`, `WBC` `RBC`"), "{}", worse.stdout);
    let calibrated = workshop.run(&["calibrate"]);
    assert!(calibrated.code == 0 && calibrated.stdout.contains("min = "), "{}", calibrated.stderr);
    let trend = workshop.run(&["history", "trend", "cells", "-k", "*/clean/balanced_accuracy*"]);
    assert!(trend.code == 0 && trend.says("balanced_accuracy"), "{}{}", trend.stdout, trend.stderr);
}

#[test]
fn classifiers_are_compared_on_the_same_images() {
    let checks = "[[check]]\non = \"noise\"\nmodel = \"rough\"\nreference = \"plain\"\nmetric = \"balanced_accuracy\"\nmax_regression = 0.0\nrule = \"significant\"\ncorrection = \"holm\"\n";
    let workshop = workshop(checks);
    run(&workshop, &["run", "spec.toml", "--intervals"]);
    let case = &workshop.record("cells")["cases"][0];
    assert!(case["verdict"]["interval"]["low"].is_number(), "a paired interval: {case}");
    let compared = workshop.run(&["compare", "plain", "rough"]);
    assert!(
        compared.code == 0 && compared.says("balanced_accuracy on cells"),
        "{}{}",
        compared.stdout,
        compared.stderr
    );
}

#[test]
fn an_audit_tells_labels_that_confident_answers_contradict_and_uneven_classes() {
    let gates = "[[check]]\nmetric = \"suspect_labels\"\nmax = 0\n[[check]]\nmetric = \"class_imbalance\"\nmax = 3\n\
                 [[check]]\nmetric = \"duplicates\"\nmax = 0\n";
    let workshop = workshop(gates);
    let mut labels: Value = serde_json::from_slice(&std::fs::read(workshop.path("labels.json")).unwrap()).unwrap();
    let id = |name: &str| {
        let mut categories = labels["categories"].as_array().unwrap().iter();
        categories.find(|category| category["name"] == name).unwrap()["id"].clone()
    };
    let (red, white) = (id("RBC"), id("WBC"));
    let annotations = labels["annotations"].as_array_mut().unwrap();
    annotations.iter_mut().find(|one| one["category_id"] == red).unwrap()["category_id"] = white;
    workshop.write("labels.json", labels.to_string());
    let audited = workshop.run(&["audit", "spec.toml"]);
    assert_eq!(audited.code, 1, "{}", audited.stderr);
    assert!(audited.says("labelled WBC"), "{}", audited.stdout);
    assert!(audited.says("times the images of the rarest"), "{}", audited.stdout);
    assert!(!audited.says("invalid boxes") && !audited.says("object size"), "{}", audited.stdout);
    let boxes = spec("[[check]]\nmetric = \"invalid_boxes\"\nmax = 0\n");
    workshop.write("spec.toml", boxes);
    let refused = workshop.run(&["run", "spec.toml"]);
    assert!(refused.code == 2 && refused.says("unknown metric `invalid_boxes`"), "{}", refused.stderr);
}

#[test]
fn slices_and_clusters_are_of_images_and_their_classes() {
    let checks = "[slices]\nby = [\"category\", \"brightness\", \"contrast\", \"resolution\"]\nmin_performance_drop = 0.01\n\
                  [[check]]\non = \"noise@5\"\nmetric = \"balanced_accuracy\"\nslice = \"brightness:high\"\nmin = 0.01\n";
    let workshop = workshop(checks);
    run(&workshop, &["run", "spec.toml"]);
    let record = workshop.record("cells");
    let slices = &record["slices"];
    assert!(slices["looked_at"].as_u64().unwrap() > 10, "{slices}");
    let of_category = |one: &&Value| one["slice"].as_str().unwrap().starts_with("category:");
    assert_eq!(slices["slices"].as_array().unwrap().iter().filter(of_category).count(), 3);
    workshop.write("spec.toml", spec("[slices]\nby = [\"size\"]\n[[check]]\non = \"clean\"\nmin = 0.1\n"));
    let refused = workshop.run(&["run", "spec.toml"]);
    assert!(refused.code == 2 && refused.says("unknown attribute `size`"), "{}", refused.stderr);
}

#[test]
fn corruption_errors_take_all_of_imagenet_c_and_nothing_else() {
    let imagenet_c = "[perturbation.c]\npreset = \"imagenet_c\"\n[[check]]\non = \"c\"\nmetric = \"mce\"\nmax = 100\n[[check]]\non = \"c\"\nmetric = \"relative_mce\"\nmax = 200\n";
    let workshop = workshop(imagenet_c);
    let ran = run(&workshop, &["run", "spec.toml", "--limit", "12"]);
    let record = workshop.record("cells");
    let robustness = &record["robustness"][0];
    let value = record["cases"][0]["verdict"]["value"].as_f64().unwrap();
    // The suite has noise of its own beside ImageNet-C's, of two severities.
    assert!((robustness["mce"].as_f64().unwrap() - value).abs() < 1e-9, "{robustness}");
    let errors: Vec<f64> = ["gaussian_noise", "fog"]
        .iter()
        .map(|kind| {
            let errors = (1..=5).map(|severity| {
                1.0 - cell(&record, "plain", &format!("c.{kind}@{severity}"))["figures"]["top1"].as_f64().unwrap()
            });
            errors.sum::<f64>() / 5.0
        })
        .collect();
    assert!(errors.iter().all(|error| (0.0..=1.0).contains(error)), "{errors:?}");
    assert!(value > 0.0 && value < 100.0, "{}", ran.stdout);
    workshop.write("spec.toml", spec("[[check]]\non = \"noise\"\nmetric = \"mce\"\nmax = 100\n"));
    let refused = workshop.run(&["run", "spec.toml"]);
    assert!(
        refused.code == 2 && refused.says("15 corruptions of ImageNet-C at severities 1 to 5"),
        "{}",
        refused.stderr
    );
    workshop.write("spec.toml", spec("[[check]]\non = \"clean\"\nmetric = \"map\"\nmin = 0.1\n"));
    let other = workshop.run(&["run", "spec.toml"]);
    assert!(other.code == 2 && other.says("unknown metric `map`"), "{}", other.stderr);
}

/// A check on a class has the draws of each class kept, which are let go without one.
#[test]
fn what_is_drawn_of_all_classes_is_the_same_whether_or_not_somebody_reads_a_single_one() {
    let workshop = workshop(CHECKS);
    // So few that a rare class is in some resamples alone.
    workshop.blood_cells(2);
    let cases = |rest: &str| {
        workshop.write("spec.toml", spec(rest));
        run(&workshop, &["run", "spec.toml", "--json", "record.json"]);
        let record: Value = serde_json::from_slice(&std::fs::read(workshop.path("record.json")).unwrap()).unwrap();
        record["cases"].as_array().unwrap().clone()
    };
    let without = cases(CHECKS);
    let one = "[[check]]\non = \"noise\"\nmetric = \"balanced_accuracy\"\ncategory = \"WBC\"\nmax_drop = 0.9\n";
    let with = cases(&format!("{CHECKS}{one}"));
    assert!(with.len() > without.len());
    assert!(
        without.iter().any(|case| case["verdict"]["interval"].is_object() && case["metric"] == "balanced_accuracy"),
        "{without:?}"
    );
    for case in without {
        assert!(with.contains(&case), "{case}");
    }
}

#[test]
fn pictures_of_one_class_tell_what_they_are_taken_for() {
    let workshop = workshop("[[check]]\non = \"noise\"\nmetric = \"recall\"\ncategory = \"Platelets\"\nmin = 0.999\n");
    let ran = run(&workshop, &["run", "spec.toml", "--html", "page.html"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let page = std::fs::read_to_string(workshop.path("page.html")).unwrap();
    let told = page.matches("labelled Platelets, said to be").count();
    let all = page.matches("labelled Platelets").count();
    assert!(told > 0 && told == all, "{told} of {all} pictures say what is answered");
}

#[test]
fn the_images_listed_with_a_figure_of_one_class_are_those_that_cost_it_and_their_numbers_are_its_scores() {
    let check = |on: &str, metric: &str, category: &str| {
        format!("[[check]]\non = \"{on}\"\nmetric = \"{metric}\"\ncategory = \"{category}\"\nmin = 0.999\n")
    };
    let all = [("recall", "Platelets"), ("precision", "WBC"), ("top1", "Platelets"), ("nll", "Platelets")];
    let checks: String = all.iter().map(|(metric, class)| check("noise@5", metric, class)).collect();
    let workshop =
        workshop(&checks.replace(
            "\"nll\"\ncategory = \"Platelets\"\nmin = 0.999",
            "\"nll\"\ncategory = \"Platelets\"\nmax = 0.001",
        ));
    let ran = run(&workshop, &["run", "spec.toml"]);
    let record = workshop.record("cells");
    for (metric, class, told) in [
        (
            "recall",
            "Platelets",
            "images of `Platelets` taken for another class, newly so first, by the score of `Platelets`:",
        ),
        ("precision", "WBC", "images wrongly called `WBC`, newly so first, by the score of `WBC`:"),
        (
            "top1",
            "Platelets",
            "images of `Platelets` taken for another class, newly so first, by the score of `Platelets`:",
        ),
        ("nll", "Platelets", "images of `Platelets` that lost most, by the score of `Platelets`:"),
    ] {
        assert!(ran.says(told), "{told}: {}", ran.stdout);
        let case = record["cases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|case| case["read"] == metric && case["model"] == "plain")
            .unwrap();
        let losses = case["image_losses"].as_array().unwrap();
        let sheet = &case["picture"];
        let gallery =
            record["galleries"].as_array().unwrap().iter().find(|gallery| gallery["sheet"] == *sheet).unwrap();
        let pairs = gallery["pairs"].as_array().unwrap();
        assert!(!losses.is_empty() && losses.len() == pairs.len(), "{metric}");
        for (loss, pair) in losses.iter().zip(pairs) {
            let boxes = pair["after"]["boxes"].as_array().unwrap();
            let of_kind =
                |kind: &str| boxes.iter().find(|one| one["kind"] == kind).map(|one| one["category"].as_str().unwrap());
            let (label, said) = (of_kind("truth").unwrap(), of_kind("false").or(of_kind("found")).unwrap());
            match metric {
                "precision" => {
                    assert!(label != class && said == class, "{metric}: {pair}");
                    let score = boxes.iter().find(|one| one["kind"] == "false").unwrap()["score"].as_f64().unwrap();
                    assert!((score - loss["after"].as_f64().unwrap()).abs() < 0.006, "{metric}: {loss}");
                }
                _ => {
                    assert!(label == class && (metric == "nll" || said != class), "{metric}: {pair}");
                    assert_eq!(loss["after"], pair["after"]["label_score"], "{metric}");
                    assert_eq!(loss["before"], pair["before"]["label_score"], "{metric}");
                }
            }
        }
    }
    assert!(ran.says("said to be WBC"), "wrong claims of the class are the evidence of its precision: {}", ran.stdout);
}

/// Cells of three photos, most of them of about 128 pixels, so many times as large; the model sees 64.
fn resized(times: f64) -> Workshop {
    let workshop = Workshop::new();
    crate::classes::cells(&workshop, 3, "cells", |_| true);
    for class in std::fs::read_dir(workshop.path("cells")).unwrap() {
        for file in std::fs::read_dir(class.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let cell = image::open(&path).unwrap();
            let [width, height] = [cell.width(), cell.height()].map(|side| (times * f64::from(side)) as u32);
            cell.resize_exact(width, height, image::imageops::FilterType::CatmullRom).save(&path).unwrap();
        }
    }
    workshop
}

/// A spec on those cells; `view` is a line of the dataset.
fn noisy_spec(view: &str, kind: &str) -> String {
    let path = repository("examples/models/bccd_cells.onnx").display().to_string();
    format!(
        "version = 1\nname = \"cells\"\ntask = \"classify\"\n[dataset.photos]\nformat = \"folder\"\npath = \"cells\"\n{view}\n\
         [model.plain]\nkind = \"onnx\"\nengine = \"rten\"\npath = {}\n\
         [perturbation.noise]\nkind = \"{kind}\"\nseverity = 5\n[[check]]\non = [\"clean\", \"noise\"]\nmin = 0.01\n",
        serde_json::json!(path)
    )
}

#[test]
fn pictures_far_above_what_a_classifier_sees_are_noted_with_the_view_that_perturbs_what_it_sees() {
    let workshop = resized(3.0);
    let run_with = |spec: String| {
        workshop.write("spec.toml", spec);
        let ran = run(&workshop, &["run", "spec.toml"]);
        let record = workshop.record("cells");
        let notes = record["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned());
        let notes: Vec<String> = notes.filter(|note| note.contains("is perturbed at")).collect();
        (ran, notes, cell(&record, "plain", "noise@5")["figures"]["balanced_accuracy"].as_f64().unwrap())
    };
    let (ran, notes, large) = run_with(noisy_spec("", "gaussian_noise"));
    let [note] = &notes[..] else { panic!("one note: {notes:?}") };
    let line = "view = { resize = 64, crop = 64 }";
    assert!(note.starts_with("`photos` is perturbed at ") && note.contains("`plain`"), "{note}");
    assert!(note.contains(" 64x64: noise, blur and compression mostly vanish in shrinking; "), "{note}");
    assert!(note.contains(&format!("`{line}` in [dataset.photos]")), "{note}");
    assert!(ran.says("mostly vanish in shrinking"), "{}{}", ran.stdout, ran.stderr);
    assert!(run(&workshop, &["check", "spec.toml"]).says(&format!("`{line}` in [dataset.photos]")));
    // The line perturbs what the model sees, and nothing is noted any more.
    let (_, notes, small) = run_with(noisy_spec(line, "gaussian_noise"));
    assert!(notes.is_empty() && small < large - 0.1, "{notes:?}: {large} as it is, {small} with the view");
    // What is of the whole picture does not shrink with it.
    assert!(run_with(noisy_spec("", "brightness")).1.is_empty());
}

#[test]
fn pictures_of_about_what_a_classifier_sees_are_not_noted() {
    let workshop = resized(0.75);
    workshop.write("spec.toml", noisy_spec("", "gaussian_noise"));
    let checked = run(&workshop, &["check", "spec.toml"]);
    assert!(!checked.says("is perturbed at"), "{}", checked.stderr);
}

#[test]
fn a_view_that_is_not_what_a_model_makes_of_pictures_by_itself_is_noted() {
    let workshop = resized(0.75);
    let checked = |view: &str, more: &str| {
        let spec = noisy_spec(view, "gaussian_noise").replace("[perturbation", &format!("{more}[perturbation"));
        workshop.write("spec.toml", spec);
        workshop.run(&["check", "spec.toml"])
    };
    let same = checked("view = { resize = 64, crop = 64 }", "");
    assert!(same.code == 0 && !same.says("by itself resizes"), "{}", same.stderr);
    let other = checked("view = { resize = 64, crop = 64, filter = \"bicubic\" }", "");
    let told = "the `view` of `photos` resizes with \"bicubic\", and `plain` by itself resizes with \"bilinear\": `view = { resize = 64, \
                crop = 64, filter = \"bilinear\" }` in [dataset.photos]";
    assert!(other.says(told), "{}", other.stderr);
    let served = "[model.served]\nkind = \"subprocess\"\ncommand = [\"true\"]\n";
    let again = checked("view = { resize = 64, crop = 64 }", served);
    assert!(
        again.says("`served` is given the 64x64 pixels of the `view` of `photos`: where it resizes"),
        "{}",
        again.stderr
    );
    assert!(!checked("", served).says("is given the"));
}
