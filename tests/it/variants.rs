//! Models that extend others: they are the model that is written out in full, and their mistakes are told where they stand.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::{DATASET, Ran, Workshop, detector, repository};

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.0001\n";

/// A spec of two images with the sections of its models.
fn spec(models: &str) -> String {
    format!("version = 1\nname = \"small\"\n{DATASET}{models}{CLEAN}")
}

fn workshop(text: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", text);
    workshop
}

fn check(models: &str, options: &[&str]) -> Ran {
    workshop(&spec(models)).run(&[&["check", "spec.toml"], options].concat())
}

/// The resolved spec without the remarks on where values are from.
fn resolved(text: &str, options: &[&str]) -> toml::Table {
    let ran = workshop(text).run(&[&["check", "--resolved", "spec.toml"], options].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.parse().unwrap()
}

#[test]
fn a_variant_is_the_model_that_is_written_out_in_full_and_shares_its_answers() {
    let written_out = format!("{}confidence = 0.4\n", detector("a").replace("[model.a]", "[model.strict]"));
    let workshop = workshop(&spec(&format!("{}{written_out}", detector("a"))));
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    let first = workshop.record("small");
    assert_eq!((&first["times"]["asked"], &first["times"]["from_store"]), (&json!(4), &json!(0)));
    let variant = "[model.strict]\nextends = \"a\"\nconfidence = 0.4\n";
    workshop.write("spec.toml", spec(&format!("{variant}{}", detector("a"))));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let second = workshop.record("small");
    assert_eq!((&second["times"]["asked"], &second["times"]["from_store"]), (&json!(0), &json!(4)));
    // In the order of the text.
    assert_eq!(second["models"][0]["card"], first["models"][1]["card"]);
    assert_eq!(second["models"][1]["card"], first["models"][0]["card"]);
    assert_ne!(first["models"][0]["card"], first["models"][1]["card"]);
    workshop.write("spec.toml", spec(&format!("{}[model.same]\nextends = \"a\"\n", detector("a"))));
    let same = workshop.run(&["check", "spec.toml"]);
    assert!(same.says("`a` and `same` are the same model under another name"), "{}", same.stderr);
}

const BASE: &str = "[model.a]\nkind = \"http\"\nurl = \"http://127.0.0.1:9/\"\nbody = \"raw\"\nlist = \"found\"\nbox = \"box\"\nbox_format = \"xyxy\"\n\
    unit = \"pixel\"\nscore = \"score\"\nclass = \"class\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\nheaders_env = { X-One = \"ONE\", X-Two = \"TWO\" }\n";

#[test]
fn tables_are_merged_key_by_key_and_lists_are_replaced_down_a_chain() {
    let chain = "[model.c]\nextends = \"b\"\nscore = \"certainty\"\n\
        [model.b]\nextends = \"a\"\nlabels = [\"Platelets\", \"RBC\", \"WBC\"]\nheaders_env = { X-Two = \"OTHER\", X-Three = \"THREE\" }\n";
    let found = resolved(&spec(&format!("{chain}{BASE}")), &[]);
    let model = |name: &str| found["model"][name].as_table().unwrap().clone();
    assert_eq!(model("c")["labels"], toml::Value::from(vec!["Platelets", "RBC", "WBC"]));
    let headers = toml::toml! { X-One = "ONE" X-Two = "OTHER" X-Three = "THREE" };
    assert_eq!(model("c")["headers_env"], headers.into());
    assert_eq!((model("c")["score"].as_str(), model("b")["score"].as_str()), (Some("certainty"), Some("score")));
    assert_eq!(model("a")["headers_env"].as_table().unwrap().len(), 2, "the base stays as it is");
    assert!(!model("c").contains_key("extends"), "{found}");
}

#[test]
fn what_layers_change_in_a_model_they_change_in_those_that_extend_it() {
    let profiles = "[profile.loose.model.a]\nconfidence = 0.1\n\
        [profile.same.model.b]\nkind = \"onnx\"\nmax_detections = 7\n\
        [profile.other.model.b]\nkind = \"subprocess\"\ncommand = [\"true\"]\n";
    let text = spec(&format!("{}[model.b]\nextends = \"a\"\niou = 0.3\n{profiles}", detector("a")));
    let model = |options: &[&str], name: &str| resolved(&text, options)["model"][name].as_table().unwrap().clone();
    assert_eq!(model(&["--set", "model.a.confidence=0.6"], "b")["confidence"].as_float(), Some(0.6));
    assert_eq!(model(&["--profile", "loose"], "b")["confidence"].as_float(), Some(0.1));
    let other = "[model.c]\nkind = \"subprocess\"\ncommand = [\"true\"]\n[model.b]\nextends = \"a\"\nversion = \"1\"\n";
    let moved = resolved(&spec(&format!("{}{other}", detector("a"))), &["--set", "model.b.extends=c"]);
    assert_eq!(moved["model"]["b"]["command"], moved["model"]["c"]["command"]);
    assert!(!moved["model"]["b"].as_table().unwrap().contains_key("path"), "{moved}");
    // The kind that it has already is no other kind.
    assert_eq!(model(&["--profile", "same"], "b")["path"], model(&[], "a")["path"]);
    assert!(
        !model(&["--profile", "other"], "b").contains_key("path"),
        "a section of another kind replaces the earlier"
    );
}

#[test]
fn paths_of_a_variant_start_where_they_stand() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let model = std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap();
    workshop.write("base/a.onnx", model);
    workshop.write(
        "base/base.toml",
        "[model.a]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"a.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n",
    );
    let text = format!("extends = \"base/base.toml\"\n{}", spec("[model.b]\nextends = \"a\"\nconfidence = 0.5\n"));
    workshop.write("spec.toml", text);
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let shown = workshop.run(&["check", "--resolved", "spec.toml"]).stdout;
    assert_eq!(shown.matches("path = \"base/a.onnx\"  # base/base.toml:4").count(), 2, "{shown}");
}

