//! From which score detections count: what models say of it themselves, and what `calibrate --confidence` proposes.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop, small_spec};

const DATASETS: &str = "[dataset.val]\nformat = \"coco\"\npath = \"val.json\"\n\
                        [dataset.test]\nformat = \"coco\"\npath = \"test.json\"\n";

const MODEL: &str = "[model.m]\nkind = \"precomputed\"\npath = \"{dataset}_{condition}.json\"\n";

const CHECKS: &str = "[[check]]\non = \"clean\"\nmetric = \"precision\"\nmin = 0.01\n\
                      [[check]]\non = \"clean\"\nmetric = \"recall\"\nmin = 0.01\n";

/// `(image, category, x, score)`: a cat on each picture of `val`, of which three are found beside one that is none; one dog, found,
/// and one that is none. On `test` the same scores are of others.
const VAL: [(u64, u64, f64, f64); 6] =
    [(1, 1, 0.0, 0.9), (2, 1, 0.0, 0.8), (3, 1, 100.0, 0.7), (3, 1, 0.0, 0.6), (1, 2, 50.0, 0.4), (2, 2, 50.0, 0.35)];
const TEST: [(u64, u64, f64, f64); 4] = [(1, 1, 0.0, 0.65), (2, 1, 100.0, 0.61), (3, 1, 0.0, 0.5), (1, 2, 50.0, 0.45)];

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    for id in 1..=4 {
        workshop.picture(&format!("{id}.png"), 200, 60);
    }
    let image = |id: u64| json!({"id": id, "file_name": format!("{id}.png"), "width": 200, "height": 60});
    let object = |id: u64, image: u64, category: u64, x: u64| json!({"id": id, "image_id": image, "category_id": category, "bbox": [x, 0, 20, 20], "area": 400, "iscrowd": 0});
    for name in ["val", "test"] {
        let mut objects: Vec<Value> = (1..=4).map(|at| object(at, at, 1, 0)).collect();
        objects.push(object(5, 1, 2, 50));
        let labels = json!({
            "images": (1..=4).map(image).collect::<Vec<_>>(),
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
            "annotations": objects,
        });
        workshop.write(&format!("{name}.json"), labels.to_string());
    }
    let found = |&(image, category, x, score): &(u64, u64, f64, f64)| json!({"image_id": image, "category_id": category, "bbox": [x, 0.0, 20.0, 20.0], "score": score});
    workshop.write("val_clean.json", Value::from(VAL.iter().map(found).collect::<Vec<_>>()).to_string());
    workshop.write("test_clean.json", Value::from(TEST.iter().map(found).collect::<Vec<_>>()).to_string());
    workshop
}

fn run(workshop: &Workshop, parts: &[&str]) -> Ran {
    workshop.write("spec.toml", format!("version = 1\nname = \"points\"\n{}", parts.join("\n")));
    workshop.run(&["run", "spec.toml", "-q"])
}

/// The figure of the case of an id.
fn figure(record: &Value, id: &str) -> f64 {
    let case = record["cases"].as_array().unwrap().iter().find(|case| case["id"] == id);
    case.unwrap_or_else(|| panic!("no case {id}"))["verdict"]["value"].as_f64().unwrap()
}

