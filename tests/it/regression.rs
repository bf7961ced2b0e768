//! A regression across versions of a model, end to end: accepted, improved here and lost there, found, told, compared.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop};

/// Images of the made-up runs; enough for a loss of a tenth to be beyond chance.
const IMAGES: usize = 40;

/// A spec on result files, with a gate against the baseline.
const SPEC: &str = r#"
version = 1
name = "versions"
[dataset.d]
format = "coco"
path = "labels.json"
images = "images"
[model.detector]
kind = "precomputed"
path = "VERSION/{condition}.json"
[perturbation.blur]
kind = "gaussian_blur"
severity = 3
[perturbation.noise]
kind = "gaussian_noise"
severity = 3
[[check]]
name = "no worse than accepted"
on = ["clean", "blur", "noise"]
max_regression = 0.01
"#;

/// How many of every ten objects of each category a version finds under a condition, and how well it places them.
struct Skill {
    condition: &'static str,
    /// RBC, WBC, Platelets.
    found: [usize; 3],
}

/// Detections that find the first of every ten objects of a category, in the order of the labels.
fn results(labels: &Value, skill: &Skill) -> Value {
    let mut seen = [0_usize; 3];
    let mut results = Vec::new();
    for annotation in labels["annotations"].as_array().unwrap() {
        let category = annotation["category_id"].as_u64().unwrap();
        let position = labels["categories"].as_array().unwrap().iter().position(|c| c["id"] == category).unwrap();
        // Spread over images: the seven times table modulo ten visits every digit.
        let turn = 7 * seen[position] % 10;
        seen[position] += 1;
        if turn < skill.found[position] {
            let score = 0.9 - 0.01 * turn as f64;
            results.push(json!({
                "image_id": annotation["image_id"], "category_id": category, "bbox": annotation["bbox"], "score": score,
            }));
        }
    }
    Value::Array(results)
}

fn write_version(workshop: &Workshop, labels: &Value, version: &str, skills: &[Skill]) {
    for skill in skills {
        let path = format!("{version}/{}.json", skill.condition);
        workshop.write(&path, results(labels, skill).to_string());
    }
}

fn first(clean: [usize; 3], blur: [usize; 3], noise: [usize; 3]) -> Vec<Skill> {
    [("clean", clean), ("blur@3", blur), ("noise@3", noise)]
        .into_iter()
        .map(|(condition, found)| Skill { condition, found })
        .collect()
}

fn run(workshop: &Workshop, version: &str) -> Ran {
    workshop.write("spec.toml", SPEC.replace("VERSION", version));
    workshop.run(&["run", "spec.toml", "-q"])
}

fn case<'r>(record: &'r Value, id: &str) -> &'r Value {
    record["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap()
}

