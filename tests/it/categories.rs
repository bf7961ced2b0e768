//! Models and datasets that do not know the same classes: only some categories count, and classes have other names.

use serde_json::{Value, json};

use crate::support::{DATASET, Workshop, detector, small_spec};

const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.01\n";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop
}

/// A spec in which `keys` are added to the dataset's section, with a model.
fn spec(keys: &str, model: &str, rest: &str) -> String {
    format!("version = 1\nname = \"small\"\n{DATASET}{keys}\n{model}\n{rest}")
}

fn run(workshop: &Workshop, spec: &str) -> Value {
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert!(ran.code <= 1, "{}", ran.stderr);
    workshop.record("small")
}

/// The mAP of the clean cell, over all categories and of each.
fn maps(record: &Value) -> (f64, Vec<(String, f64)>) {
    let cell = &record["cells"][0];
    let of_each = cell["per_category"].as_object().unwrap().iter();
    let of_each = of_each.map(|(name, figures)| (name.clone(), figures["map"].as_f64().unwrap())).collect();
    (cell["figures"]["map"].as_f64().unwrap(), of_each)
}

#[test]
fn only_the_categories_that_count_are_measured() {
    let workshop = workshop();
    let all = run(&workshop, &small_spec(CHECK));
    let few = run(&workshop, &spec("categories = [\"RBC\"]", &detector("a"), CHECK));
    let rbc = maps(&all).1.into_iter().find(|(name, _)| name == "RBC").unwrap().1;
    assert_eq!(maps(&few), (rbc, vec![("RBC".to_owned(), rbc)]));
    let warnings = few["datasets"][0]["warnings"].to_string();
    assert!(warnings.contains("1 of 3 categories count; ") && warnings.contains("`WBC`"), "{warnings}");
    assert_ne!(few["datasets"][0]["digest"], all["datasets"][0]["digest"]);
    assert_eq!(few["datasets"][0]["images"], 4, "images without an object left stay");
}

#[test]
fn results_of_categories_that_do_not_count_are_no_strangers() {
    let workshop = workshop();
    workshop.write("spec.toml", small_spec(CHECK));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "--detections", "found"]).code, 0);
    let results = "[model.a]\nkind = \"precomputed\"\npath = \"found/a/test/{condition}.json\"\n";
    let whole = maps(&run(&workshop, &spec("", results, CHECK)));
    let wbc = whole.1.iter().find(|(name, _)| name == "WBC").unwrap().1;
    let few = run(&workshop, &spec("categories = [\"WBC\"]", results, CHECK));
    assert_eq!(maps(&few).0, wbc);
    let notes = few["notes"].to_string();
    assert!(!notes.contains("that it does not have"), "{notes}");
    assert!(notes.contains("results on `test` of categories that do not count are left out ("), "{notes}");
    // Numbers that count the categories count all that the files name.
    let path = workshop.path("found/a/test/clean.json");
    let text = std::fs::read(&path).unwrap();
    let mut found: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let mut ids: Vec<u64> = found.iter().map(|found| found["category_id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    for result in &mut found {
        let place = ids.iter().position(|id| result["category_id"] == *id).unwrap();
        result["category_id"] = json!(place);
    }
    std::fs::write(&path, json!(found).to_string()).unwrap();
    let counted = spec("categories = [\"WBC\"]", &format!("{results}first_label = 0\n"), CHECK);
    assert_eq!(maps(&run(&workshop, &counted)).0, wbc);
}

#[test]
fn a_check_on_a_category_that_does_not_count_is_a_mistake_as_is_a_category_that_is_none() {
    let workshop = workshop();
    let check = "[[check]]\non = \"clean\"\ncategory = \"WBC\"\nmin = 0.01\n";
    workshop.write("spec.toml", spec("categories = [\"RBC\"]", &detector("a"), check));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("`categories` of dataset `test` leaves out `WBC`"), "{}", ran.stderr);
    workshop.write("spec.toml", spec("categories = [\"RBX\"]", &detector("a"), CHECK));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(
        ran.code > 1 && ran.says("`categories` names `RBX` (nearest: `RBC`), which it does not have"),
        "{}",
        ran.stderr
    );
    assert!(ran.says("its categories are `RBC`, `WBC`, `Platelets`"), "{}", ran.stderr);
}

#[test]
fn a_model_that_knows_some_of_the_categories_is_told_with_the_way_out_which_works() {
    let workshop = workshop();
    let model = detector("a").replace("[\"RBC\", \"WBC\", \"Platelets\"]", "[\"RBC\", \"WBC\", \"dust\"]");
    workshop.write("spec.toml", spec("", &model, CHECK));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let line = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let way_out = line.split("keep what both have with `").nth(1).and_then(|rest| rest.split('`').next());
    let way_out = way_out.unwrap_or_else(|| panic!("{line}"));
    assert!(line.contains("in [dataset.test]"), "{line}");
    let few = run(&workshop, &spec(way_out, &model, CHECK));
    assert_eq!(maps(&few).1.len(), 2);
}

