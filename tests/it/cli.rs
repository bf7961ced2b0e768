//! The exit codes, the streams and the files of the program.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Workshop, repository, small_spec};

const BLUR: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 2\n";

fn workshop(rest: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("spec.toml", small_spec(rest));
    workshop
}

#[test]
fn code_0_when_all_checks_hold() {
    let workshop =
        workshop(&format!("{BLUR}[[check]]\non = \"clean\"\nmin = 0.2\n[[check]]\non = \"blur\"\nmax_drop = 0.3"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("small passed: 2 passed, 0 failed, 0 errors, 0 skipped"), "{}", ran.stderr);
    // The report is on standard output, and nothing else is; progress is not.
    assert!(ran.stdout.starts_with("small passed") || ran.stdout.contains("\nsmall passed"), "{}", ran.stdout);
    assert!(ran.stderr.contains("predictions") && !ran.stdout.contains("predictions"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("small passed"), "{}", ran.stderr);
    assert!(workshop.path("target/windtunnel/small/junit.xml").exists());
    assert_eq!(workshop.record("small")["exit_code"], 0);
}

#[test]
fn code_1_when_a_check_fails_with_numbers_pictures_and_a_command_that_repeats_it() {
    let workshop = workshop(&format!("{BLUR}[[check]]\nname = \"soft\"\non = \"blur\"\nmax_drop = -0.3"));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("FAIL a/test/blur@2/map:max_drop \"soft\""), "{}", ran.stderr);
    let record = workshop.record("small");
    let case = &record["cases"][0];
    assert_eq!(case["verdict"]["outcome"]["outcome"], "fail");
    assert!(case["message"].as_str().unwrap().starts_with("map drop "));
    let picture = case["picture"].as_str().unwrap();
    let bytes = std::fs::read(workshop.path("target/windtunnel/small").join(picture)).unwrap();
    assert!(image::load_from_memory(&bytes).is_ok());
    let again = ran.stdout.lines().find_map(|line| line.split("again: windtunnel ").nth(1)).unwrap();
    let again = workshop.run(&again.split(' ').collect::<Vec<_>>());
    assert_eq!(again.code, 1, "{}", again.stderr);
}

#[test]
fn code_2_for_a_wrong_command_line_or_spec_and_nothing_is_written() {
    let workshop = workshop("[[chekc]]\non = \"clean\"");
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.says("did you mean `check`?"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["run", "--no-such-flag"]).code, 2);
    assert_eq!(workshop.run(&["run", "absent.toml"]).code, 2);
    assert!(!workshop.has_reports());
}

#[test]
fn code_3_when_something_cannot_be_judged_wins_over_a_failure() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.99\n");
    let broken = format!(
        "{}\n[model.z]\nkind = \"onnx\"\npath = \"broken.onnx\"\n",
        small_spec("[[check]]\non = \"clean\"\nmin = 0.99\n")
    );
    workshop.write("spec.toml", broken);
    workshop.write("broken.onnx", "not a model");
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = workshop.record("small");
    assert_eq!(record["counts"]["failed"], 1);
    assert_eq!(record["counts"]["errors"], 1);
    assert_eq!(record["counts"]["skipped"], 1);
    assert_eq!(record["setup"][0]["failure"]["kind"], "model_load");
}

#[test]
fn code_4_when_nothing_is_selected() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.2");
    let ran = workshop.run(&["run", "spec.toml", "-k", "*/no-such-case/*"]);
    assert_eq!(ran.code, 4);
    assert!(ran.says("nothing selected"), "{}", ran.stderr);
    assert!(!workshop.has_reports());
}