#[test]
fn a_version_better_on_blur_and_worse_on_noise_is_found_out() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    write_version(&workshop, &labels, "v2", &first([9, 9, 9], [8, 8, 8], [3, 7, 7]));

    // Nothing is accepted yet: skipped, with what to do.
    let ran = run(&workshop, "v1");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("versions");
    assert_eq!(record["counts"]["skipped"], 3);
    assert!(ran.says("run `windtunnel baseline accept`"), "{}", ran.stderr);

    let accepted = workshop.run(&["baseline", "accept", "--reason", "first version"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    let baseline = std::fs::read_to_string(workshop.path("windtunnel.baseline.json")).unwrap();
    assert_eq!(baseline.lines().count(), 3 + 3 + 2, "a line per figure:\n{baseline}");
    assert!(baseline.contains("\"reason\":\"first version\""), "{baseline}");
    std::fs::copy(workshop.path("target/windtunnel/versions/record.json"), workshop.path("v1.json")).unwrap();

    // The same version again: nothing has changed.
    let ran = run(&workshop, "v1");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(workshop.record("versions")["counts"]["passed"], 3);

    // The next version: the gate fails on noise alone, beyond chance, and names the category that lost.
    let ran = run(&workshop, "v2");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record("versions");
    let noise = case(&record, "detector/d/noise@3/map:max_regression");
    assert_eq!(noise["verdict"]["outcome"]["outcome"], "fail");
    let interval = &noise["verdict"]["interval"];
    assert!(interval["low"].as_f64().unwrap() > 0.01, "{interval}");
    let losses = noise["category_losses"].as_array().unwrap();
    assert_eq!(losses.len(), 1, "{losses:?}");
    assert_eq!(losses[0]["category"], "RBC");
    assert_eq!(case(&record, "detector/d/blur@3/map:max_regression")["verdict"]["outcome"]["outcome"], "pass");
    assert_eq!(record["counts"]["failed"], 1);
    assert!(ran.says("the baseline is stale (blur@3"), "{}", ran.stderr);

    // Side by side, from the two records.
    let compared = workshop.run(&["compare", "v1.json", "target/windtunnel/versions/record.json"]);
    assert_eq!(compared.code, 0, "{}", compared.stderr);
    assert!(compared.stdout.contains("blur") && compared.stdout.contains("is ahead, but"), "{}", compared.stdout);
    assert!(compared.stdout.contains("not to be shipped as it is: 1 of 3 checks of detector"), "{}", compared.stdout);
    let json = workshop.run(&["compare", "v1.json", "target/windtunnel/versions/record.json", "--json"]);
    let comparison: Value = serde_json::from_str(&json.stdout).unwrap();
    let conditions = comparison[0]["conditions"].as_array().unwrap();
    let difference = |name: &str| {
        let found = conditions.iter().find(|condition| condition["name"] == name).unwrap();
        found["difference"].as_f64().unwrap()
    };
    assert!(difference("blur@3") > 0.2 && difference("noise@3") < -0.1, "{conditions:?}");

    // The history shows both versions, in order.
    let trend = workshop.run(&["history", "trend", "versions", "-k", "*/noise@3/map"]);
    assert_eq!(trend.code, 0, "{}", trend.stderr);
    let lines: Vec<&str> = trend.stdout.lines().collect();
    assert_eq!(lines[0], "detector/d/noise@3/map");
    assert_eq!(lines.len(), 4, "three runs: {}", trend.stdout);
    assert!(lines[3].contains("(-0."), "{}", lines[3]);
}

#[test]
fn a_baseline_on_other_data_is_an_error_and_a_required_one_must_exist() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    workshop.write(
        "spec.toml",
        SPEC.replace("version = 1", "version = 1\nrequire_baseline = true").replace("VERSION", "v1"),
    );
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("there is no baseline yet"), "{}", ran.stderr);

    assert_eq!(run(&workshop, "v1").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    let mut fewer = labels.clone();
    fewer["annotations"].as_array_mut().unwrap().pop();
    workshop.write("labels.json", fewer.to_string());
    let ran = run(&workshop, "v1");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.says("the dataset has changed (its labels, or the sample of it): run `windtunnel baseline accept`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_accepted_before_the_first_check_against_it_can_be_paired_later() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [8, 8, 8], [7, 7, 7]));
    // The next version: somewhat worse on noise, by its numbers; nobody could tell it from chance.
    write_version(&workshop, &labels, "v2", &first([9, 9, 9], [3, 8, 8], [7, 7, 7]));
    let later = SPEC.replace("max_regression = 0.01", "max_regression = 0.01\nrule = \"significant\"");
    let (before, check) = later.split_once("[[check]]").unwrap();
    workshop.write("spec.toml", format!("{before}[[check]]\non = \"all\"\nmin = 0.1\n").replace("VERSION", "v1"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0);
    let accepted = workshop.run(&["baseline", "accept", "--reason", "first version"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    let details = std::fs::read_to_string(workshop.path("windtunnel.baseline.details.json")).unwrap();
    assert_eq!(details.matches("\"draws\":\"").count(), 3, "{details}");

    let with_check = format!("{before}[[check]]{check}");
    for (version, code) in [("v1", 0), ("v2", 1)] {
        workshop.write("spec.toml", with_check.replace("VERSION", version));
        let ran = workshop.run(&["run", "spec.toml", "-q"]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        let record = workshop.record("versions");
        let blur = case(&record, "detector/d/blur@3/map:max_regression");
        assert!(blur["verdict"]["interval"]["low"].is_number(), "paired: {blur}");
    }
}

#[test]
fn what_cannot_be_resampled_any_more_is_not_accepted_without() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [8, 8, 8], [7, 7, 7]));
    let (before, _) = SPEC.split_once("[[check]]").unwrap();
    workshop.write("spec.toml", format!("{before}[[check]]\non = \"all\"\nmin = 0.1\n").replace("VERSION", "v1"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [7, 8, 8], [7, 7, 7]));
    let ran = workshop.run(&["baseline", "accept", "--reason", "first version"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("run `windtunnel run spec.toml --intervals`, which draws them"), "{}", ran.stderr);
    assert!(
        ran.says("detector/d/blur@3 cannot be found again: the spec, the data or the model has changed"),
        "{}",
        ran.stderr
    );
    assert!(!workshop.path("windtunnel.baseline.json").exists());
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "--intervals"]).code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first version"]).code, 0);
}

#[test]
fn a_run_in_which_other_checks_failed_is_accepted_only_where_that_is_said() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    let check = "[[check]]\non = \"blur\"\nmin = 0.9\n";
    workshop.write("spec.toml", format!("{SPEC}{check}").replace("VERSION", "v1"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 1);
    let ran = workshop.run(&["baseline", "accept", "--reason", "first"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("1 check did not hold (detector/d/blur@3/map:min)") && ran.says("`--failed`"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first", "--failed"]).code, 0);
}

#[test]
fn accepting_takes_a_reason_a_whole_run_and_a_person() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    let ran = workshop.run(&["baseline", "accept", "--reason", "none yet"]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("there is no record"), "{}", ran.stderr);
    assert_eq!(run(&workshop, "v1").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept"]).code, 2, "without a reason");
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", " "]).code, 2, "with an empty one");
    let in_ci = workshop.command(&["baseline", "accept", "--reason", "x"]).env("CI", "true").output().unwrap();
    let in_ci = workshop.finish(in_ci);
    assert_eq!(in_ci.code, 2);
    assert!(in_ci.says("--force"), "{}", in_ci.stderr);
    let forced =
        workshop.command(&["baseline", "accept", "--reason", "x", "--force"]).env("CI", "true").output().unwrap();
    assert_eq!(workshop.finish(forced).code, 0);
    let shown = workshop.run(&["baseline", "show"]);
    assert!(shown.stdout.contains("versions/detector/d/clean/map"), "{}", shown.stdout);
    let same = workshop.run(&["baseline", "diff"]);
    assert!(same.stdout.contains("3 unchanged"), "{}", same.stdout);
}

#[test]
fn proposed_thresholds_hold_for_what_they_were_proposed_from() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    assert_eq!(run(&workshop, "v1").code, 0);
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "--intervals"]).code, 0);
    let proposed = workshop.run(&["calibrate"]);
    assert_eq!(proposed.code, 0, "{}", proposed.stderr);
    assert!(!proposed.stdout.contains("margin of 0.02"), "{}", proposed.stdout);
    let head = SPEC.split("[[check]]").next().unwrap().replace("VERSION", "v1");
    workshop.write("spec.toml", format!("{head}{}", proposed.stdout));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}\n{}", proposed.stdout, ran.stderr);
    assert_eq!(workshop.record("versions")["counts"]["passed"], 3);
}

