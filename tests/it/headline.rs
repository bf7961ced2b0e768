//! The first sentence of a report: what happened, how sure that is, which model to ship.

use serde_json::{Value, json};
use windtunnel::record::{Record, headline};

use crate::support::{Workshop, small_spec};

/// A record of one check that holds.
fn record() -> Value {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    workshop.write("spec.toml", small_spec("[[check]]\non = \"clean\"\nmin = 0.01\n"));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    workshop.record("small")
}

fn told(record: &Value) -> Vec<String> {
    headline(&serde_json::from_value::<Record>(record.clone()).unwrap())
}

/// The record with these cases, each the first one with what is said of it.
fn with(record: &Value, cases: &[Value]) -> Value {
    let mut record = record.clone();
    let first = record["cases"][0].clone();
    let failed = cases.iter().filter(|case| case["outcome"] == "fail").count();
    let case = |said: &Value| {
        let mut case = first.clone();
        for (key, value) in said.as_object().unwrap() {
            match key.as_str() {
                "outcome" => case["verdict"]["outcome"] = json!({ "outcome": value }),
                "value" | "interval" | "inconclusive" | "worst" => case["verdict"][key] = value.clone(),
                _ => case[key] = value.clone(),
            }
        }
        case
    };
    record["cases"] = cases.iter().map(case).collect();
    record["counts"]["failed"] = json!(failed);
    record["counts"]["passed"] = json!(cases.len() - failed);
    record
}

#[test]
fn the_worst_failure_is_told_with_how_sure_it_is() {
    let record = record();
    let fail = |bound: &str, threshold: f64, value: f64, interval: [f64; 2], more: Value| {
        let [low, high] = interval;
        let mut said = json!({"outcome": "fail", "bound": bound, "threshold": threshold, "value": value,
            "interval": {"low": low, "high": high}, "on": "blur@3"});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    let slight = fail("max_drop", 0.05, 0.06, [0.04, 0.08], json!({}));
    let clear = fail("max_relative_drop", 0.3, 0.7, [0.6, 0.8], json!({"category": "RBC"}));
    assert_eq!(
        told(&with(&record, std::slice::from_ref(&slight))),
        [
            "`a` loses 0.060 map under blur@3; a loss of 0.050 is allowed; 95 % interval 0.040 to 0.080, a close call: it \
          reaches the threshold"
        ]
    );
    assert_eq!(
        told(&with(&record, &[slight, clear])),
        [
            "`a` loses 70.0 % of its map of RBC under blur@3; a loss of 30.0 % is allowed; 95 % interval 60.0 % to 80.0 %, no \
          close call; 1 more of 2 checks failed"
        ]
    );
    for (said, sentence) in [
        (
            fail("max_regression", 0.01, 0.2, [0.1, 0.3], json!({"other": "baseline"})),
            "`a` loses 0.200 map under blur@3 against the baseline; a loss of 0.010 is allowed",
        ),
        (
            fail("min_gain", 0.02, -0.1, [-0.2, 0.0], json!({"other": "old", "on": "mean(blur@1+blur@3)"})),
            "`a` loses 0.100 map in the mean of blur@1 and blur@3 against old; a gain of 0.020 is asked for",
        ),
        (
            fail("min", 0.5, 0.2, [0.1, 0.3], json!({"on": "clean", "slice": "size:small"})),
            "`a` has map 0.200 on clean images on size:small; at least 0.500 is asked for",
        ),
        (
            fail("max", 30.0, 45.64, [40.0, 50.0], json!({"on": "all", "metric": "risk"})),
            "`a` has risk 45.6 over all perturbations; at most 30.0 is allowed; 95 % interval 40.0 to 50.0",
        ),
        (
            fail("max_drop", -0.1, 0.05, [0.0, 0.1], json!({"on": "worst(all)", "worst": "blur@5"})),
            "`a` loses 0.050 map under blur@5, the worst of all perturbations; a gain of 0.100 is asked for",
        ),
    ] {
        let told = told(&with(&record, &[said]));
        assert!(told[0].starts_with(sentence), "{told:?}, not {sentence}");
    }
}

#[test]
fn of_a_run_that_passed_the_closest_check_is_told_and_what_is_unsure() {
    let record = record();
    let pass = |value: f64, is_unsure: bool| {
        json!({"outcome": "pass", "bound": "max_drop", "threshold": 0.1, "value": value, "inconclusive": is_unsure,
            "on": "blur@3"})
    };
    assert_eq!(
        told(&with(&record, &[pass(0.01, false), pass(0.08, true), pass(-0.2, false)])),
        [
            "3 checks hold, 1 of them by no more than chance explains; the closest: `a` loses 0.080 map under blur@3; a loss of \
          0.100 is allowed"
        ]
    );
    assert_eq!(
        told(&with(&record, &[pass(-0.02, false)])),
        ["the check holds; `a` gains 0.020 map under blur@3; a loss of 0.100 is allowed"]
    );
}

#[test]
fn why_a_run_could_not_be_judged_is_told_first() {
    let record = record();
    let silence = json!({"told": "`a` finds nothing on 1 of 3 clean images", "rest": "these 3 images cannot tell"});
    let unjudged = json!({"outcome": "error", "value": null, "message": "these 3 images cannot tell (`a` finds nothing ...)",
        "silence": silence, "metric": "stability", "read": "stability"});
    let failed =
        json!({"outcome": "fail", "bound": "min", "threshold": 0.5, "value": 0.2, "interval": null, "on": "clean"});
    let told = |cases: &[Value], silent: usize| {
        let mut record = with(&record, cases);
        for case in record["cases"].as_array_mut().unwrap() {
            if case["verdict"]["outcome"]["outcome"] == "error" {
                case["verdict"]["outcome"]["kind"] = json!("vacuous");
            }
        }
        // Without labels silence counts.
        record["datasets"][0]["annotations"] = json!(0);
        record["cells"][0]["silent"] = json!(silent);
        self::told(&record)
    };
    // That it finds nothing on one image is beside the point.
    let aside = told(&[unjudged.clone(), failed.clone()], 1);
    assert!(aside[0].starts_with("1 check could not be judged;") && aside[0].ends_with("cannot tell"), "{aside:?}");
    assert!(aside[1].starts_with("`a` has map 0.200 on clean images"), "{aside:?}");
    assert!(aside[2].starts_with("`a` finds nothing on 1 of 3 clean images:"), "{aside:?}");
    // On two it is the point.
    let point = told(&[failed, unjudged], 2);
    assert!(point[0].starts_with("`a` finds nothing on 1 of 3 clean images:"), "{point:?}");
    assert!(point[1].starts_with("1 check could not be judged;"), "{point:?}");
    assert!(point[2].starts_with("`a` has map 0.200 on clean images"), "{point:?}");
}