#[test]
fn each_model_counts_from_its_own_scores() {
    let workshop = workshop();
    let models = "[model.n]\nextends = \"m\"\nmin_confidence = 0.65\n\
                  [model.suite]\nkind = \"precomputed\"\npath = \"{dataset}_{condition}.json\"\n";
    let dog = "[[check]]\non = \"clean\"\ndataset = \"val\"\nmetric = \"precision\"\ncategory = \"dog\"\nmodel = [\"m\", \"suite\"]\nmin = 0.01\n";
    let agreement = "[[check]]\non = \"clean\"\ndataset = \"val\"\nmetric = \"agreement\"\nmodel = \"m\"\nreference = \"n\"\nmin = 0.01\n";
    let own = "min_confidence = { dog = 0.4 }\n";
    let ran = run(&workshop, &[DATASETS, MODEL, own, models, CHECKS, dog, agreement]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    let record = workshop.record("points");
    let is = |id: &str, right: f64| {
        let told = figure(&record, id);
        assert!((told - right).abs() < 1e-9, "{id}: {told} is not {right}");
    };
    // Of the suite's 0.3 on, the second dog counts, too.
    is("m/val/clean/precision(dog):min", 1.0);
    is("suite/val/clean/precision(dog):min", 0.5);
    is("m/val/clean/precision:min", 4.0 / 5.0);
    is("n/val/clean/precision:min", 2.0 / 3.0);
    is("n/val/clean/recall:min", 2.0 / 5.0);
    // Each side by its own: 2/3 of picture 1, all of 2, 2/3 of 3; of 4 neither says anything.
    is("m/val/clean/agreement:min(n)", 7.0 / 9.0);
    assert_eq!(record["models"][0]["min_confidence"], json!({"dog": 0.4}));
    assert_eq!(record["models"][1]["min_confidence"], json!(0.65));
    assert_eq!(record["models"][2].get("min_confidence"), None);
}

#[test]
fn a_score_that_cannot_be_meant_is_refused_at_its_place() {
    let workshop = workshop();
    for (own, told) in [
        ("{ dgo = 0.4 }", "`dgo` is a category of no dataset that model `m` is run on"),
        ("{ dog = 1.4 }", "1.4 is not a score from 0 to 1"),
        ("{ dog = \"0.4\" }", "expected a score from 0 to 1"),
        ("40", "40 is not a score from 0 to 1"),
        ("{}", "the table of categories is empty"),
        ("[0.4]", "expected a score from 0 to 1, or one by category: { person = 0.4 }, found an array"),
    ] {
        let ran = run(&workshop, &[DATASETS, MODEL, &format!("min_confidence = {own}\n"), CHECKS]);
        assert_eq!(ran.code, 2, "{own}: {} {}", ran.stdout, ran.stderr);
        assert!(ran.says(told) && ran.says("spec.toml:"), "{own}: {}", ran.stderr);
    }
    let ran = run(&workshop, &[DATASETS, MODEL, "min_confidence = { dgo = 0.4 }\n", CHECKS]);
    assert!(ran.says("did you mean `dog`?"), "{}", ran.stderr);
    let ran = run(&workshop, &["task = \"classify\"\n", DATASETS, MODEL, "min_confidence = 0.4\n", CHECKS]);
    assert!(ran.code == 2 && ran.says("`min_confidence` in [model.m] has a meaning for"), "{}", ran.stderr);
}

#[test]
fn scores_are_proposed_by_category_and_come_to_what_is_told() {
    let workshop = workshop();
    run(&workshop, &[DATASETS, MODEL, CHECKS]);
    let ran = workshop.run(&["calibrate", "--confidence", "spec.toml", "--dataset", "val"]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    // Cats: F1 2/5, 4/6, 4/7, and 6/8 at 0.6.
    let line = "min_confidence = { cat = 0.6, dog = 0.4 }";
    assert!(ran.stdout.lines().any(|told| told == line), "{}", ran.stdout);
    let row = |place: &str| {
        let row = ran.stdout.lines().find(|row| row.starts_with(&format!("#   {place}")));
        let words: Vec<&str> =
            row.unwrap_or_else(|| panic!("no row of {place}: {}", ran.stdout)).split_whitespace().collect();
        [words[3], words[5]].map(|figure| figure.parse::<f64>().unwrap())
    };
    let (val, test) = (row("val clean"), row("test clean"));
    assert_eq!((val, test), ([0.8, 0.8], [0.667, 0.4]), "{}", ran.stdout);

    run(&workshop, &[DATASETS, MODEL, line, CHECKS]);
    let record = workshop.record("points");
    for (dataset, told) in [("val", val), ("test", test)] {
        for (metric, told) in ["precision", "recall"].into_iter().zip(told) {
            let measured = figure(&record, &format!("m/{dataset}/clean/{metric}:min"));
            assert!((measured - told).abs() < 5e-4, "{dataset} {metric}: {measured} is not {told}");
        }
    }
}

#[test]
fn a_goal_that_no_score_meets_fails_and_says_what_there_is() {
    let workshop = workshop();
    run(&workshop, &[DATASETS, MODEL, CHECKS]);
    let ran = workshop.run(&["calibrate", "--confidence", "spec.toml", "--dataset", "val", "--recall", "0.9"]);
    assert_eq!(ran.code, 1, "{} {}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("none meets it: at most 0.750, of 4 objects"), "{}", ran.stdout);
    assert!(ran.stdout.contains("min_confidence = { dog = 0.4 }"), "{}", ran.stdout);
    // Where a goal is met on the images that chose, others may miss it, and are named.
    let ran = workshop.run(&["calibrate", "--confidence", "spec.toml", "--dataset", "val", "--precision", "0.7"]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("missed: cat 0.500"), "{}", ran.stdout);
    // How sure that is has a column, and rows have their place in a terminal.
    let rows: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("#   ")).collect();
    assert!(rows[0].ends_with("  recall            unseen  met") && rows[1].ends_with('%'), "{rows:?}");
    assert!(rows.len() > 4 && rows.iter().all(|row| row.chars().count() <= 85), "{rows:?}");
}

#[test]
fn nothing_is_chosen_from_what_is_not_there() {
    let workshop = workshop();
    workshop.write("spec.toml", format!("version = 1\nname = \"points\"\n{DATASETS}{MODEL}{CHECKS}"));
    let calibrate = |rest: &[&str]| workshop.run(&[&["calibrate", "--confidence", "spec.toml"], rest].concat());
    for (rest, code, told) in [
        (&[][..], 2, "Name one of `val`, `test` by --dataset"),
        (&["--dataset", "vall"], 2, "on a dataset `vall` with labels: there is `val`, `test`"),
        (&["--dataset", "val", "--model", "n"], 2, "runs no model `n` on dataset `val`"),
        (&["--dataset", "val", "--recall", "90"], 2, "write a share above 0 and at most 1"),
    ] {
        let ran = calibrate(rest);
        assert!(ran.code == code && ran.says(told), "{rest:?}: {} {} {}", ran.code, ran.stdout, ran.stderr);
    }
    workshop.blood_cells(4);
    workshop.write("small.toml", small_spec("[[check]]\non = \"clean\"\nmetric = \"recall\"\nmin = 0.1\n"));
    let ran = workshop.run(&["calibrate", "--confidence", "small.toml"]);
    assert!(ran.code == 3 && ran.says("run `windtunnel run small.toml` with the same options first"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["run", "small.toml", "-qq"]).code, 0);
    let ran = workshop.run(&["calibrate", "--confidence", "small.toml", "--model", "a"]);
    assert!(ran.code == 0 && ran.stdout.contains("The same images chose and judge"), "{} {}", ran.stdout, ran.stderr);
    let ran = workshop.run(&["calibrate", "--set", "seed=3"]);
    assert!(ran.code == 2 && ran.says("add --confidence"), "{}", ran.stderr);
}
