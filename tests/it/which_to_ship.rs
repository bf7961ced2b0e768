//! Which of two models to ship: told where these images show a difference, and the same in every report.

use serde_json::{Value, json};
use windtunnel::record::{Comparison, Record, headline};
use windtunnel::report::comparison;

use crate::support::{DATASET, Workshop, detector};

const NOISE: &str = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = [1, 3]\n";
const CHECK: &str = "[[check]]\non = \"clean\"\nmin = 0.01\n";

/// A run of `a` and of a second model.
fn ran(second: &str) -> (Workshop, String) {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let spec = format!("version = 1\nname = \"two\"\n{DATASET}{}{second}{NOISE}{CHECK}", detector("a"));
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml", "-q", "--markdown", "told.md"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
    (workshop, ran.stdout.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_tie_is_called_a_tie_in_every_report() {
    // Another setting, so that it is no copy; the same answers.
    let twin = format!("{}confidence = 0.0101\n", detector("a").replace("[model.a]", "[model.twin]"));
    let (workshop, stdout) = ran(&twin);
    let tie = "ship either: these images show no difference";
    assert!(stdout.contains(tie) && !stdout.contains("ahead"), "{stdout}");
    let markdown = std::fs::read_to_string(workshop.path("told.md")).unwrap();
    assert!(markdown.contains(tie) && !markdown.contains("ahead"), "{markdown}");
    let page = std::fs::read_to_string(workshop.path("target/windtunnel/two/report.html")).unwrap();
    assert!(page.matches(tie).count() == 2 && !page.contains("is ahead"), "headline and side by side");
    let compared = workshop.run(&["compare", "a", "twin", "--record", "target/windtunnel/two/record.json"]);
    assert!(compared.stdout.contains(tie), "{}", compared.stdout);
    assert!(!compared.stdout.contains("without intervals") && !compared.stderr.contains("without intervals"));
}

#[test]
fn a_copy_is_not_ahead_of_itself() {
    let (_workshop, stdout) = ran(&detector("a").replace("[model.a]", "[model.copy]"));
    assert!(stdout.contains("there is nothing to choose: `a` and `copy` are"), "{stdout}");
    assert!(!stdout.contains("ahead"), "{stdout}");
}

#[test]
fn without_intervals_the_numbers_recommend_nobody() {
    let (workshop, _) = ran(&detector("b"));
    let record = workshop.record("two");
    let differs = |by: f64, interval: Value| json!({"name": "", "one": 0.5, "other": 0.5 + by, "difference": by, "interval": interval});
    let told = |clean: Value, mpc: Value| {
        let mut record = record.clone();
        record["comparisons"][0]["clean"] = clean;
        record["comparisons"][0]["mpc"] = mpc;
        headline(&serde_json::from_value::<Record>(record).unwrap()).pop().unwrap()
    };
    let alone = told(differs(0.005, Value::Null), differs(0.3, Value::Null));
    assert!(
        alone.starts_with(
            "the numbers alone do not tell which to ship: `b` is ahead on clean images and under perturbation, and a run with \
             `--intervals` tells whether that is more than chance"
        ),
        "{alone}"
    );
    let sure = |by: f64| differs(by, json!({"low": by - 0.01, "high": by + 0.01}));
    assert!(told(sure(0.05), sure(0.05)).starts_with("ship `b`: it is better on clean and on perturbed images"));
    assert!(
        told(sure(0.05), sure(-0.05)).starts_with("it depends: `a` is better under perturbation, `b` on clean images")
    );
    assert!(told(sure(0.005), sure(-0.3)).starts_with("ship `a`: it is better under perturbation"));
}

#[test]
fn names_stand_whole_beside_each_other_and_tables_without_figures_are_left_out() {
    let nothing = |name: &str| json!({"name": name, "one": null, "other": null, "difference": null, "interval": null});
    let figures = json!({"name": "clean", "one": 0.5, "other": 0.25, "difference": -0.25, "interval": null});
    let told = |one: &str, other: &str| {
        let found = json!({"dataset": "d", "images": 5, "metric": "stability", "one": one, "other": other,
            "clean": nothing("clean"), "mpc": figures, "risk": nothing("risk"), "conditions": [figures],
            "groups": [], "categories": [nothing("person"), nothing("car")], "notes": [], "recommendation": ""});
        comparison(&serde_json::from_value::<Comparison>(found).unwrap())
    };
    let text = told("detector", "detector_int8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["detector", "detector_int8", "difference"]);
    let end = |line: &str, word: &str| line.find(word).unwrap() + word.len();
    let row = lines.iter().find(|line| line.contains("0.250")).unwrap();
    assert_eq!(end(lines[1], "detector_int8"), end(row, "0.250"), "{text}");
    assert!(text.contains("\nconditions\n"), "{text}");
    assert!(!text.contains("categories") && !text.contains("person") && !text.contains("groups"), "{text}");
    let long = "a_name_that_is_much_longer_than_any_column_can_ever_be_v12";
    let text = told(long, "short");
    let head = text.lines().nth(1).unwrap();
    assert!(text.lines().next().unwrap().contains(long) && head.contains("..") && head.contains("_v12"), "{text}");
}

#[test]
fn a_spec_stands_for_the_record_of_its_run() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let spec = format!("version = 1\nname = \"two\"\n{DATASET}{}{}{NOISE}{CHECK}", detector("a"), detector("b"));
    workshop.write(
        "specs/spec.toml",
        spec.replace("\"labels.json\"", "\"../labels.json\"").replace("\"images\"", "\"../images\""),
    );
    let before = workshop.run(&["compare", "specs/spec.toml"]);
    assert_eq!(before.code, 2, "{}", before.stdout);
    let wanted = "specs/spec.toml is a spec, and no run of it has left a record in target/windtunnel: `windtunnel run \
                  specs/spec.toml` leaves one";
    assert!(before.says(wanted), "{}", before.stderr);
    assert_eq!(workshop.run(&["run", "specs/spec.toml", "-q"]).code, 0);
    let compared = workshop.run(&["compare", "specs/spec.toml"]);
    assert_eq!(compared.code, 0, "{}", compared.stderr);
    assert!(compared.stdout.contains("a against b"), "{}", compared.stdout);
    for words in [
        ["compare", "specs/spec.toml#a", "specs/spec.toml#b", "--json"].as_slice(),
        &["calibrate", "specs/spec.toml"],
        &["baseline", "accept", "specs/spec.toml", "--reason", "first", "--force"],
    ] {
        let ran = workshop.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn explain_takes_the_spelling_of_reports() {
    let workshop = Workshop::new();
    for (name, written) in [("rPC", "rpc"), ("mPC", "mpc"), ("mAP", "map"), ("Gaussian_Blur", "gaussian_blur")] {
        let [one, other] = [name, written].map(|name| workshop.run(&["explain", name]));
        assert_eq!((one.code, one.stdout), (0, other.stdout), "{name}: {}", one.stderr);
    }
}
