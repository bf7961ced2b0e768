//! Which cases a run takes: exclusions of the matrix, the last failures, the first failure, and how much is said.

use std::fs;

use serde_json::{Value, json};

use crate::support::{DATASET, Ran, Workshop, detector, small_spec};

const PERTURBED: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 3]\n\
    [perturbation.flip]\nkind = \"horizontal_flip\"\n";
const CHECKS: &str = "[[check]]\non = \"clean\"\nmin = 0.01\n[[check]]\non = \"blur\"\nmin = 0.999\n\
    [[check]]\non = \"flip\"\nmin = 0.01\n";

fn workshop(spec: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    workshop.write("spec.toml", spec);
    workshop
}

fn ids(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().collect()
}

fn two_models(rest: &str) -> String {
    small_spec(&format!("{}{PERTURBED}{rest}", detector("b")))
}

#[test]
fn excluded_cells_are_not_run_and_their_cases_are_gone() {
    let exclude = "[matrix]\nexclude = [{ model = \"b\", on = \"blur@3\" }, { model = \"a\", on = \"flip\" }]\n";
    let spec = two_models(&format!("{exclude}[[check]]\non = [\"blur\", \"flip\"]\nmax_drop = 0.9\n"));
    let ran = workshop(&spec).run(&["list", "spec.toml"]);
    let expected = [
        "a/test/blur@1/map:max_drop",
        "a/test/blur@3/map:max_drop",
        "b/test/blur@1/map:max_drop",
        "b/test/flip/map:max_drop",
    ];
    assert_eq!((ran.code, ids(&ran)), (0, expected.to_vec()), "{}", ran.stderr);
    assert!(ran.says("4 cases on 6 cells"), "{}", ran.stderr);
}

#[test]
fn a_list_for_programs_says_where_checks_stand_and_where_the_record_will_be() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{CHECKS}")));
    for (options, place) in [(&[][..], "small"), (&["-k", "*/flip/*"], "small/selected")] {
        let ran = workshop.run(&[&["list", "spec.toml", "--json"], options].concat());
        let listed: Value = serde_json::from_str(&ran.stdout).unwrap();
        let spec = &listed["specs"][0];
        assert_eq!((&listed["version"], &spec["file"]), (&json!(1), &json!("spec.toml")));
        let run = workshop.run(&[&["run", "spec.toml"], options].concat());
        assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
        assert_eq!(spec["record"], format!("target/windtunnel/{place}/record.json"));
        assert_eq!(listed["folder"], "<folder>");
        let record = workshop.path(spec["record"].as_str().unwrap());
        let record: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
        let [listed, judged] = [&spec["cases"], &record["cases"]].map(|cases| {
            let of = |case: &Value| ["id", "check", "file", "line"].map(|key| case[key].clone());
            cases.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
        });
        assert_eq!(listed, judged);
    }
}

#[test]
fn cells_that_are_not_run_need_no_result_file() {
    let model = "[model.b]\nkind = \"precomputed\"\npath = \"{dataset}.{condition}.json\"\n";
    let other = DATASET.replace("[dataset.test]", "[dataset.other]");
    let exclude = "[matrix]\nexclude = [{ model = \"b\", on = \"flip\" }]\n";
    let check = "[[check]]\non = \"clean\"\ndataset = \"test\"\nmin = 0.01\n";
    let workshop = workshop(&small_spec(&format!("{other}{model}{PERTURBED}{exclude}{check}")));
    for condition in ["clean", "blur@1", "blur@3"] {
        workshop.write(&format!("test.{condition}.json"), "[]");
    }
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    assert_eq!(ran.code, 1, "there are results of all cells of `b`, without a detection: {}", ran.stderr);
    assert_eq!(workshop.record("small")["setup"], Value::Array(Vec::new()));
    workshop.write("spec.toml", small_spec(&format!("{other}{model}{PERTURBED}{check}")));
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    assert!(ran.code == 3 && ran.says("cannot read test.flip.json"), "{}", ran.stderr);
}

