//! A model that was measured and is bad is a failure with a diagnosis, no comparison that cannot be made.

use serde_json::Value;

use crate::support::{DATASET, Workshop, repository};

/// A run of detector `a` with its classes in another order: the exit code, the record, what was printed.
fn ran(labels: &str, checks: &str) -> (i32, Value, String) {
    let workshop = Workshop::new();
    workshop.blood_cells(16);
    let model = format!("{:?}", repository("examples/models/bccd_a.onnx").display().to_string());
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"broken\"\n{DATASET}\n[model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = {model}\n\
             labels = [{labels}]\n[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 1\n{checks}"
        ),
    );
    let ran = workshop.run(&["run", "spec.toml"]);
    (ran.code, workshop.record("broken"), ran.stdout)
}

const CHECKS: &str = r#"
[[check]]
on = "clean"
min = 0.3
[[check]]
on = "all"
max_drop = 0.3
[[check]]
on = "all"
max_relative_drop = 0.3
[[check]]
on = "all"
metric = "rpc"
min = 0.5
"#;

fn outcomes(record: &Value) -> Vec<&str> {
    let cases = record["cases"].as_array().unwrap().iter();
    cases.map(|case| case["verdict"]["outcome"]["outcome"].as_str().unwrap()).collect()
}

#[test]
fn a_model_whose_classes_are_all_in_another_order_fails_and_is_told_so() {
    let (code, record, shown) = ran(r#""Platelets", "RBC", "WBC""#, CHECKS);
    assert_eq!((code, outcomes(&record)), (1, vec!["fail"; 4]), "{shown}");
    assert_eq!(record["robustness"][0]["rpc"], Value::Null, "a share of nothing");
    for case in record["cases"].as_array().unwrap() {
        let message = case["message"].as_str().unwrap();
        assert!(message.contains("boxes fit, names do not (AP50 0."), "{message}");
        assert!(message.contains("write `labels` in the order of the model"), "{message}");
    }
    let note = record["notes"][0].as_str().unwrap();
    assert!(note.contains("where `RBC` is called `Platelets`, `WBC` `RBC`, `Platelets` `WBC`; AP50 0.0"), "{note}");
}

#[test]
fn two_exchanged_classes_fail_where_their_low_figure_leaves_nothing_to_lose() {
    let (code, record, shown) = ran(r#""WBC", "RBC", "Platelets""#, CHECKS);
    let outcomes = outcomes(&record);
    assert_eq!((code, &outcomes[..2]), (1, &["fail", "fail"][..]), "{shown}");
    assert!(!outcomes.contains(&"error"), "{shown}");
    let note = record["notes"][0].as_str().unwrap();
    assert!(note.contains("where `RBC` is called `WBC`, `WBC` `RBC`"), "{note}");
}

#[test]
fn what_a_sound_model_leaves_nothing_to_judge_by_stays_an_error() {
    let (code, record, shown) = ran(r#""RBC", "WBC", "Platelets""#, "[[check]]\non = \"all\"\nmax_drop = 0.9\n");
    assert_eq!((code, outcomes(&record)), (3, vec!["error"]), "{shown}");
    assert_eq!(record["notes"], serde_json::json!([]));
}

#[test]
fn a_check_that_only_warns_does_not_let_a_broken_model_through() {
    let checks = "[[check]]\non = \"all\"\nmax_drop = 0.3\nlevel = \"warn\"\nreason = \"known\"\n";
    let (code, record, shown) = ran(r#""Platelets", "RBC", "WBC""#, checks);
    assert_eq!((code, outcomes(&record)), (3, vec!["error"]), "{shown}");
}
