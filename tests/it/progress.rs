//! The counter of a run: it counts answers that can still come.

use crate::support::{DATASET, Workshop, detector, small_spec};

/// The last line of the counter.
fn last_count(stderr: &str) -> &str {
    stderr.lines().rfind(|line| line.contains(" predictions, ")).unwrap_or_default()
}

#[test]
fn answers_of_a_model_that_cannot_be_asked_are_not_waited_for() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let hosted = "[model.h]\nkind = \"roboflow\"\nmodel_id = \"cells/3\"\n";
    let check = "[[check]]\non = \"clean\"\nmin = 0.2\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{}{hosted}{check}", detector("a")));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("small: 8 predictions on 4 images"), "{}", ran.stderr);
    assert!(last_count(&ran.stderr).starts_with("small: 4/4 predictions"), "{}", ran.stderr);
}

#[test]
fn answers_after_the_first_failure_are_not_waited_for() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let blur = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n";
    let checks = "[[check]]\non = \"clean\"\nmin = 0.999\n[[check]]\non = \"blur\"\nmin = 0.1\n";
    workshop.write("spec.toml", small_spec(&format!("{blur}{checks}")));
    let ran = workshop.run(&["run", "spec.toml", "--fail-fast"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(last_count(&ran.stderr).starts_with("small: 4/4 predictions"), "{}", ran.stderr);
}