#[test]
fn aggregates_and_comparisons_are_over_what_is_left() {
    let exclude = "[matrix]\nexclude = [{ model = \"b\", on = \"flip\" }]\n";
    let worst = "[[check]]\non = \"all\"\naggregate = \"worst\"\nmin = 0.01\n";
    let compared = |on: &str| format!("[[check]]\nmodel = \"a\"\nreference = \"b\"\non = {on}\nmin_gain = -0.3\n");
    let workshop = workshop(&two_models(&format!("{exclude}{worst}{}", compared("\"blur@1\""))));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("small");
    let cases: Vec<(&str, usize)> = record["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case["id"].as_str().unwrap(), case["conditions"].as_array().unwrap().len()))
        .collect();
    let expected =
        [("a/test/worst(all)/map:min", 3), ("b/test/worst(all)/map:min", 2), ("a/test/blur@1/map:min_gain(b)", 1)];
    assert_eq!(cases, expected);
    let notes = record["notes"].to_string();
    assert!(notes.contains("mPC, rPC and risk of `b` on `test` are over 2 of 3 conditions"), "{notes}");
    assert!(!notes.contains("of `a` on"), "{notes}");

    // Of all conditions those are compared that both were run on; one that is listed by name must be among them.
    workshop.write("spec.toml", two_models(&format!("{exclude}{}", compared("\"all\""))));
    let ran = workshop.run(&["list", "spec.toml"]);
    assert_eq!(ids(&ran), ["a/test/blur@1/map:min_gain(b)", "a/test/blur@3/map:min_gain(b)"], "{}", ran.stderr);
    workshop.write("spec.toml", two_models(&format!("{exclude}{}", compared("[\"blur@1\", \"flip\"]"))));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("names the condition `flip`, of which"), "{}", ran.stderr);
}

#[test]
fn a_baseline_that_is_not_there_is_said_to_be_missing() {
    let spec = small_spec("[[check]]\non = \"clean\"\nmax_regression = 0.01\n");
    let workshop = workshop(&spec.replace("version = 1", "version = 1\nbaseline = \"typo.json\""));
    for command in ["check", "run"] {
        let ran = workshop.run(&[command, "spec.toml"]);
        let note = "there is no baseline at typo.json: what is compared with it (1 of the cases) is skipped";
        assert!(ran.code == 0 && ran.says(note), "{}", ran.stderr);
    }
}