#[cfg(unix)]
#[test]
fn code_130_after_an_interrupt_leaves_valid_reports() {
    let workshop = Workshop::new();
    let spec = repository("specs/quickstart.toml");
    let args = ["run", spec.to_str().unwrap(), "-j", "1"];
    let mut child = workshop.command(&args).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut first_line = String::new();
    stderr.read_line(&mut first_line).unwrap();
    assert!(first_line.contains("4320 predictions"), "{first_line}");
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
    assert!(
        said.contains("interrupted: answers so far are kept in .windtunnel/store.sqlite; the same command goes on"),
        "{said}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let record = workshop.record("quickstart");
    assert_eq!(record["interrupted"], true);
    assert_eq!(record["counts"]["passed"], 0);
    assert!(record["cases"][0]["message"].as_str().unwrap().contains("interrupted after"));
    let junit = std::fs::read_to_string(workshop.path("target/windtunnel/quickstart/junit.xml")).unwrap();
    assert!(junit.trim_end().ends_with("</testsuites>"));
}

#[test]
fn a_filter_runs_only_what_its_cases_read() {
    let workshop =
        workshop(&format!("{BLUR}[[check]]\non = \"clean\"\nmin = 0.2\n[[check]]\non = \"blur\"\nmin = 0.1"));
    let ran = workshop.run(&["run", "spec.toml", "-k", "*/blur@2/*"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record_of_selected("small");
    let conditions: Vec<&str> =
        record["cells"].as_array().unwrap().iter().map(|cell| cell["condition"].as_str().unwrap()).collect();
    assert_eq!(conditions, ["clean", "blur@2"], "clean is there to tell what lost most");
}

#[test]
fn a_dash_sends_data_to_standard_output_and_nothing_else() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.2");
    let ran = workshop.run(&["run", "spec.toml", "--json", "-"]);
    let record: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(record["spec"]["name"], "small");
    assert!(ran.stderr.contains("small passed"), "the report for people goes to the other stream: {}", ran.stderr);
}

#[test]
fn a_named_record_is_a_copy_with_its_pictures_beside_it_and_never_in_the_working_folder() {
    let drop = |most: &str| format!("{BLUR}[[check]]\non = \"blur\"\nmax_drop = {most}");
    let workshop = workshop(&drop("0.3"));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 0);
    workshop.write("spec.toml", small_spec(&drop("-0.3")));
    for copy in ["./r.json", "out/r.json", "r.json"] {
        let ran = workshop.run(&["run", "spec.toml", "-q", "--json", copy]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let bytes = |path: &str| std::fs::read(workshop.path(path)).unwrap();
        assert_eq!(bytes(copy), bytes("target/windtunnel/small/record.json"), "the record is where others look for it");
        assert_eq!(workshop.record("small")["counts"]["failed"], 1);
    }
    assert!(!workshop.path("failures").exists());
    let picture = workshop.record("small")["cases"][0]["picture"].as_str().unwrap().to_owned();
    assert!(workshop.path("target/windtunnel/small").join(&picture).exists());
    assert!(workshop.path("out").join(&picture).exists());
    // The copy's pictures are those of the run that it is a copy of, as long as that is the last one.
    let page = |record: &str| workshop.run(&["report", record, "--to", "html"]).stdout;
    assert_eq!(page("r.json"), page("target/windtunnel/small/record.json"));
}

#[cfg(target_os = "linux")]
#[test]
fn reports_that_were_not_written_are_not_listed() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.2");
    let ran = workshop.run(&["run", "spec.toml", "-q", "--json", "/dev/full"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("error: cannot write /dev/full: No space left"), "{}", ran.stderr);
    assert!(ran.says("target/windtunnel/small/record.json") && !ran.says("record.json /dev/full"), "{}", ran.stderr);
}

#[test]
fn exported_detections_fed_back_give_the_same_figures() {
    let workshop = workshop(&format!("{BLUR}[[check]]\non = \"blur\"\nmax_drop = 0.3"));
    assert_eq!(workshop.run(&["run", "spec.toml", "--detections", "cells"]).code, 0);
    let first = workshop.record("small");
    let dataset = crate::support::DATASET;
    let precomputed = "[model.a]\nkind = \"precomputed\"\npath = \"cells/a/{dataset}/{condition}.json\"\n";
    let rest = format!("{BLUR}[[check]]\non = \"blur\"\nmax_drop = 0.3");
    workshop.write("again.toml", format!("version = 1\nname = \"again\"\n{dataset}\n{precomputed}\n{rest}"));
    let ran = workshop.run(&["run", "again.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let again = workshop.record("again");
    assert_eq!(first["cells"], again["cells"]);
}

#[test]
fn help_names_the_exit_codes() {
    let ran = Workshop::new().run(&["--help"]);
    assert_eq!(ran.code, 0);
    for line in ["0  all checks hold", "4  nothing selected", "130  interrupted"] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
}

#[test]
fn the_shipped_specs_are_valid() {
    let ran = Workshop::new().run(&["check", repository("specs").to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("ready to run").count(), 7, "{}", ran.stderr);
    assert!(!ran.says("changes neither"), "{}", ran.stderr);
}

#[test]
fn chains_and_presets_are_run_and_called_by_name() {
    let workshop = workshop(
        "[perturbation.dusk]\nchain = [{ kind = \"brightness\", delta = -0.3 }, { kind = \"gaussian_noise\", severity = 1 }]\n\
         [perturbation.c]\npreset = \"imagenet_c\"\nseverity = 3\n\
         [[check]]\non = \"dusk\"\nmin = 0.001\n[[check]]\non = \"c\"\naggregate = \"mean\"\nmin = 0.001\n\
         [[check]]\non = \"c.contrast@3\"\nmin = 0.0001\n",
    );
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code <= 1, "{}", ran.stderr);
    let record = workshop.record("small");
    let ids: Vec<&str> = record["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a/test/dusk/map:min", "a/test/mean(c)/map:min", "a/test/c.contrast@3/map:min"]);
    assert_eq!(record["cases"][1]["conditions"].as_array().unwrap().len(), 15);
    let steps = record["conditions"][1]["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["kind"], &steps[1]["kind"]), (&"brightness".into(), &"gaussian_noise".into()));
}

#[test]
fn a_level_that_changes_nothing_is_an_error() {
    let workshop =
        workshop("[perturbation.turn]\nkind = \"rotate\"\ndegrees = 0\n[[check]]\non = \"turn\"\nmax_drop = 0.1\n");
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("turn@0 changes no picture"), "{}", ran.stderr);
    let checked = workshop.run(&["check", "spec.toml"]);
    assert!(checked.code == 0 && checked.says("turn@0 changes neither of two test pictures"), "{}", checked.stderr);
}

#[test]
fn a_drop_is_taken_over_the_categories_that_both_sides_have() {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(4);
    // One more category whose only object lies in a corner that a quarter of a half turn moves out of the picture.
    labels["categories"].as_array_mut().unwrap().push(serde_json::json!({"id": 9, "name": "corner"}));
    let image = labels["images"][0]["id"].clone();
    let corner =
        serde_json::json!({"id": 99_999, "image_id": image, "category_id": 9, "bbox": [0, 0, 8, 8], "area": 64});
    labels["annotations"].as_array_mut().unwrap().push(corner);
    workshop.write("labels.json", labels.to_string());
    for (file, found) in [("clean", 1.0), ("turn@45", 0.5)] {
        let results: Vec<serde_json::Value> = labels["annotations"].as_array().unwrap().iter()
            .filter(|annotation| annotation["category_id"] == 1)
            .map(|annotation| serde_json::json!({"image_id": annotation["image_id"], "category_id": 1, "bbox": annotation["bbox"], "score": found}))
            .collect();
        workshop.write(&format!("results/{file}.json"), serde_json::Value::from(results).to_string());
    }
    let model = "[model.m]\nkind = \"precomputed\"\npath = \"results/{condition}.json\"\n";
    let rest = "[perturbation.turn]\nkind = \"rotate\"\ndegrees = 45\n[[check]]\non = \"turn\"\nmax_drop = 0.01\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{}{model}{rest}", crate::support::DATASET));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("over 3 of 4 categories"), "{}", ran.stderr);
}

