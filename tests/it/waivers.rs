//! Checks that only warn: told everywhere, and never changing the exit code until their day is over.

use crate::support::{Ran, Workshop, small_spec};

/// A check that no detector meets, with what is added to it.
fn run(keys: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let check = format!("[[check]]\nname = \"perfect\"\non = \"clean\"\nmin = 0.999\n{keys}\n");
    workshop.write("spec.toml", small_spec(&check));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    (workshop, ran)
}

fn junit(workshop: &Workshop) -> String {
    std::fs::read_to_string(workshop.path("target/windtunnel/small/junit.xml")).unwrap()
}

#[test]
fn a_waived_failure_is_told_and_does_not_fail_the_run() {
    let (workshop, ran) = run("level = \"warn\"\nreason = \"tracked in 41\"\nuntil = 2999-12-31");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("WARN a/test/clean/map:min \"perfect\""), "{}", ran.stderr);
    assert!(ran.says("warned only, until 2999-12-31: tracked in 41"), "{}", ran.stderr);
    assert!(ran.says("0 passed, 0 failed, 0 errors, 1 warning"), "{}", ran.stderr);
    let record = workshop.record("small");
    assert_eq!(record["counts"]["warned"], 1);
    assert_eq!(record["cases"][0]["verdict"]["outcome"]["outcome"], "fail");
    let junit = junit(&workshop);
    assert!(junit.contains("failures=\"0\"") && !junit.contains("<failure"), "{junit}");
    assert!(junit.contains("name=\"level\" value=\"warn\""), "{junit}");
    assert!(junit.contains("warned only, until 2999-12-31: tracked in 41"), "{junit}");
}

#[test]
fn what_could_not_be_judged_is_an_error_whatever_the_level() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    // No detection is that sure, so there is no precision.
    let checks = "[defaults]\nmin_confidence = 1.0\n[[check]]\non = \"clean\"\nmetric = \"precision\"\nmin = 0.3\n\
                  level = \"warn\"\nreason = \"known\"\nuntil = 2999-12-31\n";
    workshop.write("spec.toml", small_spec(checks));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--markdown", "summary.md"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("ERROR a/test/clean/precision:min"), "{}", ran.stderr);
    assert!(ran.says("what could not be judged stays an error"), "{}", ran.stderr);
    assert!(ran.says("0 passed, 0 failed, 1 error, 0 skipped"), "{}", ran.stderr);
    assert!(junit(&workshop).contains("<error"));
    let summary = std::fs::read_to_string(workshop.path("summary.md")).unwrap();
    assert!(summary.contains("**ERROR**") && !summary.contains("WARN"), "{summary}");
}

#[test]
fn after_its_day_a_waiver_holds_no_longer() {
    let (workshop, ran) = run("level = \"warn\"\nreason = \"tracked in 41\"\nuntil = 2020-12-31");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("held until 2020-12-31; it can fail the run again"), "{}", ran.stderr);
    assert!(junit(&workshop).contains("<failure"));
    let record = workshop.record("small");
    assert_eq!((&record["counts"]["failed"], &record["counts"]["warned"]), (&1.into(), &0.into()));
}

/// The mAP of the detector on clean images, to a hundredth below.
fn measured() -> f64 {
    let (workshop, _) = run("");
    let value = workshop.record("small")["cases"][0]["verdict"]["value"].as_f64().unwrap();
    (value * 100.0).floor() / 100.0
}

fn run_two_levels(fails: f64, warns: f64) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let check = format!("[[check]]\nname = \"two levels\"\non = \"clean\"\nmin = {fails:.2}\nwarn = {warns:.2}\n");
    workshop.write("spec.toml", small_spec(&check));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--markdown", "summary.md"]);
    (workshop, ran)
}

#[test]
fn a_check_of_two_levels_passes_warns_and_fails() {
    let map = measured();
    let (_, passed) = run_two_levels(map - 0.10, map - 0.05);
    assert!(passed.code == 0 && passed.says("1 passed, 0 failed, 0 errors, 0 skipped"), "{}", passed.stderr);
    let (workshop, warned) = run_two_levels(map - 0.05, map + 0.05);
    assert_eq!(warned.code, 0, "{}", warned.stderr);
    let why = format!("warned only: the check fails below {}", format!("{:.2}", map - 0.05).trim_end_matches('0'));
    let junit = junit(&workshop);
    let page = std::fs::read_to_string(workshop.path("target/windtunnel/small/report.html")).unwrap();
    let summary = std::fs::read_to_string(workshop.path("summary.md")).unwrap();
    for told in [&junit, &page, &summary] {
        assert!(told.contains(&why), "{why}: {told}");
    }
    assert!(!junit.contains("<failure") && junit.contains("name=\"level\" value=\"warn\""), "{junit}");
    let record = workshop.record("small");
    assert_eq!((&record["counts"]["passed"], &record["counts"]["warned"]), (&0.into(), &1.into()));
    let headline = page.split("class=\"headline\">").nth(1).unwrap();
    assert!(headline.starts_with("warned: "), "{headline}");
    let (workshop, failed) = run_two_levels(map + 0.05, map + 0.10);
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    assert_eq!(workshop.record("small")["counts"]["warned"], 0);
    let threshold = workshop.record("small")["cases"][0]["threshold"].as_f64().unwrap();
    assert!((threshold - (map + 0.05)).abs() < 0.006, "{threshold}");
}

#[test]
fn two_levels_work_by_level_on_losses_and_beside_a_correction() {
    let workshop = Workshop::new();
    workshop.blood_cells(8);
    // Whatever the detector loses lies between the two levels.
    let checks = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 5]\n[[check]]\non = \"blur\"\n\
                  max_drop = { 1 = 0.15, 5 = 0.2 }\nwarn = { 1 = -0.6, 5 = -0.7 }\nrule = \"significant\"\ncorrection = \"holm\"\n";
    workshop.write("spec.toml", small_spec(checks));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    let record = workshop.record("small");
    let told: Vec<(bool, f64)> = record["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case["waiver"].is_object(), case["threshold"].as_f64().unwrap()))
        .collect();
    assert_eq!(told, [(true, -0.6), (true, -0.7)], "{}{}", ran.stdout, ran.stderr);
    assert!(ran.code == 0 && ran.says("2 warnings"), "{}", ran.stderr);
}

#[test]
fn a_level_that_could_never_warn_is_refused() {
    let refused = |check: &str, why: &str| {
        let workshop = Workshop::new();
        workshop.blood_cells(4);
        let blur = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 5]\n";
        workshop.write("spec.toml", small_spec(&format!("{blur}[[check]]\n{check}\n")));
        let ran = workshop.run(&["run", "spec.toml"]);
        assert!(ran.code == 2 && ran.says(why), "{check}: {}", ran.stderr);
    };
    refused("on = \"blur\"\nmax_drop = 0.05\nwarn = 0.1", "fails at `max_drop = 0.05` before it could warn at 0.1");
    refused("on = \"blur\"\nmin = 0.3\nwarn = 0.2", "set `warn` above 0.3");
    refused("on = \"blur\"\nmin = 0.3\nmax_drop = 0.1\nwarn = 0.05", "could be of each of its bounds");
    refused("on = \"blur\"\nmax_drop = 0.1\nwarn = 0.05\nlevel = \"warn\"\nreason = \"x\"", "has a `warn` beside that");
    refused("on = \"blur\"\nmax_drop = 0.1\nwarn = { 1 = 0.05 }", "has no threshold for blur@5");
    refused("metric = \"duplicates\"\nmax = 3\nwarn = 4", "fails at `max = 3` before it could warn at 4");
}