#[test]
fn a_model_that_says_nothing_is_not_stable() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(4);
    write_version(&workshop, &labels, "v1", &first([0, 0, 0], [0, 0, 0], [0, 0, 0]));
    let head = SPEC.split("[[check]]").next().unwrap().replace("VERSION", "v1");
    let checks = "[[check]]\non = \"blur\"\nmetric = \"stability\"\nmin = 0.5\n[[check]]\non = \"all\"\nmetric = \"risk\"\nmax = 50\n";
    workshop.write("spec.toml", format!("{head}{checks}"));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    // The labels tell that it is broken: no error of the comparison.
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record("versions");
    assert_eq!(record["counts"]["failed"], 2);
    let message = record["cases"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("finds nothing at all on clean images of `d`: are the results those of these images?"),
        "{message}"
    );
}

#[test]
fn a_baseline_edited_by_hand_is_no_baseline() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    assert_eq!(run(&workshop, "v1").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    let path = workshop.path("windtunnel.baseline.json");
    let accepted = std::fs::read_to_string(&path).unwrap();
    let at = accepted.find("\"value\":0.").unwrap() + "\"value\":0.".len();
    let digit = if accepted.as_bytes()[at] == b'1' { "2" } else { "1" };
    std::fs::write(&path, format!("{}{digit}{}", &accepted[..at], &accepted[at + 1..])).unwrap();
    let ran = run(&workshop, "v1");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("was changed after it was accepted"), "{}", ran.stderr);
    // The figures are held by their seal alone, too.
    std::fs::remove_file(workshop.path("windtunnel.baseline.details.json")).unwrap();
    let ran = run(&workshop, "v1");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("was changed after it was accepted"), "{}", ran.stderr);
}