#[test]
fn classes_of_a_model_file_get_the_names_of_the_dataset() {
    let workshop = workshop();
    let right = maps(&run(&workshop, &small_spec(CHECK)));
    let theirs = detector("a").replace("\"RBC\"", "\"rbc\"").replace("\"WBC\"", "\"white\"");
    let renamed = format!("{theirs}rename = {{ rbc = \"RBC\", white = \"WBC\" }}\n");
    assert_eq!(maps(&run(&workshop, &spec("", &renamed, CHECK))), right);
    workshop.write("spec.toml", spec("", &format!("{theirs}rename = {{ whites = \"WBC\" }}\n"), CHECK));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.says("`rename` names `whites`, which is none of its classes (nearest: `white`)"), "{}", ran.stderr);
}

/// The detector's results with its words for classes in place of numbers, and what a run on them says.
fn results_called(workshop: &Workshop, name: impl Fn(&str) -> Value, keys: &str) -> Value {
    let labels: Value = serde_json::from_slice(&std::fs::read(workshop.path("labels.json")).unwrap()).unwrap();
    let ours = |id: &Value| {
        let of_id = labels["categories"].as_array().unwrap().iter().find(|category| category["id"] == *id).unwrap();
        of_id["name"].as_str().unwrap().to_owned()
    };
    workshop.write("spec.toml", small_spec(CHECK));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "--detections", "found"]).code, 0);
    let path = workshop.path("found/a/test/clean.json");
    let mut found: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for result in &mut found {
        result["category_id"] = name(&ours(&result["category_id"]));
    }
    std::fs::write(&path, json!(found).to_string()).unwrap();
    let results = "[model.a]\nkind = \"precomputed\"\npath = \"found/a/test/{condition}.json\"\n";
    let (dataset, model) = keys.split_once('|').unwrap_or((keys, ""));
    run(workshop, &spec(dataset, &format!("{results}{model}\n"), CHECK))
}

#[test]
fn results_that_name_their_classes_are_measured_on_the_categories_that_count() {
    let workshop = workshop();
    let all = maps(&run(&workshop, &small_spec(CHECK)));
    let wbc = all.1.iter().find(|(name, _)| name == "WBC").unwrap().1;
    let few = results_called(&workshop, |name| json!(name), "categories = [\"WBC\"]");
    assert_eq!(maps(&few).0, wbc);
    let notes = few["notes"].to_string();
    assert!(
        notes.contains("results on `test` of categories that do not count are left out (") && notes.contains("`RBC` ")
    );
}

#[test]
fn results_get_the_names_of_the_dataset() {
    let workshop = workshop();
    let all = maps(&run(&workshop, &small_spec(CHECK)));
    let theirs = |name: &str| json!(name.to_lowercase());
    let renamed = "|rename = { rbc = \"RBC\", wbc = \"WBC\", platelets = \"Platelets\", dust = \"WBC\" }";
    let record = results_called(&workshop, theirs, renamed);
    assert_eq!(maps(&record), all);
    assert!(record["notes"].to_string().contains("no result on `test` is of `dust`, which `rename` names"));
    // Numbers of a numbering that is not the dataset's.
    let number = |name: &str| json!(["WBC", "RBC", "Platelets"].iter().position(|one| *one == name).unwrap() + 40);
    let renamed = "|rename = { 40 = \"WBC\", 41 = \"RBC\", 42 = \"Platelets\" }";
    assert_eq!(maps(&results_called(&workshop, number, renamed)), all);
    let wbc = all.1.iter().find(|(name, _)| name == "WBC").unwrap().1;
    let few = results_called(&workshop, number, &format!("categories = [\"WBC\"]{renamed}"));
    assert_eq!(maps(&few).0, wbc);
    workshop.write(
        "spec.toml",
        spec(
            "",
            "[model.a]\nkind = \"precomputed\"\npath = \"found/a/test/{condition}.json\"\nrename = { 40 = \"wbc\" }\n",
            CHECK,
        ),
    );
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(
        ran.code == 3 && ran.says("`rename` calls a class `wbc`, which the dataset does not have"),
        "{}",
        ran.stderr
    );
}

#[test]
fn classes_of_a_model_that_nobody_asks_for_are_named() {
    let workshop = workshop();
    let few = run(&workshop, &spec("categories = [\"RBC\"]", &detector("a"), CHECK));
    let note = "model `a`: 2 of its 3 classes are none that count in `test`; what it says of them is left out (`WBC`, `Platelets`)";
    assert!(few["notes"].to_string().contains(note), "{}", few["notes"]);
}

/// A model of every kind knows a class by another name, and by `rename` it is the dataset's.
#[test]
fn every_kind_of_model_takes_rename() {
    let workshop = Workshop::new();
    for kind in ["onnx", "precomputed", "roboflow", "http", "oip", "subprocess"] {
        let told = workshop.run(&["explain", kind]);
        assert!(told.code == 0 && told.stdout.contains("rename"), "{kind}: {}", told.stdout);
    }
}
