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

/// On a slice the images that count are those of the slice, of images and of objects alike.
#[test]
fn a_category_on_a_slice_is_counted_in_that_slice() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(36);
    let check = |rest: &str| format!("[[check]]\non = \"clean\"\nmetric = \"map50\"\nmin = 0.05\n{rest}");
    let checks = [
        check("category = \"WBC\"\n"),
        check("category = \"WBC\"\nslice = \"brightness:low\"\n"),
        check("category = \"RBC\"\nslice = \"size:medium\"\n"),
    ];
    workshop.write("spec.toml", small_spec(&checks.concat()));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--intervals"]);
    assert!(ran.code <= 1, "{}{}", ran.stdout, ran.stderr);
    let objects = labels["annotations"].as_array().unwrap();
    let category = |name: &str| {
        labels["categories"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone()
    };
    let images_with = |is_meant: &dyn Fn(&Value) -> bool| {
        let ids = objects.iter().filter(|object| is_meant(object)).map(|object| object["image_id"].as_u64().unwrap());
        ids.collect::<std::collections::BTreeSet<u64>>().len() as u64
    };
    let (white, red) = (category("WBC"), category("RBC"));
    let cases = planned(&workshop, &["--detect", "0.02"]);
    let count = |at: usize| cases[at]["category"]["images"].as_u64().unwrap_or_else(|| panic!("{}", cases[at]));
    let all = images_with(&|object| object["category_id"] == white);
    assert_eq!(count(0), all);
    let dark = cases[1]["images"].as_u64().unwrap();
    assert!(dark < 36 && count(1) <= dark && count(1) < all && count(1) > 0, "{}", cases[1]);
    // COCO's medium: 32 x 32 to 96 x 96 pixels.
    let is_medium = |object: &Value| (1024.0..9216.0).contains(&object["area"].as_f64().unwrap());
    assert_eq!(count(2), images_with(&|object| object["category_id"] == red && is_medium(object)));
    let needed = cases[1]["needed"].as_u64().unwrap();
    let with_it = (needed as f64 * count(1) as f64 / dark as f64).ceil() as u64;
    assert_eq!(cases[1]["category"]["needed"].as_u64(), Some(with_it));
    // A record of before does not know.
    let mut record = workshop.record("small");
    for case in record["cases"].as_array_mut().unwrap() {
        case.as_object_mut().unwrap().remove("category_images");
    }
    workshop.write("target/windtunnel/small/record.json", record.to_string());
    assert!(planned(&workshop, &["--detect", "0.02"])[1]["category"].is_null());
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
