//! Two models on the same pictures: how far they say the same, whatever the labels say.

use serde_json::{Value, json};

use crate::support::{Ran, Workshop, detector};

const DATASET: &str = "[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\n";

const MODELS: &str = "[model.new]\nkind = \"precomputed\"\npath = \"new_{condition}.json\"\n\
                      [model.old]\nkind = \"precomputed\"\npath = \"old_{condition}.json\"\n";

/// Four pictures, of which the labels know one object: what models say of the others is right or wrong for nobody.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let images: Vec<Value> = (1..=4)
        .map(|id| {
            workshop.picture(&format!("{id}.png"), 200, 200);
            json!({"id": id, "file_name": format!("{id}.png"), "width": 200, "height": 200})
        })
        .collect();
    let labels = json!({
        "images": images,
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 20, 20], "area": 400, "iscrowd": 0}],
    });
    workshop.write("labels.json", labels.to_string());
    workshop
}

/// `(image, category, x, side, score)`.
type Found = (u64, u64, f64, f64, f64);

fn answers(workshop: &Workshop, file: &str, found: &[Found]) {
    let one = |&(image, category, x, side, score): &Found| json!({"image_id": image, "category_id": category, "bbox": [x, 0.0, side, side], "score": score});
    workshop.write(file, Value::from(found.iter().map(one).collect::<Vec<_>>()).to_string());
}

/// On 1 they agree but for one dog; on 2 they differ by the class; of 3 neither says anything that counts; on 4 they agree.
fn both(workshop: &Workshop) {
    let new = [
        (1, 1, 0.0, 20.0, 0.9),
        (1, 2, 100.0, 50.0, 0.8),
        (2, 1, 0.0, 20.0, 0.9),
        (3, 1, 0.0, 20.0, 0.1),
        (4, 2, 2.0, 100.0, 0.5),
    ];
    let old = [(1, 1, 1.0, 20.0, 0.7), (2, 2, 0.0, 20.0, 0.9), (4, 2, 0.0, 100.0, 0.9)];
    answers(workshop, "new_clean.json", &new);
    answers(workshop, "old_clean.json", &old);
}

fn run(workshop: &Workshop, parts: &[&str]) -> Ran {
    workshop.write("spec.toml", format!("version = 1\nname = \"pair\"\n{}", parts.join("\n")));
    workshop.run(&["run", "spec.toml", "-q"])
}

fn check(keys: &str) -> String {
    format!("[[check]]\non = \"clean\"\nmodel = \"new\"\nreference = \"old\"\n{keys}\n")
}

/// The figure of each case of a run, in the order of the spec.
fn figures(workshop: &Workshop) -> Vec<f64> {
    let record = workshop.record("pair");
    let cases = record["cases"].as_array().unwrap();
    cases.iter().map(|case| case["verdict"]["value"].as_f64().unwrap_or(f64::NAN)).collect()
}

#[test]
fn figures_of_two_models_are_those_by_hand() {
    let workshop = workshop();
    both(&workshop);
    let checks: String = [
        "metric = \"agreement\"\nmin = 0.1",
        "metric = \"agreement\"\ncategory = \"cat\"\nmin = 0.1",
        "metric = \"agreement\"\ncategory = \"dog\"\nmin = 0.1",
        "metric = \"agreement_small\"\nmin = 0.1",
        "metric = \"agreement_large\"\nmin = 0.1",
        "metric = \"score_shift\"\nmax = 0.5",
        "metric = \"score_shift\"\ncategory = \"dog\"\nmax = 0.5",
    ]
    .map(check)
    .concat();
    let ran = run(&workshop, &[DATASET, MODELS, &checks]);
    assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    let right = [
        // 2/3, 0 and 1; picture 3 says nothing of either.
        (2.0 / 3.0 + 0.0 + 1.0) / 3.0,
        f64::midpoint(1.0, 0.0),
        (0.0 + 0.0 + 1.0) / 3.0,
        f64::midpoint(1.0, 0.0),
        1.0,
        f64::midpoint(0.2, 0.4),
        0.4,
    ];
    let told = figures(&workshop);
    assert_eq!(told.len(), right.len());
    for (told, right) in told.iter().zip(right) {
        assert!((told - right).abs() < 1e-6, "{told} is not {right}");
    }
    let record = workshop.record("pair");
    let case = &record["cases"][0];
    assert_eq!(case["id"], "new/d/clean/agreement:min(old)");
    assert!(
        case["message"].as_str().unwrap().starts_with("agreement with old 0.556 >= 0.100 ("),
        "{}",
        case["message"]
    );
    assert!(case["verdict"]["interval"].is_object(), "{}", case["verdict"]);
}