#[test]
fn mistakes_of_exclusions() {
    let mistake = |name: &str, exclude: &str, check: &str| {
        let ran =
            workshop(&two_models(&format!("[matrix]\nexclude = {exclude}\n{check}"))).run(&["check", "spec.toml"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        insta::assert_snapshot!(name, ran.stderr);
    };
    let check = "[[check]]\non = \"blur\"\nmin = 0.1\n";
    mistake("exclusion_of_an_unknown_model", "[{ model = \"bb\" }]", check);
    mistake("exclusion_of_an_unknown_condition", "[{ model = \"b\", on = \"blurr\" }]", check);
    mistake("exclusion_of_clean_images", "[{ on = \"clean\" }]", check);
    mistake("exclusion_of_everything", "[{}]", check);
    mistake("exclusion_that_is_no_list", "{ model = \"b\" }", check);
    mistake("exclusion_of_all_that_a_check_reads", "[{ on = \"blur\" }]", check);
    mistake("exclusion_with_an_unknown_key", "[{ models = \"b\" }]", check);
}

#[test]
fn the_last_failures_are_run_again_until_they_pass() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{CHECKS}")));
    let never = workshop.run(&["list", "spec.toml", "--last-failed"]);
    assert_eq!(never.code, 2);
    assert!(never.says("there is no store at .windtunnel/store.sqlite"), "{}", never.stderr);
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 1);
    let listed = workshop.run(&["list", "spec.toml", "--last-failed"]);
    assert_eq!(ids(&listed), ["a/test/blur@1/map:min", "a/test/blur@3/map:min"], "{}", listed.stderr);

    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "-k", "*flip*"]).code, 0);
    workshop.write("spec.toml", small_spec(&format!("{PERTURBED}{}", CHECKS.replace("0.999", "0.001"))));
    let ran = workshop.run(&["run", "spec.toml", "--last-failed"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("2 passed"), "{}", ran.stderr);
    let ran = workshop.run(&["run", "spec.toml", "--last-failed"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.says("spec.toml: no such case was open after its last run"), "{}", ran.stderr);
}

#[test]
fn a_run_of_some_cases_leaves_the_record_of_the_whole_run_alone() {
    let standing = "[report]\njson = \"out/site.json\"\n";
    let workshop = workshop(&small_spec(&format!("{standing}{PERTURBED}{CHECKS}")));
    let only = workshop.run(&["run", "spec.toml", "-q", "-k", "*flip*"]);
    assert_eq!(only.code, 0, "{}", only.stderr);
    assert!(only.says("out/site.json is for whole runs, and was left alone"), "{}", only.stderr);
    let none = workshop.run(&["calibrate"]);
    assert_eq!(none.code, 2, "{}", none.stderr);
    assert!(none.says("name one of some cases: target/windtunnel/small/selected/record.json"), "{}", none.stderr);

    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 1);
    let bytes = |path: &str| std::fs::read(workshop.path(path)).unwrap();
    let places = ["target/windtunnel/small/record.json", "out/site.json", "target/windtunnel/small/report.html"];
    let whole = places.map(bytes);
    for some in [&["-k", "*flip*"][..], &["--last-failed"]] {
        let ran = workshop.run(&[&["run", "spec.toml", "-q"], some].concat());
        assert!(ran.code <= 1, "{}", ran.stderr);
        assert_eq!(places.map(bytes), whole, "{some:?}");
    }
    assert_eq!(workshop.record_of_selected("small")["cases"].as_array().unwrap().len(), 2);
}

#[test]
fn what_takes_figures_from_a_record_says_of_which_run_and_refuses_a_part_of_one_that_nobody_named() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{CHECKS}")));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q", "--limit", "2"]).code, 1);
    let record = "target/windtunnel/small/record.json";
    for command in
        [&["calibrate"][..], &["compare", "a", "a"], &["report", "--to", "json"], &["history", "import", record]]
    {
        let ran = workshop.run(command);
        assert_eq!(ran.code, 0, "{command:?}: {}", ran.stderr);
        assert!(ran.says(&format!("{record}: run of 20")), "{command:?}: {}", ran.stderr);
        assert!(
            ran.says("UTC: spec.toml --limit 2, failed (2 passed, 2 failed, 0 errors, 0 skipped)"),
            "{}",
            ran.stderr
        );
        assert!(ran.says("models: `a` ("), "{}", ran.stderr);
        assert!(!ran.stdout.contains("run of"), "{}", ran.stdout);
    }
    let mut interrupted = workshop.record("small");
    interrupted["interrupted"] = true.into();
    workshop.write(record, interrupted.to_string());
    let refused = workshop.run(&["calibrate"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.says("is of a run that was interrupted: run it again, to its end"), "{}", refused.stderr);
    assert!(refused.says(&format!("name it: {record}")), "{}", refused.stderr);
    let named = workshop.run(&["calibrate", record]);
    assert!(named.code == 0 && named.says("it is of a run that was interrupted"), "{}", named.stderr);
}