/// The spec with other keys in its check.
fn check_with(keys: &str) -> String {
    SPEC.replace("VERSION", "v1").replace("max_regression = 0.01\n", &format!("{keys}\n"))
}

#[test]
fn a_rule_that_pairs_resamples_is_never_judged_without_those_of_the_baseline() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    let run = |keys: &str| {
        workshop.write("spec.toml", check_with(keys));
        workshop.run(&["run", "spec.toml", "-q"])
    };
    let accept = || assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    // 40 images show a loss of 0.2 and less.
    let rules = ["max_regression = 0.2\nrule = \"non_inferior\"", "max_regression = 0.05"];

    // Accepted before there was a check that needs them, and then lost.
    assert_eq!(run("min = 0.1").code, 0);
    accept();
    assert_eq!(run(rules[1]).code, 0);
    let details = workshop.path("windtunnel.baseline.details.json");
    std::fs::remove_file(&details).unwrap();
    for keys in rules {
        let ran = run(keys);
        assert_eq!(ran.code, 3, "{keys}: {}", ran.stderr);
        assert!(ran.says("has no resamples for detector/d/clean/map:max_regression"), "{}", ran.stderr);
        assert!(ran.says("run the accepted model with this check and accept that run"), "{}", ran.stderr);
        assert_eq!(workshop.record("versions")["counts"]["errors"], 3);
    }
    // The ways out.
    accept();
    assert_eq!(run(rules[0]).code, 0);
    let kept = std::fs::read(&details).unwrap();
    std::fs::remove_file(&details).unwrap();
    for keys in rules {
        assert_eq!(run(keys).code, 3, "{keys} without the details");
    }
    assert_eq!(run("max_regression = 0.05\nrule = \"point\"").code, 0);
    std::fs::write(&details, kept).unwrap();
    assert_eq!(run(rules[0]).code, 0);
}

#[test]
fn a_part_of_a_suite_is_not_accepted_for_the_whole() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    workshop.write("spec.toml", SPEC.replace("VERSION", "v1"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "-k", "*blur*"]).code, 0);
    let ran = workshop.run(&["baseline", "accept", "--reason", "part"]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("run without `-k` and `--last-failed`"), "{}", ran.stderr);
    let named = ["baseline", "accept", "target/windtunnel/versions/selected/record.json", "--reason", "part"];
    let ran = workshop.run(&named);
    assert_eq!(ran.code, 2);
    assert!(ran.says("holds some of the spec's cases only: take a run without `-k`"), "{}", ran.stderr);
}

#[test]
fn a_baseline_that_lacks_a_figure_is_noted_and_an_error_where_one_is_required() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    assert_eq!(run(&workshop, "v1").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    // Another name for the model: all of its figures are new.
    let renamed = SPEC.replace("VERSION", "v1").replace("model.detector", "model.renamed");
    workshop.write("spec.toml", &renamed);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("the baseline at windtunnel.baseline.json has no figure for renamed/d/clean/"), "{}", ran.stderr);
    assert!(ran.says("what is compared with it is skipped"), "{}", ran.stderr);
    let only_blur = workshop.run(&["check", "spec.toml", "-k", "*/blur@3/*"]);
    assert!(only_blur.says("no figure for renamed/d/blur@3/map:max_regression: what"), "{}", only_blur.stderr);
    workshop.write("spec.toml", renamed.replace("version = 1", "version = 1\nrequire_baseline = true"));
    let required = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(required.code, 3, "{}", required.stderr);
    assert!(required.says("what is compared with it is an error"), "{}", required.stderr);
}

/// A spec on the detectors themselves, so that answers are in the store.
const OF_DETECTORS: &str = r#"
version = 1
name = "versions"
[dataset.test]
format = "coco"
path = "labels.json"
images = "images"
[model.m]
kind = "onnx"
engine = "rten"
path = "MODEL"
labels = ["RBC", "WBC", "Platelets"]
[perturbation.noise]
kind = "gaussian_noise"
severity = 2
[[check]]
on = "all"
max_regression = 0.02
rule = "point"
"#;

