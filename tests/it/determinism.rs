//! Same input, same bytes: whatever the number of threads and the order of the images.

use serde_json::Value;

use crate::support::{Workshop, small_spec};

const REST: &str = "
[perturbation.noise]
kind = \"gaussian_noise\"
severity = [1, 3]
[perturbation.turn]
kind = \"rotate\"
degrees = 10
[[check]]
on = \"all\"
min = 0.01
";

fn record(workshop: &Workshop, args: &[&str]) -> Value {
    let ran = workshop.run(&[&["run", "spec.toml", "--no-cache"], args].concat());
    assert!(ran.code <= 1, "{}", ran.stderr);
    let mut record = workshop.record("small");
    record.as_object_mut().unwrap().remove("times").unwrap();
    record
}

fn figures(record: &Value) -> Vec<Value> {
    record["cells"].as_array().unwrap().iter().map(|cell| cell["figures"].clone()).collect()
}

#[test]
fn one_and_four_threads_give_the_same_record() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    workshop.write("spec.toml", small_spec(REST));
    assert_eq!(record(&workshop, &["-j", "1"]), record(&workshop, &["-j", "4"]));
}

#[test]
fn the_order_of_the_images_changes_no_figure() {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(6);
    workshop.write("spec.toml", small_spec(REST));
    let straight = record(&workshop, &[]);
    labels["images"].as_array_mut().unwrap().reverse();
    workshop.write("labels.json", labels.to_string());
    assert_eq!(figures(&straight), figures(&record(&workshop, &[])));
}

#[test]
fn the_order_in_a_file_of_labels_changes_nothing() {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(6);
    let rest = "
[perturbation.hidden]
kind = \"object_occlusion\"
severity = 3
[perturbation.erased]
kind = \"random_erasing\"
severity = 3
[[check]]
on = \"all\"
max_drop = 0.1
rule = \"significant\"
[[check]]
on = \"all\"
metric = \"mpc\"
min = 0.01
";
    workshop.write("spec.toml", small_spec(rest));
    let told = |mut record: Value| {
        // The file itself is another one, and known by its bytes.
        record["datasets"][0].as_object_mut().unwrap().remove("digest").unwrap();
        record
    };
    let straight = told(record(&workshop, &["--intervals"]));
    for list in ["images", "annotations", "categories"] {
        labels[list].as_array_mut().unwrap().reverse();
        workshop.write("labels.json", labels.to_string());
        assert_eq!(straight, told(record(&workshop, &["--intervals"])), "{list} turned round");
    }
}

#[test]
fn another_seed_changes_random_perturbations_and_only_those() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    workshop.write("spec.toml", small_spec(REST));
    let (zero, one) = (figures(&record(&workshop, &[])), figures(&record(&workshop, &["--seed", "1"])));
    assert_eq!(zero[0], one[0], "clean");
    assert_ne!(zero[1], one[1], "noise@1");
    assert_eq!(zero[3], one[3], "turn@10");
}
