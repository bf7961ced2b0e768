//! A case that is run alone (`-k`, after a failure, by pytest) comes out as it does among all: it needs cells that its own id does
//! not name.

use serde_json::{Value, json};

use crate::support::{Workshop, repository};

const IMAGES: usize = 24;

const DETECTORS: &str = r#"
version = 1
name = "alone"
baseline = "accepted.json"
[defaults]
resamples = 400
[dataset.seen]
format = "coco"
path = "labels.json"
images = "images"
[dataset.frames]
format = "images"
path = "images"
categories = ["cell", "clot"]
[model.old]
kind = "precomputed"
path = "old/{dataset}.{condition}.json"
[model.new]
kind = "precomputed"
path = "new/{dataset}.{condition}.json"
[perturbation.fog]
kind = "fog"
severity = [1, 3]
[perturbation.noise]
kind = "gaussian_noise"
severity = 3
"#;

/// Checks of every kind of metric, bound and scope that result files can have.
const CHECKS_ON_LABELS: [&str; 15] = [
    "on = [\"clean\", \"all\"]\nmetric = \"map\"\nmin = 0.3\n",
    "on = \"all\"\nmetric = \"recall\"\nmax_drop = 0.05\n",
    "on = \"fog\"\nmetric = \"map50\"\ncategory = \"clot\"\nmax_relative_drop = 0.1\n",
    "on = [\"clean\", \"all\"]\nmetric = \"recall\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.02\ncorrection = \"holm\"\n",
    "on = \"all\"\naggregate = \"worst\"\nmetric = \"f1\"\nmodel = \"new\"\nreference = \"old\"\nmax_relative_regression = 0.02\n",
    "on = \"all\"\naggregate = \"mean\"\nmetric = \"map\"\nmodel = \"new\"\nreference = \"old\"\nmin_gain = 0.02\n",
    "on = \"noise\"\nmetric = \"map\"\nmodel = \"new\"\nmax_regression = 0.02\n",
    "on = \"noise\"\nmetric = \"stability\"\nmodel = \"new\"\nmax_regression = 0.02\n",
    "on = \"all\"\nmetric = \"mpc\"\nmin = 0.4\n",
    "on = \"all\"\nmetric = \"rpc\"\nmin = 0.95\n",
    "on = \"all\"\nmetric = \"rpc\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.01\n",
    "on = \"fog\"\nmetric = \"recall\"\nmodel = \"new\"\nslice = \"metadata.yard:east\"\nmin = 0.6\n",
    "on = \"fog\"\nmetric = \"stability\"\nslice = \"metadata.yard:east\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.01\n",
    "metric = \"leakage\"\nmax = 0\n",
    "metric = \"duplicates\"\nmax = 0\n",
];

/// Those that need no labels; on both datasets.
const CHECKS_WITHOUT: [&str; 11] = [
    "on = \"all\"\nmetric = \"stability\"\nmin = 0.7\n",
    "on = \"all\"\nmetric = \"affected\"\nmax = 0.3\n",
    "on = \"all\"\nmetric = \"risk\"\nmax = 40\n",
    "on = \"all\"\nmetric = \"stability\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\n",
    "on = \"all\"\nmetric = \"affected\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\nrule = \"point\"\n",
    "on = \"all\"\nmetric = \"risk\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 5\n",
    "on = \"all\"\naggregate = \"mean\"\nmetric = \"stability\"\nmodel = \"new\"\nreference = \"old\"\nmax_relative_regression = 0.05\n",
    "on = \"fog\"\naggregate = \"worst\"\nmetric = \"stability\"\nmodel = \"new\"\nreference = \"old\"\nmin_gain = 0.01\nrule = \"non_inferior\"\n",
    "on = [\"clean\", \"all\"]\nmetric = \"agreement\"\nmodel = \"new\"\nreference = \"old\"\nmin = 0.8\n",
    "on = \"all\"\naggregate = \"worst\"\nmetric = \"agreement\"\nmodel = \"new\"\nreference = \"old\"\nmin = 0.8\n",
    "on = \"fog\"\nmetric = \"score_shift\"\nmodel = \"new\"\nreference = \"old\"\nmax = 0.01\n",
];