#[test]
fn reports_do_not_replace_what_is_no_regular_file() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.2");
    workshop.write("real.xml", "<testsuites/>");
    std::os::unix::fs::symlink("real.xml", workshop.path("link.xml")).unwrap();
    assert_eq!(workshop.run(&["run", "spec.toml", "--junit", "link.xml", "--json", "/dev/null"]).code, 0);
    assert!(workshop.path("link.xml").is_symlink());
    assert!(std::fs::read_to_string(workshop.path("real.xml")).unwrap().contains("<testsuites"));
    let missing = workshop.run(&["run", "spec.toml", "--junit", "spec.toml/j.xml"]);
    assert_eq!(missing.code, 2, "{}", missing.stderr);
    assert!(missing.says("choose another place"), "{}", missing.stderr);
}

#[test]
fn arguments_that_select_nothing_are_refused_beside_others() {
    let workshop = workshop("[[check]]\non = \"clean\"\nmin = 0.2");
    std::fs::create_dir(workshop.path("empty")).unwrap();
    assert_eq!(workshop.run(&["run", "spec.toml", "empty"]).code, 2);
    assert_eq!(workshop.run(&["run", "spec.toml", "-k", "*", "-k", "zzz"]).code, 4);
    workshop.write(
        "twin/spec.toml",
        small_spec("[[check]]\non = \"clean\"\nmin = 0.2")
            .replace("labels.json", "../labels.json")
            .replace("\"images\"", "\"../images\""),
    );
    let twins = workshop.run(&["run", "spec.toml", "twin"]);
    assert!(twins.code == 2 && twins.says("are both called `small`"), "{}", twins.stderr);
}
