//! `windtunnel plan`: how many images each check needs, and that verdicts name the same number.

use serde_json::Value;

use crate::support::{Workshop, small_spec};

const CHECKS: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [2, 3]\n\
    [[check]]\non = \"blur\"\nmax_drop = 0.005\nrule = \"significant\"\n\
    [[check]]\nname = \"red\"\non = \"clean\"\ncategory = \"RBC\"\nmin = 0.3\nrule = \"significant\"\n\
    [[check]]\nname = \"plain\"\non = \"clean\"\nmetric = \"recall\"\nmin = 0.1\n";

fn measured() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(12);
    workshop.write("spec.toml", small_spec(CHECKS));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code <= 1 || ran.code == 3, "{}", ran.stderr);
    workshop
}

fn planned(workshop: &Workshop, args: &[&str]) -> Vec<Value> {
    let ran = workshop.run(&[&["plan", "spec.toml", "--json"], args].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    found["specs"][0]["cases"].as_array().unwrap().clone()
}

#[test]
fn every_case_is_told_with_its_images_and_what_it_lacks() {
    let workshop = measured();
    let few = planned(&workshop, &["--detect", "0.02"]);
    let many = planned(&workshop, &["--detect", "0.004"]);
    assert_eq!(few.len(), 4);
    let blur = few.iter().zip(&many).filter(|(case, _)| case["id"].as_str().unwrap().contains("blur@"));
    let mut told = 0;
    for (few, many) in blur.filter(|(few, _)| few["needed"].is_u64()) {
        let (few, many) = (few["needed"].as_u64().unwrap(), many["needed"].as_u64().unwrap());
        assert!(many > 3 * few, "{few}, {many}: a fifth of the loss takes many more");
        told += 1;
    }
    assert!(told > 0, "{few:?}");
    let red = &few[2];
    let (all, with_it) = (red["needed"].as_u64().unwrap(), red["category"]["needed"].as_u64().unwrap());
    assert!(red["category"]["name"] == "RBC" && red["category"]["images"].as_u64() <= Some(12), "{red}");
    assert!(with_it <= all && with_it > 0, "{red}");
    let plain = &few[3];
    assert!(plain["reason"].as_str().unwrap().contains("run with `--intervals`"), "{plain}");
    let lines = workshop.run(&["plan", "spec.toml", "--detect", "0.1"]).stdout;
    assert!(lines.contains(" images (12 now") && lines.contains("a/test/blur@3/map:max_drop"), "{lines}");
}

#[test]
fn an_open_verdict_names_the_number_that_plan_tells() {
    let workshop = measured();
    let record = workshop.record("small");
    let cases = record["cases"].as_array().unwrap().iter();
    let mut open = cases.filter(|case| case["verdict"]["inconclusive"] == true);
    let case = open.next().expect("twelve images leave something open");
    let excess = case["verdict"]["value"].as_f64().unwrap() - case["threshold"].as_f64().unwrap();
    let needed = planned(&workshop, &["--detect", &excess.abs().to_string()]);
    let needed = needed.iter().find(|planned| planned["id"] == case["id"]).unwrap()["needed"].as_u64().unwrap();
    let message = case["message"].as_str().unwrap();
    let is_named = message.contains(&format!("about {needed} images like these would tell"));
    assert_eq!(is_named, needed > 12 && needed < 1_000_000, "{needed}: {message}");
    assert!(is_named, "{needed}: {message}");
}

#[test]
fn without_a_record_it_says_how_to_get_one() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", small_spec(CHECKS));
    let ran = workshop.run(&["plan", "spec.toml", "--detect", "0.02"]);
    assert!(ran.code == 2 && ran.says("`windtunnel run spec.toml --intervals`"), "{}", ran.stderr);
    for (detect, power, why) in [
        ("0", "0.8", "write a number above 0"),
        ("nan", "0.8", "write a number above 0"),
        ("0.02", "1", "write a share from 0.5 to 0.999"),
    ] {
        let ran = workshop.run(&["plan", "spec.toml", "--detect", detect, "--power", power]);
        assert!(ran.code == 2 && ran.says(why), "{detect} {power}: {}", ran.stderr);
    }
}
