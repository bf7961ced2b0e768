//! Input that cannot be used: a clear message, the right exit code, and no report that says otherwise.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop, repository, small_spec};

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.2\n";

/// Changes the labels of four images and runs; expects an unusable dataset.
fn with_labels(change: impl FnOnce(&mut Value)) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(4);
    change(&mut labels);
    workshop.write("labels.json", labels.to_string());
    workshop.write("spec.toml", small_spec(CLEAN));
    let ran = workshop.run(&["run", "spec.toml"]);
    (workshop, ran)
}

fn expect_dataset_error((workshop, ran): (Workshop, Ran), message: &str) {
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says(message), "`{message}` is not in:\n{}", ran.stderr);
    let record = workshop.record("small");
    assert_eq!(record["setup"][0]["failure"]["kind"], "dataset");
    assert_eq!(record["counts"], json!({"passed": 0, "failed": 0, "errors": 1, "skipped": 1, "warned": 0}));
    assert!(record["cases"][0]["message"].as_str().unwrap().starts_with("blocked: dataset `test`"));
}

/// Runs a spec whose model section is `model`, on four images.
fn with_model(model: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let dataset = crate::support::DATASET;
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{CLEAN}"));
    let ran = workshop.run(&["run", "spec.toml"]);
    (workshop, ran)
}

fn expect_model_error((workshop, ran): &(Workshop, Ran), kind: &str, message: &str) {
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says(message), "`{message}` is not in:\n{}", ran.stderr);
    assert_eq!(workshop.record("small")["setup"][0]["failure"]["kind"], kind);
}

fn fixture_model(name: &str) -> String {
    let path = repository(&format!("tests/fixtures/models/{name}.onnx"));
    format!(
        "kind = \"onnx\"\nengine = \"rten\"\npath = {}\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]",
        json!(path.display().to_string())
    )
}

#[test]
fn a_missing_image() {
    let ran = with_labels(|labels| labels["images"][1]["file_name"] = json!("gone.jpg"));
    expect_dataset_error(ran, "missing image files (1): images/gone.jpg");
}

#[test]
fn a_truncated_image_is_found_out_and_blocks_its_dataset() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(4);
    let name = format!("images/{}", labels["images"][2]["file_name"].as_str().unwrap());
    let whole = std::fs::read(workshop.path(&name)).unwrap();
    workshop.write(&name, &whole[..whole.len() / 2]);
    workshop.write("spec.toml", small_spec(CLEAN));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_dataset_error((workshop, ran), "unusable image BloodImage_");
}

#[test]
fn a_file_that_is_no_image() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(4);
    workshop.write(&format!("images/{}", labels["images"][0]["file_name"].as_str().unwrap()), "hello");
    workshop.write("spec.toml", small_spec(CLEAN));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_dataset_error((workshop, ran), "unusable image files (1): images/BloodImage_");
}

#[test]
fn an_image_of_another_size_than_its_labels_say() {
    let ran = with_labels(|labels| labels["images"][0]["width"] = json!(1280));
    expect_dataset_error(ran, "is 640x480 the right way up, not 1280x480");
}

#[test]
fn an_annotation_with_an_unknown_category() {
    let ran = with_labels(|labels| labels["annotations"][0]["category_id"] = json!(77));
    expect_dataset_error(ran, "unknown categories (1): annotation 1 has category_id 77");
}

#[test]
fn an_annotation_of_an_unknown_image() {
    let ran = with_labels(|labels| labels["annotations"][0]["image_id"] = json!(9999));
    expect_dataset_error(ran, "unknown images (1): annotation 1 has image_id 9999");
}

#[test]
fn duplicated_ids_are_all_told_at_once() {
    let ran = with_labels(|labels| {
        labels["images"][1]["id"] = labels["images"][0]["id"].clone();
        labels["annotations"][1]["id"] = labels["annotations"][0]["id"].clone();
        labels["categories"][1]["name"] = labels["categories"][0]["name"].clone();
    });
    assert!(ran.1.says("duplicated category names (1): `RBC`"), "{}", ran.1.stderr);
    assert!(ran.1.says("duplicated annotation ids (1): 1"), "{}", ran.1.stderr);
    expect_dataset_error(ran, "duplicated image ids (1): 8");
}

#[test]
fn an_impossible_box() {
    let ran = with_labels(|labels| labels["annotations"][0]["bbox"] = json!([1, 2, -3, 4]));
    expect_dataset_error(ran, "impossible boxes (1): annotation 1 has bbox [1.0, 2.0, -3.0, 4.0]");
}

#[test]
fn an_empty_dataset() {
    let ran = with_labels(|labels| {
        labels["images"] = json!([]);
        labels["annotations"] = json!([]);
    });
    expect_dataset_error(ran, "`images` is empty");
}

#[test]
fn too_few_images() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", small_spec(&format!("{CLEAN}[defaults]\nmin_images = 5\n")));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_dataset_error((workshop, ran), "4 images are fewer than `min_images = 5`");
}

#[test]
fn labels_that_are_not_json() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("labels.json", "{\"images\": [");
    workshop.write("spec.toml", small_spec(CLEAN));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_dataset_error(
        (workshop, ran),
        "labels.json is not COCO instances JSON: it ends in the middle (line 1 column 12): copy or write it again",
    );
}

#[test]
fn a_file_that_is_no_model() {
    let workshop = Workshop::new();
    workshop.write("m.onnx", "hello");
    let model = "kind = \"onnx\"\nengine = \"rten\"\npath = \"m.onnx\"";
    workshop.blood_cells(4);
    let dataset = crate::support::DATASET;
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{CLEAN}"));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_model_error(&(workshop, ran), "model_load", "m.onnx: it is a text, not an ONNX model");
}