#[test]
fn where_two_models_differ_most_is_shown_side_by_side() {
    let workshop = workshop();
    both(&workshop);
    let ran = run(&workshop, &[DATASET, MODELS, &check("metric = \"agreement\"\nmin = 0.9")]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("images on which the models differ most"), "{}", ran.stdout);
    let record = workshop.record("pair");
    let case = &record["cases"][0];
    let named = |losses: &Value, key: &str| -> Vec<String> {
        losses.as_array().unwrap().iter().map(|loss| loss[key].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named(&case["image_losses"], "file_name"), ["2.png", "1.png"]);
    assert_eq!(named(&case["category_losses"], "category"), ["dog", "cat"]);
    let pair = &record["galleries"][0]["pairs"][0];
    assert_eq!((&pair["before"]["model"], &pair["after"]["model"]), (&json!("old"), &json!("new")));
    assert_eq!((&pair["before"]["f1"], &pair["after"]["f1"]), (&json!(1.0), &json!(0.0)));
}

#[test]
fn two_silent_models_and_one_that_fails_are_no_parity() {
    let workshop = workshop();
    answers(&workshop, "new_clean.json", &[(1, 1, 0.0, 20.0, 0.1)]);
    answers(&workshop, "old_clean.json", &[]);
    let agreement = check("metric = \"agreement\"\nmin = 0.1");
    let ran = run(&workshop, &[DATASET, MODELS, &agreement]);
    assert!(ran.code == 3 && ran.says("two silent models are not one"), "{} {}", ran.code, ran.stdout);
    // One that says nothing beside one that does is measured, and bad.
    answers(&workshop, "old_clean.json", &[(1, 1, 0.0, 20.0, 0.9)]);
    let ran = run(&workshop, &[DATASET, MODELS, &agreement]);
    assert!(ran.code == 1 && figures(&workshop) == [0.0], "{} {}", ran.code, ran.stdout);
    let shift = check("metric = \"score_shift\"\nmax = 0.5");
    let ran = run(&workshop, &[DATASET, MODELS, &shift]);
    assert!(ran.code == 3 && ran.says("there are no scores to compare"), "{} {}", ran.code, ran.stdout);
    // Nothing agrees with an error.
    std::fs::remove_file(workshop.path("old_clean.json")).unwrap();
    let ran = run(&workshop, &[DATASET, MODELS, &agreement]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
}

#[test]
fn what_a_figure_of_two_models_lacks_or_has_too_much_is_a_mistake() {
    let workshop = workshop();
    both(&workshop);
    for (keys, said) in [
        (
            "[[check]]\non = \"clean\"\nmetric = \"agreement\"\nmin = 0.5\n".to_owned(),
            "is of two models, and it names one",
        ),
        (check("metric = \"agreement\"\nmax_regression = 0.1"), "compares two models by itself"),
        (check("metric = \"map\"\nmin = 0.5"), "needs `max_regression`, `max_relative_regression` or `min_gain`"),
        (check("metric = \"agreement\"\nmin = 1.5"), "could never tell a good model from a bad one"),
        (check("metric = \"agreement\"\nmin = 0.5").replace("\"old\"", "\"new\""), "compares `new` with itself"),
    ] {
        let ran = run(&workshop, &[DATASET, MODELS, &keys]);
        assert!(ran.code == 2 && ran.says(said), "`{said}`: {} {}", ran.code, ran.stderr);
    }
    let tables = "[defaults]\nmetric = \"agreement\"\n";
    let ran = run(&workshop, &[tables, DATASET, MODELS, &check("min = 0.5")]);
    assert!(ran.code == 2 && ran.says("`agreement` is a figure of two models"), "{}", ran.stderr);
}

#[test]
fn pictures_without_labels_rules_aggregates_and_shards_are_as_elsewhere() {
    let workshop = Workshop::new();
    workshop.blood_cells(40);
    let frames = "[dataset.d]\nformat = \"images\"\npath = \"images\"\n";
    let noise = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = [1, 3]\n";
    let models = [detector("a"), detector("b")].concat();
    let checks = "[[check]]\non = \"noise\"\nmetric = \"agreement\"\nmodel = \"b\"\nreference = \"a\"\nmin = 0.2\n\
                  aggregate = \"mean\"\nrule = \"significant\"\n\
                  [[check]]\non = \"all\"\nmetric = \"agreement\"\nmodel = \"b\"\nreference = \"a\"\nmin = 0.2\n\
                  [[check]]\non = \"noise\"\nmetric = \"agreement\"\nmodel = \"b\"\nreference = \"a\"\nmin = 0.2\n\
                  slice = \"brightness:high\"\n";
    let ran = run(&workshop, &[frames, &models, noise, checks]);
    assert!(ran.code < 2, "{} {}", ran.stdout, ran.stderr);
    let whole = figures(&workshop);
    assert!(whole.iter().all(|figure| (0.0..=1.0).contains(figure)), "{whole:?}");
    assert!((whole[0] - f64::midpoint(whole[1], whole[2])).abs() < 1e-9, "{whole:?}");
    for part in ["1/2", "2/2"] {
        let ran = workshop.run(&["run", "spec.toml", "--partition", part, "--shards", "shards", "-q"]);
        assert_eq!(ran.code, 0, "{} {}", ran.stdout, ran.stderr);
    }
    let merged = workshop.run(&["merge", "shards", "-q"]);
    assert!(merged.code < 2 && figures(&workshop) == whole, "{} {}", merged.stdout, merged.stderr);
    let fast = workshop.run(&["run", "spec.toml", "--fail-fast", "-q"]);
    assert!(fast.code < 2, "{} {}", fast.stdout, fast.stderr);
}
