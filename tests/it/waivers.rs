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