/// Accepts detector `b` and runs `a`, which noise blinds, in its place.
fn noise_regression(workshop: &Workshop, args: &[&str]) -> Value {
    let spec = |name: &str| {
        let path = crate::support::repository(&format!("examples/models/bccd_{name}.onnx"));
        workshop.write("spec.toml", OF_DETECTORS.replace("MODEL", &path.display().to_string()));
    };
    workshop.blood_cells(8);
    spec("b");
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0);
    let accepted = workshop.run(&["baseline", "accept", "--reason", "first"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    spec("a");
    let ran = workshop.run(&[&["run", "spec.toml", "-q"], args].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    workshop.record("versions")
}

/// F1 of the images of a run of one detector under noise, by name.
fn noise_f1(name: &str) -> std::collections::BTreeMap<String, f64> {
    let workshop = Workshop::new();
    let path = crate::support::repository(&format!("examples/models/bccd_{name}.onnx"));
    let spec = OF_DETECTORS.replace("MODEL", &path.display().to_string());
    workshop.write("spec.toml", spec.replace("max_regression = 0.02", "min = 0.99"));
    workshop.blood_cells(8);
    workshop.run(&["run", "spec.toml", "-q"]);
    let record = workshop.record("versions");
    let cells = record["cells"].as_array().unwrap();
    let cell = cells.iter().find(|cell| cell["condition"] == "noise@2").unwrap();
    let images = cell["images"].as_array().unwrap().iter();
    images.map(|image| (image["file_name"].as_str().unwrap().to_owned(), image["f1"].as_f64().unwrap())).collect()
}

#[test]
fn what_a_regression_shows_is_the_accepted_model_under_the_same_condition() {
    let workshop = Workshop::new();
    let record = noise_regression(&workshop, &[]);
    let case = case(&record, "m/test/noise@2/map:max_regression");
    assert_eq!(case["sides"], json!({"before": "baseline", "after": "m", "condition": "noise@2"}));
    let (before, after) = (noise_f1("b"), noise_f1("a"));
    let losses = case["image_losses"].as_array().unwrap();
    assert!(!losses.is_empty());
    for loss in losses {
        let name = loss["file_name"].as_str().unwrap();
        assert!((loss["before"].as_f64().unwrap() - before[name]).abs() <= 0.005, "{loss}");
        assert!((loss["after"].as_f64().unwrap() - after[name]).abs() <= 0.005, "{loss}");
    }
    let cell = record["cells"].as_array().unwrap().iter().find(|cell| cell["condition"] == "noise@2").unwrap();
    assert_eq!(case["verdict"]["other"], cell["accepted"]);
    assert!(case["errors"]["before"]["ap50"].as_f64().unwrap() > case["errors"]["after"]["ap50"].as_f64().unwrap());
    // Both pictures are under noise, with the accepted answers on the first.
    let pairs = record["galleries"][0]["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), losses.len());
    for pair in pairs {
        let side =
            |side: &str| [&pair[side]["model"], &pair[side]["condition"], &pair[side]["picture"]].map(Value::clone);
        let [before, after] = [side("before"), side("after")];
        assert_eq!((before[0].as_str(), after[0].as_str()), (Some("baseline"), Some("m")));
        assert_eq!((before[1].as_str(), &before[1..]), (Some("noise@2"), &after[1..]));
        assert_ne!(pair["before"]["boxes"], pair["after"]["boxes"]);
    }
    let html = std::fs::read_to_string(workshop.path("target/windtunnel/versions/report.html")).unwrap();
    assert!(html.contains("below: baseline \u{2192} m, both under noise@2"));
    assert!(html.contains("baseline 0."), "the heat map has the accepted figures");
}

#[test]
fn where_the_accepted_answers_are_gone_that_is_said_and_no_other_picture_stands_for_them() {
    let workshop = Workshop::new();
    let record = noise_regression(&workshop, &["--store", "another.sqlite"]);
    let case = case(&record, "m/test/noise@2/map:max_regression");
    let lacks = case["sides"]["lacks"].as_array().unwrap();
    let told = "pictures show `m` of this run alone: the store has no answers of the accepted model any more";
    assert_eq!(lacks, &[json!(told)]);
    assert!(!case["image_losses"].as_array().unwrap().is_empty(), "the baseline itself knows the images");
    for pair in record["galleries"][0]["pairs"].as_array().unwrap() {
        assert_eq!((pair["before"].as_str(), pair["after"]["condition"].as_str()), (None, Some("noise@2")));
    }
    // A baseline without its file of details knows the figure alone.
    std::fs::remove_file(workshop.path("windtunnel.baseline.details.json")).unwrap();
    workshop.run(&["run", "spec.toml", "-q"]);
    let record = workshop.record("versions");
    let case = self::case(&record, "m/test/noise@2/map:max_regression");
    assert_eq!(
        (&case["category_losses"], &case["image_losses"], &case["errors"]),
        (&json!([]), &json!([]), &Value::Null)
    );
    let told = case["sides"]["lacks"][0].as_str().unwrap();
    assert!(told.starts_with("which images lost most since then is not known: the file of details beside"), "{told}");
}

#[test]
fn versions_compared_on_all_without_clean_are_told_that_clean_is_none_of_them() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(4);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [8, 8, 8], [7, 7, 7]));
    let spec = SPEC.replace("VERSION", "v1");
    let told = "compares on \"all\", which is every perturbation without `clean`";
    for (on, is_told) in [(r#""all""#, true), (r#"["clean", "all"]"#, false)] {
        workshop.write("spec.toml", spec.replace(r#"["clean", "blur", "noise"]"#, on));
        let ran = workshop.run(&["check", "spec.toml"]);
        assert_eq!(ran.says(told), is_told, "{on}: {}", ran.stderr);
    }
}

#[test]
fn what_compares_with_clean_images_by_itself_is_not_told_to_be_on_them() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(4);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [8, 8, 8], [7, 7, 7]));
    let spec = SPEC.replace("VERSION", "v1").replace(r#"["clean", "blur", "noise"]"#, r#""all""#);
    for metric in ["stability", "affected", "risk", "mpc", "rpc"] {
        workshop.write("spec.toml", format!("{spec}metric = \"{metric}\"\n"));
        let ran = workshop.run(&["check", "spec.toml"]);
        assert_eq!(ran.code, 0, "{metric}: {}", ran.stderr);
        assert!(!ran.says("goes unseen"), "{metric}: {}", ran.stderr);
    }
}

#[test]
fn a_model_called_baseline_is_a_model() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(IMAGES);
    write_version(&workshop, &labels, "v1", &first([9, 9, 9], [5, 6, 5], [7, 7, 7]));
    write_version(&workshop, &labels, "v2", &first([9, 9, 9], [8, 8, 8], [3, 7, 7]));
    let other = "[model.baseline]\nkind = \"precomputed\"\npath = \"v1/{condition}.json\"\n[perturbation.blur]";
    let spec = SPEC.replace("VERSION", "v2").replace("[perturbation.blur]", other);
    let check = "model = \"detector\"\nreference = \"baseline\"\nmetric = \"map50\"\nmax_regression = 0.01";
    workshop.write("spec.toml", spec.replace("max_regression = 0.01", check));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--junit", "junit.xml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record("versions");
    let noise = case(&record, "detector/d/noise@3/map50:max_regression(baseline)");
    assert_eq!(noise["other"], json!({"model": "baseline"}));
    let junit = std::fs::read_to_string(workshop.path("junit.xml")).unwrap();
    assert!(junit.contains("name=\"reference\"") && !junit.contains("name=\"baseline\""), "{junit}");
    // What failed against a model is no old baseline that is about to be replaced.
    let accept = ["baseline", "accept", "--reason", "first"];
    let refused = workshop.run(&accept);
    assert!(refused.code == 2 && refused.says("did not hold"), "{}", refused.stderr);
    // Only the metric of tables is accepted, which is that of all checks: none against a baseline asks for another.
    let accepted = workshop.run(&[&accept[..], &["--failed"]].concat());
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    let baseline = std::fs::read_to_string(workshop.path("windtunnel.baseline.json")).unwrap();
    assert!(baseline.contains("/map50\"") && !baseline.contains("/map\""), "{baseline}");
    // Format 3 wrote the names of other models as they are.
    let path = workshop.path("target/windtunnel/versions/record.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut old: Value = serde_json::from_str(&text).unwrap();
    old["version"] = json!(3);
    for case in old["cases"].as_array_mut().unwrap() {
        case["other"] = json!("older");
    }
    workshop.write("old.json", old.to_string());
    let again = workshop.run(&["report", "old.json", "--to", "json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&again["version"], &again["cases"][0]["other"]), (&json!(4), &json!({"model": "older"})));
}
