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
fn after_its_day_a_waiver_holds_no_longer() {
    let (workshop, ran) = run("level = \"warn\"\nreason = \"tracked in 41\"\nuntil = 2020-12-31");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("held until 2020-12-31; it can fail the run again"), "{}", ran.stderr);
    assert!(junit(&workshop).contains("<failure"));
    let record = workshop.record("small");
    assert_eq!((&record["counts"]["failed"], &record["counts"]["warned"]), (&1.into(), &0.into()));
}
