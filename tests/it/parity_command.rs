//! `windtunnel parity`: two files, or two engines of one, without a spec.

use crate::support::{Workshop, repository};

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    for (name, source) in [("best", "bccd_a"), ("int8", "bccd_a_int8"), ("other", "bccd_b")] {
        let model = std::fs::read(repository(&format!("examples/models/{source}.onnx"))).unwrap();
        workshop.write(&format!("models/{name}.onnx"), model);
    }
    workshop
}

const LABELS: [&str; 2] = ["--labels", "RBC,WBC,Platelets"];

#[test]
fn a_quantised_model_agrees_and_another_one_does_not() {
    let workshop = workshop();
    let parity = |args: &[&str]| workshop.run(&[&["parity", "models/best.onnx"], args, &LABELS].concat());
    let ran = parity(&["models/int8.onnx", "--min", "0.6"]);
    assert!(ran.says("agreement of int8 with best, on 6 pictures:"), "{} {}", ran.stdout, ran.stderr);
    assert!(ran.says("raw outputs, the largest difference on up to 8 clean pictures:"), "{}", ran.stdout);
    assert!(ran.says("ms a call") && ran.says("pictures like these"), "{}", ran.stdout);
    let record = workshop.record("parity");
    let clean = record["cases"].as_array().unwrap().iter().find(|case| case["metric"] == "agreement").unwrap();
    assert_eq!(clean["id"], "int8/test/clean/agreement:min(best)");
    assert!(clean["verdict"]["figure"].as_f64() > Some(0.8), "{}", clean["verdict"]);
    // The spec is kept, and asked again it says the same.
    let again = workshop.run(&["run", "specs/parity.toml", "-q", "-k", "*agreement*"]);
    assert_eq!(again.code == 0, ran.code == 0, "{}", again.stdout);
    // Another model of the same layout.
    let ran = parity(&["models/other.onnx", "--name", "two", "--dataset", "images"]);
    assert!(ran.code == 1 && ran.says("below the bound"), "{} {}", ran.code, ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/two.toml")).unwrap();
    assert!(text.contains("format = \"images\"") && text.contains("path = \"../images\""), "{text}");
}

#[test]
fn classifiers_are_held_against_each_other_without_labels() {
    let workshop = workshop();
    for (name, source) in [("plain", "bccd_cells"), ("rough", "bccd_cells_rough")] {
        let model = std::fs::read(repository(&format!("examples/models/{source}.onnx"))).unwrap();
        workshop.write(&format!("{name}.onnx"), model);
    }
    let parity =
        |args: &[&str]| workshop.run(&[&["parity", "plain.onnx", "rough.onnx", "--dataset", "images"], args].concat());
    let untold = parity(&[]);
    assert!(untold.code == 2 && untold.says("here by `--labels` or `--task`"), "{}", untold.stderr);
    let ran = parity(&["--task", "classify", "--min", "0.01"]);
    assert!(ran.says("agreement of rough with plain, on 6 pictures:"), "{} {}", ran.stdout, ran.stderr);
    let record = workshop.record("parity");
    assert_eq!(record["spec"]["task"], "classify");
    let case = &record["cases"][0];
    assert!(case["verdict"]["figure"].as_f64().is_some(), "{case}");
}

#[test]
fn what_is_missing_is_told_before_anything_is_written() {
    let workshop = workshop();
    let refused = |args: &[&str], said: &str| {
        let ran = workshop.run(&[&["parity"], args, &LABELS].concat());
        assert!(ran.code == 2 && ran.says(said), "`{said}`: {} {}", ran.code, ran.stderr);
        assert!(!workshop.path("specs").exists(), "{said}");
    };
    let (best, int8) = ("models/best.onnx", "models/int8.onnx");
    refused(&[best, "models/none.onnx"], "there is no file `models/none.onnx`");
    refused(&[best, best], "compares `best_2` with itself");
    refused(&[best, "models/best.onnx@tensorrt"], "there is no engine `tensorrt`");
    refused(&[best, int8, "--dataset", "models"], "there are no pictures in models");
    refused(&[best, int8, "--dataset", "nowhere"], "there is no `nowhere`");
    refused(&[best, int8, "--min", "95"], "agreement is a share");
    // Labels of a dataset have names to guess by; pictures alone have none.
    let ran = workshop.run(&["parity", best, int8, "--dataset", "images"]);
    assert!(ran.code == 2 && ran.says("here by `--labels` or `--task`"), "{}", ran.stderr);
    workshop.write("specs/parity.toml", "mine");
    let ran = workshop.run(&["parity", best, int8]);
    assert!(ran.code == 2 && ran.says("is there already"), "{}", ran.stderr);
}