/// A number below 100 that is always the same.
fn drawn(parts: &[usize]) -> usize {
    let mixed = parts.iter().fold(0x9e37_79b9_u64, |all, part| {
        let all = (all ^ *part as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        all ^ (all >> 29)
    });
    (mixed % 100) as usize
}

/// Labels of grey pictures of two objects each, and what two models find of them: less under perturbation, the new one on fewer
/// pictures; of some nothing when clean, and then something in fog.
fn detectors(workshop: &Workshop) {
    let image = |id: usize| {
        let yard = if id.is_multiple_of(3) { "west" } else { "east" };
        json!({"id": id, "file_name": format!("{id:02}.png"), "width": 100, "height": 100, "yard": yard})
    };
    let bbox = |place: usize| [10 + 50 * place, 20, 30, 40];
    let object = |at: usize| {
        json!({"id": at + 1, "image_id": at / 2 + 1, "category_id": at % 2 + 1, "bbox": bbox(at % 2), "area": 1200,
            "iscrowd": 0})
    };
    let labels = json!({
        "images": (1..=IMAGES).map(image).collect::<Vec<_>>(),
        "annotations": (0..2 * IMAGES).map(object).collect::<Vec<_>>(),
        "categories": [{"id": 1, "name": "cell"}, {"id": 2, "name": "clot"}],
    });
    workshop.write("labels.json", labels.to_string());
    for id in 1..=IMAGES {
        workshop.picture(&format!("images/{id:02}.png"), 100, 100);
    }
    for (model, name) in ["old", "new"].into_iter().enumerate() {
        for (at, condition) in ["clean", "fog@1", "fog@3", "noise@3"].into_iter().enumerate() {
            let is_found = |object: &usize| {
                let is_silent = at == 0 && drawn(&[object / 2, 7]) < 20 + 10 * model;
                !is_silent && drawn(&[*object, model, at]) >= 8 + 12 * at * (1 + model)
            };
            let found = (0..2 * IMAGES).filter(is_found).map(|object| {
                let score = 0.9 - 0.004 * object as f64 - 0.02 * model as f64 - 0.001 * at as f64;
                json!({"image_id": object / 2 + 1, "category_id": object % 2 + 1, "bbox": bbox(object % 2), "score": score})
            });
            let found = Value::Array(found.collect()).to_string();
            for dataset in ["seen", "frames"] {
                workshop.write(&format!("{name}/{dataset}.{condition}.json"), &found);
            }
        }
    }
}

/// What a case of a record came to.
fn came(case: &Value) -> Value {
    let verdict = &case["verdict"];
    let numbers = ["outcome", "value", "clean", "figure", "other", "inconclusive", "p_value", "worst"];
    numbers.iter().map(|key| ((*key).to_owned(), verdict[*key].clone())).collect::<serde_json::Map<_, _>>().into()
}

/// Runs all cases of `spec`, and then each alone; gives the outcomes that there are.
fn hold_each_against_all(workshop: &Workshop, spec: &str) -> Vec<String> {
    workshop.write("spec.toml", spec);
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert!(matches!(ran.code, 0 | 1 | 3), "{}\n{}", ran.stderr, ran.stdout);
    let all = workshop.record("alone");
    let mut outcomes = Vec::new();
    for case in all["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let ran = workshop.run(&["run", "spec.toml", "-q", "-k", id]);
        let alone = workshop.record_of_selected("alone");
        let found = alone["cases"].as_array().unwrap().iter().find(|one| one["id"] == id);
        let found = found.unwrap_or_else(|| panic!("{id}: {}", ran.stderr));
        assert_eq!(came(found), came(case), "{id}\nalone: {}\namong all: {}", found["message"], case["message"]);
        // Where a rule needs none, there is one if another case of the run needs it.
        let [interval, other] = [found, case].map(|case| &case["verdict"]["interval"]);
        assert!(interval == other || interval.is_null(), "{id}: alone {interval}, among all {other}");
        outcomes.push(case["verdict"]["outcome"]["outcome"].as_str().unwrap().to_owned());
    }
    outcomes
}

fn holds_every(outcomes: &[String]) {
    for wanted in ["pass", "fail"] {
        let count = outcomes.iter().filter(|outcome| *outcome == wanted).count();
        assert!(count > 2, "{count} of {} are {wanted}", outcomes.len());
    }
}

#[test]
fn a_case_of_detectors_alone_is_judged_as_among_all() {
    let workshop = Workshop::new();
    detectors(&workshop);
    let labelled = CHECKS_ON_LABELS.iter().map(|check| format!("[[check]]\ndataset = \"seen\"\n{check}"));
    let both = CHECKS_WITHOUT.iter().map(|check| format!("[[check]]\n{check}"));
    let spec = format!("{DETECTORS}{}", labelled.chain(both).collect::<String>());
    workshop.write("spec.toml", &spec);
    let ran = workshop.run(&["run", "spec.toml", "-q", "--intervals"]);
    assert!(matches!(ran.code, 1 | 3), "{}", ran.stderr);
    let accepted = workshop.run(&["baseline", "accept", "--reason", "first", "--failed"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    let outcomes = hold_each_against_all(&workshop, &spec);
    assert!(outcomes.len() > 60, "{}", outcomes.len());
    holds_every(&outcomes);

    // The same of a run that ends at the first failure: it answers case by case.
    let stable = "[[check]]\ndataset = \"frames\"\non = \"fog@3\"\nmetric = \"stability\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\n";
    workshop.write("spec.toml", format!("{DETECTORS}{stable}"));
    let judged = |args: &[&str]| {
        workshop.run(&[&["run", "spec.toml", "-q"], args].concat());
        came(&workshop.record("alone")["cases"][0])
    };
    assert_eq!(judged(&["--fail-fast"]), judged(&[]));
}

#[test]
fn a_case_of_classifiers_alone_is_judged_as_among_all() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    for model in ["bccd_cells", "bccd_cells_rough"] {
        let file = std::fs::read(repository(&format!("examples/models/{model}.onnx"))).unwrap();
        workshop.write(&format!("{model}.onnx"), file);
    }
    let head = r#"
version = 1
name = "alone"
task = "classify"
[dataset.cells]
format = "coco"
path = "labels.json"
images = "images"
crops = 1.2
[model.old]
kind = "onnx"
path = "bccd_cells.onnx"
[model.new]
kind = "onnx"
path = "bccd_cells_rough.onnx"
[perturbation.noise]
kind = "gaussian_noise"
severity = 5
"#;
    let checks = [
        "on = \"noise\"\nmetric = \"top1\"\nmax_drop = 0.05\n",
        "on = \"noise\"\nmetric = \"balanced_accuracy\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\n",
        "on = \"noise\"\nmetric = \"stability\"\nmin = 0.8\n",
        "on = \"noise\"\nmetric = \"stability\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\n",
        "on = \"noise\"\nmetric = \"affected\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 0.05\n",
        "on = \"noise\"\nmetric = \"risk\"\nmodel = \"new\"\nreference = \"old\"\nmax_regression = 5\n",
        "on = \"noise\"\nmetric = \"agreement\"\nmodel = \"new\"\nreference = \"old\"\nmin = 0.7\n",
    ];
    let checks = checks.map(|check| format!("[[check]]\n{check}")).concat();
    let outcomes = hold_each_against_all(&workshop, &format!("{head}{checks}"));
    assert_eq!(outcomes.len(), 9);
    assert!(outcomes.iter().all(|outcome| outcome == "pass" || outcome == "fail"), "{outcomes:?}");
}