fn mistake(name: &str, models: &str, options: &[&str]) {
    let ran = check(models, options);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let models = repository("examples/models").display().to_string();
    insta::assert_snapshot!(name, ran.stderr.replace(&models, "<models>"));
}

#[test]
fn mistakes_of_variants() {
    let a = detector("a");
    mistake("variant_of_no_model", &format!("{a}[model.int8]\nextends = \"aa\"\n"), &[]);
    mistake("variant_of_itself", &format!("{a}[model.int8]\nextends = \"int8\"\n"), &[]);
    mistake("variant_of_a_list", &format!("{a}[model.int8]\nextends = [\"a\"]\n"), &[]);
    let circle = "[model.b]\nextends = \"c\"\n[model.c]\nextends = \"d\"\n[model.d]\nextends = \"b\"\n[model.e]\nextends = \"d\"\n";
    mistake("variants_in_a_circle", &format!("{a}{circle}"), &[]);
    mistake(
        "variant_set_to_no_model",
        &format!("{a}[model.int8]\nextends = \"a\"\n"),
        &["--set", "model.int8.extends=b"],
    );
    mistake("variant_misspelt", &format!("{a}[model.int8]\nextend = \"a\"\n"), &[]);
    mistake(
        "mistakes_of_the_base",
        &format!("{a}iou = 2\ntreshold = 1\n[model.int8]\nextends = \"a\"\nconfidence = 3\n"),
        &[],
    );
    mistake(
        "variant_of_another_kind",
        &format!("{a}[model.there]\nextends = \"a\"\nkind = \"subprocess\"\ncommand = [\"true\"]\n"),
        &[],
    );
    mistake(
        "variant_of_a_base_without_a_kind",
        "[model.a]\nurl = \"http://localhost\"\n[model.b]\nextends = \"a\"\n",
        &[],
    );
}

#[test]
fn a_model_without_a_file_is_told_once_for_all_that_extend_it() {
    let ran = check("[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\n[model.b]\nextends = \"a\"\nbatch = 2\n", &[]);
    assert_eq!((ran.code, ran.stderr.matches("no model file at a.onnx").count()), (2, 1), "{}", ran.stderr);
}

#[test]
fn a_long_chain_is_followed() {
    let mut models = format!("{}[model.m0]\nextends = \"a\"\n", detector("a"));
    for at in 1..300 {
        let _infallible = write!(models, "[model.m{at}]\nextends = \"m{}\"\n", at - 1);
    }
    let found = resolved(&spec(&models), &[]);
    assert_eq!(found["model"]["m299"], found["model"]["a"]);
}

#[test]
fn other_sections_do_not_extend() {
    let more = "[dataset.other]\nextends = \"test\"\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n";
    let ran = check(&format!("{}{more}", detector("a")), &[]);
    assert!(ran.code == 2 && ran.says("unknown key `extends` in [dataset.other]"), "{}", ran.stderr);
}