fn outcomes(record: &Value) -> Vec<(&str, &str)> {
    record["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case["on"].as_str().unwrap(), case["verdict"]["outcome"]["outcome"].as_str().unwrap()))
        .collect()
}

#[test]
fn fail_fast_asks_nothing_beyond_the_first_failure() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{CHECKS}")));
    let ran = workshop.run(&["run", "spec.toml", "--fail-fast"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record("small");
    let expected = [("clean", "pass"), ("blur@1", "fail"), ("blur@3", "skipped"), ("flip", "skipped")];
    assert_eq!(outcomes(&record), expected);
    assert_eq!(record["times"]["asked"], 6, "clean and blur@1 on three images");
    assert!(ran.says("not run: the run ended at a/test/blur@1/map:min"), "{}", ran.stderr);
}

#[test]
fn fail_fast_changes_nothing_where_all_holds() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{}", CHECKS.replace("0.999", "0.001"))));
    let mut records = Vec::new();
    for options in [&["--no-cache"][..], &["--no-cache", "-x"]] {
        assert_eq!(workshop.run(&[&["run", "spec.toml", "-q"], options].concat()).code, 0);
        let mut record = workshop.record("small");
        record["times"] = Value::Null;
        records.push(record);
    }
    assert_eq!(records[0], records[1]);
}

#[test]
fn fail_fast_ends_before_the_next_spec() {
    let workshop = workshop(&small_spec(&format!("{PERTURBED}{CHECKS}")));
    workshop.write("z.toml", small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n").replace("\"small\"", "\"other\""));
    let ran = workshop.run(&["run", "spec.toml", "z.toml", "-x"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("not run after the first failure: z.toml"), "{}", ran.stderr);
    assert!(!workshop.path("target/windtunnel/other/record.json").exists());
}

#[test]
fn verbose_tells_what_passed_and_where_the_time_went() {
    let workshop = workshop(&small_spec("[[check]]\nname = \"fine\"\non = \"clean\"\nmin = 0.01\n"));
    let plain = workshop.run(&["run", "spec.toml"]);
    assert!(!plain.says("PASS a/test/clean/map:min"), "{}", plain.stderr);
    let ran = workshop.run(&["run", "spec.toml", "-v"]);
    assert!(ran.says("PASS a/test/clean/map:min \"fine\"") && ran.says("time: "), "{}", ran.stderr);
    assert!(ran.says("perturbing 0.0 s"), "{}", ran.stderr);
}

#[test]
fn timings_tell_every_part_of_a_run_and_stand_in_the_record() {
    let workshop = workshop(&small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n"));
    let ran = workshop.run(&["run", "spec.toml", "-qq", "--timings"]);
    for part in ["opening specs, data and models", "inference", "scoring", "reports", "in all, by the clock"] {
        assert!(ran.says(part), "{part}: {}", ran.stderr);
    }
    let record = std::fs::read_to_string(workshop.path("target/windtunnel/small/record.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let spent = |phase: &str| record["times"]["phases"][phase].as_f64().unwrap();
    assert!(spent("score") > 0.0 && spent("perturb") == 0.0, "{}", record["times"]);
}

#[test]
fn reports_never_take_the_place_of_something_else() {
    let spec = small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n");
    let workshop = workshop(&spec);
    for (args, message) in [
        (["--junit", "spec.toml", "--json", "r.json"], "spec.toml is there, and is no report: it is not overwritten"),
        (["--junit", "j.xml", "--json", "labels.json"], "labels.json is there, and is no report"),
        (["--junit", "one", "--json", "one"], "two reports would go to one: give each a file of its own"),
    ] {
        let ran = workshop.run(&[&["run", "spec.toml", "-q"], &args[..]].concat());
        assert!(ran.code == 2 && ran.says(message), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_to_string(workshop.path("spec.toml")).unwrap(), spec);
    workshop.write("README.md", "# Mine\n\n## What it is\n");
    let ran = workshop.run(&["run", "spec.toml", "-q", "--markdown", "README.md"]);
    assert!(ran.code == 2 && ran.says("README.md is there, and is no report"), "{}", ran.stderr);
    for _ in 0..2 {
        let args = ["run", "spec.toml", "-q", "--junit", "j.xml", "--json", "r.json", "--html", "h", "--markdown", "m"];
        assert_eq!(workshop.run(&args).code, 0, "reports are replaced by reports");
    }
}

#[test]
fn a_number_that_is_none_is_told_with_what_to_write() {
    for number in ["-1", "0", "x"] {
        let ran = Workshop::new().run(&["run", "spec.toml", "--limit", number]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.says("write a whole number from 1 to"), "{}", ran.stderr);
    }
}
