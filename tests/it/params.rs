//! What a suite sets of COCO's evaluation: figures under other caps and area ranges against pycocotools', made by
//! `.ci/params.py`; and what is told where the usual cap is too low.

use serde_json::Value;

use crate::support::{Workshop, repository};

fn crowded(name: &str) -> Vec<u8> {
    std::fs::read(repository(&format!("tests/fixtures/crowded/{name}.json"))).unwrap()
}

/// A workshop with the crowded picture and a spec on it, with these `[defaults]`.
fn workshop(defaults: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.picture("a.png", 800, 600);
    workshop.write("labels.json", crowded("labels"));
    workshop.write("clean.json", crowded("results"));
    workshop.write(
        "spec.toml",
        format!(
            "version = 1\nname = \"s\"\n[defaults]\n{defaults}\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\n\
             [model.m]\nkind = \"precomputed\"\npath = \"{{condition}}.json\"\n[[check]]\non = \"clean\"\nmax_regression = 0.1\nrule = \"point\"\n"
        ),
    );
    workshop
}

/// pycocotools sums in another order.
const EXACT: f64 = 1e-12;

#[test]
fn figures_under_other_params_are_pycocotools_figures() {
    let expected: Vec<Value> = serde_json::from_slice(&crowded("expected")).unwrap();
    for wanted in &expected {
        let workshop = workshop(&format!("max_dets = {}\narea_ranges = {}", wanted["max_dets"], wanted["area_ranges"]));
        let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let record = workshop.record("s");
        for (name, wanted) in wanted["figures"].as_object().unwrap() {
            let found = &record["cells"][0]["figures"][name];
            match (found.as_f64(), wanted.as_f64()) {
                (Some(found), Some(wanted)) => assert!((found - wanted).abs() < EXACT, "{name}: {found}, not {wanted}"),
                _ => assert_eq!(found, wanted, "{name}"),
            }
        }
    }
}

#[test]
fn more_objects_than_the_cap_are_told_until_it_is_raised() {
    let note = "dataset `d`: 1 of 1 images have more objects of a category than the 100 detections of it that COCO's figures \
                look at (up to 143, of `cell` in a.png): no model can find them all; to count them, set `max_dets = [1, 10, \
                143]` in [defaults]";
    let usual = workshop("");
    let ran = usual.run(&["run", "spec.toml", "--no-cache"]);
    assert!(ran.says(note), "{}", ran.stderr);
    assert!(usual.run(&["check", "spec.toml"]).says(note));
    let raised = workshop("max_dets = [1, 10, 143]");
    assert!(!raised.run(&["run", "spec.toml", "--no-cache"]).says("more objects of a category"));
}

#[test]
fn a_baseline_of_other_params_is_not_compared_with() {
    let workshop = workshop("");
    assert_eq!(workshop.run(&["run", "spec.toml", "--no-cache"]).code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    assert_eq!(workshop.run(&["run", "spec.toml", "--no-cache"]).code, 0);
    let other = ["--set", "defaults.max_dets=[1,10,300]", "--no-cache"];
    let ran = workshop.run(&[&["run", "spec.toml"], other.as_slice()].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("the metric's definition has changed"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn params_that_cannot_be_are_mistakes_with_a_way_out() {
    for (wrong, message) in [
        ("max_dets = [1, 10]", "`max_dets` is not three rising numbers"),
        ("max_dets = [1, 100, 10]", "`max_dets` is not three rising numbers"),
        ("max_dets = [0, 1, 10]", "`max_dets` is not three rising numbers"),
        ("area_ranges = [9216, 1024]", "`area_ranges` is not two rising areas"),
        ("area_ranges = [1024]", "`area_ranges` is not two rising areas"),
    ] {
        let ran = workshop(wrong).run(&["check", "spec.toml"]);
        assert!(ran.code == 2 && ran.says(message), "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn area_ranges_part_the_objects_that_a_check_needs() {
    let check = |ranges: &str| {
        let workshop = workshop(ranges);
        let spec = std::fs::read_to_string(workshop.path("spec.toml")).unwrap();
        workshop.write("spec.toml", spec.replace("max_regression = 0.1", "metric = \"map_large\"\nmin = 0.001"));
        workshop.run(&["check", "spec.toml"])
    };
    assert!(check("").says("has no objects to measure `map_large` on"));
    assert_eq!(check("area_ranges = [100, 400]").code, 0);
}