#[test]
fn a_model_with_unknown_outputs() {
    let ran = with_model(&fixture_model("unknown_outputs"));
    expect_model_error(
        &ran,
        "model_load",
        "its outputs `output` [1, 2, 3, 4, 5] are of no known layout. If some of them are the boxes",
    );
}

#[test]
fn an_operator_that_the_embedded_engine_lacks_is_named_with_the_engine_that_has_it() {
    let ran = with_model(&fixture_model("roi_align"));
    expect_model_error(&ran, "model_load", "RoiAlign");
    expect_model_error(&ran, "model_load", "`pip install onnxruntime` and `engine = \"onnxruntime\"`");
}

#[test]
fn an_operator_that_the_embedded_engine_computes_in_a_way_of_its_own_is_refused() {
    let ran = with_model(&fixture_model("suppression"));
    expect_model_error(
        &ran,
        "model_load",
        "the embedded engine does not compute it as ONNX says: NonMaxSuppression (gives `kept`): overlaps are measured",
    );
    expect_model_error(
        &ran,
        "model_load",
        "(export it without: windtunnel suppresses by itself); ONNX Runtime runs it",
    );
}

#[test]
fn onnxruntime_that_is_not_there_is_an_error_with_a_way_out() {
    let library = "engine = \"onnxruntime\"\nlibrary = \"labels.json\"";
    let ran = with_model(&fixture_model("nan_outputs").replace("engine = \"rten\"", library));
    expect_model_error(&ran, "model_load", "ONNX Runtime cannot be loaded from");
    expect_model_error(&ran, "model_load", "`pip install onnxruntime`");
}

#[test]
fn a_model_with_two_inputs() {
    let ran = with_model(&fixture_model("two_inputs"));
    expect_model_error(
        &ran,
        "model_load",
        "of its inputs one must take the picture, but there are `images` (1 x 3 x 8 x 8), `mask` (1 x 3 x 8 x 8)",
    );
}

#[test]
fn a_model_whose_answers_are_not_numbers_is_an_error_not_an_empty_answer() {
    let model = fixture_model("nan_outputs").replace("[\"RBC\", \"WBC\", \"Platelets\"]", "[\"RBC\"]");
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(4);
    labels["annotations"].as_array_mut().unwrap().retain(|annotation| annotation["category_id"] == 1);
    workshop.write("labels.json", labels.to_string());
    let dataset = crate::support::DATASET;
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{CLEAN}"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = workshop.record("small");
    assert_eq!(record["cases"][0]["verdict"]["outcome"], json!({"outcome": "error", "kind": "non_finite"}));
    assert!(ran.says("output `output` holds NaN (and on 3 more images)"), "{}", ran.stderr);
}

#[test]
fn a_model_that_names_no_classes() {
    let path = repository("examples/models/bccd_a.onnx");
    let ran = with_model(&format!("kind = \"onnx\"\nengine = \"rten\"\npath = {}", json!(path.display().to_string())));
    expect_model_error(&ran, "model_load", "it names none of its 3 classes: add `labels = [...]`");
}

/// Runs a precomputed model whose one result file holds `results`.
fn with_results(results: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("results/clean.json", results);
    let dataset = crate::support::DATASET;
    let model = "kind = \"precomputed\"\npath = \"results/{condition}.json\"";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{CLEAN}"));
    let ran = workshop.run(&["run", "spec.toml"]);
    (workshop, ran)
}

#[test]
fn nan_in_a_result_file() {
    let results = r#"[{"image_id": 8, "category_id": 1, "bbox": [1, 2, 3, 4], "score": NaN}]"#;
    expect_model_error(
        &with_results(results),
        "non_finite",
        "results/clean.json: a number is NaN or infinite (line 1 column",
    );
    let infinite = r#"[{"image_id": 8, "category_id": 1, "bbox": [1, 2, 1e999, 4], "score": 0.5}]"#;
    expect_model_error(&with_results(infinite), "non_finite", "a number is NaN or infinite");
}

#[test]
fn a_result_of_an_unknown_image_or_category() {
    let image = r#"[{"image_id": 9999, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]"#;
    expect_model_error(
        &with_results(image),
        "model_load",
        "result 0 has image_id 9999, which the dataset does not have",
    );
    let category = r#"[{"image_id": 8, "category_id": 9, "bbox": [1, 2, 3, 4], "score": 0.5}]"#;
    expect_model_error(&with_results(category), "model_load", "no result is of a category that the dataset has");
}

#[test]
fn one_file_of_results_is_enough_for_clean_images_and_not_for_more() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("results.json", "[]");
    let dataset = crate::support::DATASET;
    let model = "kind = \"precomputed\"\npath = \"results.json\"";
    let spec = |rest: &str| format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{rest}");
    workshop.write("spec.toml", spec("[[check]]\non = \"clean\"\nmin = 0.1\n"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code == 1 && ran.says("map 0.000 < 0.100"), "{}", ran.stderr);
    workshop.write(
        "spec.toml",
        spec("[perturbation.flip]\nkind = \"horizontal_flip\"\n[[check]]\non = \"flip\"\nmin = 0.1\n"),
    );
    let ran = workshop.run(&["run", "spec.toml"]);
    let told = "results.json names the same file for clean images and under flip: it has no `{condition}`";
    expect_model_error(&(workshop, ran), "model_load", told);
}

#[test]
fn a_missing_result_file() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let dataset = crate::support::DATASET;
    let model = "kind = \"precomputed\"\npath = \"results/{condition}.json\"";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}\n[model.m]\n{model}\n{CLEAN}"));
    let ran = workshop.run(&["run", "spec.toml"]);
    expect_model_error(&(workshop, ran), "model_load", "cannot read results/clean.json");
}
