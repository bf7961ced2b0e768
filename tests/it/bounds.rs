//! What bounds hold and what they must not let pass: losses equal to them, models that find nothing, corrections over more
//! cases than the resamples can tell apart.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::Workshop;

/// Labels of so many grey images with two objects each; every third image has one of the second category.
fn labels(workshop: &Workshop, images: usize) -> Value {
    let image = |id: usize| json!({"id": id, "file_name": format!("{id}.png"), "width": 100, "height": 100});
    let object = |at: usize| {
        let (image, place) = (at / 2, at % 2);
        let category = if image % 3 == 0 && place == 1 { 2 } else { 1 };
        json!({
            "id": at + 1, "image_id": image, "category_id": category, "bbox": [10 + 50 * place, 20, 30, 40], "area": 1200,
            "iscrowd": 0,
        })
    };
    let labels = json!({
        "images": (0..images).map(image).collect::<Vec<_>>(),
        "annotations": (0..2 * images).map(object).collect::<Vec<_>>(),
        "categories": [{"id": 1, "name": "common"}, {"id": 2, "name": "rare"}],
    });
    for id in 0..images {
        workshop.picture(&format!("images/{id}.png"), 100, 100);
    }
    workshop.write("labels.json", labels.to_string());
    labels
}

/// Writes results that find those of the objects, by position, that `finds` says. No two files are the same to the byte,
/// as those of other images are not.
fn write(workshop: &Workshop, labels: &Value, name: &str, finds: impl Fn(usize) -> bool) {
    let objects = labels["annotations"].as_array().unwrap().iter().enumerate().filter(|(at, _)| finds(*at));
    let off: f64 = name.bytes().map(|byte| 1e-7 * f64::from(byte)).sum();
    let found = objects.map(|(at, object)| {
        let score = 0.9 - 0.001 * at as f64 - off;
        json!({"image_id": object["image_id"], "category_id": object["category_id"], "bbox": object["bbox"], "score": score})
    });
    workshop.write(&format!("{name}.json"), Value::Array(found.collect()).to_string());
}

fn spec(models: &[&str], severities: &str, rest: &str) -> String {
    let models = models.iter().fold(String::new(), |mut text, model| {
        let _infallible =
            writeln!(text, "[model.{model}]\nkind = \"precomputed\"\npath = \"{model}/{{condition}}.json\"");
        text
    });
    format!(
        "version = 1\nname = \"bounds\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n{models}\
         [perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = {severities}\n{rest}"
    )
}

fn outcome(case: &Value) -> &str {
    case["verdict"]["outcome"]["outcome"].as_str().unwrap()
}

#[test]
fn a_loss_equal_to_its_bound_holds_and_its_message_does_not_contradict_itself() {
    let workshop = Workshop::new();
    let labels = labels(&workshop, 10);
    // Recall 16/20 = 0.8 on clean images, 15/20 = 0.75 and 12/20 = 0.6 under blur; the other model has 17/20 = 0.85.
    for (name, found) in
        [("m/clean", 16), ("m/blur@1", 15), ("m/blur@2", 12), ("o/clean", 17), ("o/blur@1", 17), ("o/blur@2", 17)]
    {
        write(&workshop, &labels, name, |at| at < found);
    }
    let check = |bound: &str| {
        let reference = if bound.contains("regression") || bound.contains("gain") { "reference = \"o\"\n" } else { "" };
        let on = if bound.contains("relative") { "blur@2" } else { "blur@1" };
        format!("[[check]]\nmodel = \"m\"\non = \"{on}\"\n{reference}rule = \"point\"\n{bound}\n")
    };
    let bounds = [
        "min = 0.75",
        "max = 0.75",
        "max_drop = 0.05",
        "max_relative_drop = 0.25",
        "max_regression = 0.1",
        "min_gain = -0.1",
    ];
    let defaults = "[defaults]\nmetric = \"recall\"\n";
    let checks: String = bounds.iter().map(|bound| check(bound)).collect();
    workshop.write("spec.toml", spec(&["m", "o"], "[1, 2]", &format!("{defaults}{checks}")));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--intervals"]);
    let record = workshop.record("bounds");
    for case in record["cases"].as_array().unwrap() {
        let message = case["message"].as_str().unwrap();
        assert_eq!(outcome(case), "pass", "{message}");
        assert!(!message.contains(" > ") && !message.contains(" < "), "{message}");
    }
    assert_eq!((ran.code, record["counts"]["passed"].as_u64()), (0, Some(6)), "{}", ran.stderr);
    // The same by a hair more is broken, and the message shows the hair.
    let broken = ["min = 0.7500001", "max_drop = 0.0499999", "max_relative_drop = 0.2499999"];
    let checks: String = broken.iter().map(|bound| check(bound)).collect();
    workshop.write("spec.toml", spec(&["m", "o"], "[1, 2]", &format!("{defaults}{checks}")));
    assert_eq!(workshop.run(&["run", "spec.toml", "-q"]).code, 1);
    let record = workshop.record("bounds");
    assert_eq!(record["counts"]["failed"], 3, "{}", record["cases"]);
    assert!(record["cases"].to_string().contains("recall drop 0.0500000 > 0.0499999"), "{}", record["cases"]);
}

#[test]
fn a_model_that_finds_nothing_never_passes() {
    let metrics = [
        "map",
        "map50",
        "map_medium",
        "mar_100",
        "voc07",
        "precision",
        "recall",
        "f1",
        "stability",
        "affected",
        "mpc",
        "rpc",
        "risk",
    ];
    for images in [4, 9] {
        let workshop = Workshop::new();
        let labels = labels(&workshop, images);
        let conditions = ["clean", "blur@1", "blur@2", "blur@3"];
        for (at, condition) in conditions.iter().enumerate() {
            // The old model finds most; `lost` finds nothing under blur, `dead` nothing at all. No model sees the last image.
            let sees = |object: usize| object / 2 + 1 < images && !(object + at).is_multiple_of(5);
            write(&workshop, &labels, &format!("old/{condition}"), sees);
            write(&workshop, &labels, &format!("lost/{condition}"), |object| at == 0 && sees(object));
            workshop.write(&format!("dead/{condition}.json"), "[]");
        }
        for rule in ["point", "significant", "non_inferior"] {
            let mut checks = String::from("[defaults]\nresamples = 100\n");
            for metric in metrics {
                let is_lower = ["affected", "risk"].contains(&metric);
                let scale = if metric == "risk" { 100.0 } else { 1.0 };
                let is_summary = ["mpc", "rpc", "risk"].contains(&metric);
                let bounds: &[&str] = match metric {
                    "stability" | "affected" | "rpc" | "risk" => &["own", "max_regression", "min_gain"],
                    _ => &["own", "max_drop", "max_relative_drop", "max_regression", "min_gain"],
                };
                for (bound, aggregate) in bounds.iter().flat_map(|bound| ["", "mean", "worst"].map(|how| (*bound, how)))
                {
                    if is_summary && !aggregate.is_empty() {
                        continue;
                    }
                    let bound = match bound {
                        "own" if is_lower => format!("max = {}", 0.9 * scale),
                        "own" => "min = 0.05".to_owned(),
                        "min_gain" => format!("min_gain = {}", -0.3 * scale),
                        other => format!("{other} = {}", 0.3 * scale),
                    };
                    let reference = if bound.contains("regression") || bound.contains("gain") {
                        "reference = \"old\"\n"
                    } else {
                        ""
                    };
                    let aggregate =
                        if aggregate.is_empty() { String::new() } else { format!("aggregate = \"{aggregate}\"\n") };
                    let _infallible = writeln!(
                        checks,
                        "[[check]]\nmodel = [\"lost\", \"dead\"]\non = \"all\"\nmetric = \"{metric}\"\nrule = \"{rule}\"\n{bound}\n\
                         {reference}{aggregate}"
                    );
                }
            }
            let rare = "[[check]]\nmodel = \"dead\"\non = \"clean\"\nreference = \"old\"\nmetric = \"map50\"\ncategory = \"rare\"\n\
                        max_regression = 0.05\n";
            workshop.write("spec.toml", spec(&["old", "lost", "dead"], "[1, 2, 3]", &format!("{checks}{rare}")));
            let ran = workshop.run(&["run", "spec.toml", "-q"]);
            assert_eq!(ran.code, 3, "{}", ran.stderr);
            let record = workshop.record("bounds");
            let cases = record["cases"].as_array().unwrap();
            assert!(cases.len() > 150, "{}", cases.len());
            for case in cases {
                let outcome = outcome(case);
                assert!(
                    outcome == "fail" || outcome == "error",
                    "{images} images, {rule}, {}: {}",
                    case["id"],
                    case["message"]
                );
            }
            let failed = cases.iter().filter(|case| outcome(case) == "fail").count();
            // Beyond chance four images show nothing: what half of all images turn over, they miss once in 16 times.
            let are_too_few = rule == "significant" && images == 4;
            assert!(failed > 30 || are_too_few, "{images}, {rule}: only {failed} of {} fail", cases.len());
        }
    }
}

#[test]
fn a_check_that_so_few_images_cannot_decide_says_how_many_it_takes() {
    let workshop = Workshop::new();
    let labels = labels(&workshop, 12);
    // Of the four rare objects one is found: the figure of the old model is itself uncertain.
    for condition in ["clean", "blur@1"] {
        write(&workshop, &labels, &format!("old/{condition}"), |at| at % 6 != 1 || at == 1);
        write(&workshop, &labels, &format!("new/{condition}"), |at| at % 6 != 1);
    }
    let check = "[[check]]\nmodel = \"new\"\non = \"clean\"\nreference = \"old\"\nmetric = \"recall\"\ncategory = \"rare\"\n\
                 max_regression = 0.05\n";
    workshop.write("spec.toml", spec(&["old", "new"], "[1]", check));
    let ran = workshop.run(&["run", "spec.toml", "-q"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.says("it cannot fail on these 12 images: the regression of a model that finds nothing is 0.250"),
        "{}",
        ran.stderr
    );
    assert!(ran.says("take about ") && ran.says(" images like these"), "{}", ran.stderr);
}

#[test]
fn a_correction_that_the_resamples_of_a_baseline_cannot_decide_is_an_error_with_the_way_out() {
    let workshop = Workshop::new();
    let labels = labels(&workshop, 20);
    let write = |finds: fn(usize) -> bool| {
        for condition in ["clean", "blur@1", "blur@2", "blur@3", "blur@4", "blur@5"] {
            self::write(&workshop, &labels, &format!("m/{condition}"), finds);
        }
    };
    let check = "[[check]]\non = \"blur\"\nmax_regression = 0.02\n";
    let with = |resamples: usize, correction: &str| {
        let rest = format!("[defaults]\nresamples = {resamples}\n{check}{correction}");
        workshop.write("spec.toml", spec(&["m"], "[1, 2, 3, 4, 5]", &rest));
        workshop.run(&["run", "spec.toml", "-q"])
    };
    write(|at| at % 7 != 0);
    assert_eq!(with(100, "").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "first"]).code, 0);
    write(|at| at % 7 == 0);
    let ran = with(1000, "correction = \"holm\"\n");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(workshop.record("bounds")["counts"]["errors"], 5);
    assert!(ran.says("it cannot be decided as one of 5 corrected cases: that takes 199 resamples"), "{}", ran.stderr);
    assert!(ran.says("run the accepted model with `resamples = 1000`"), "{}", ran.stderr);
    // It is known before anything is run.
    let told = workshop.run(&["check", "spec.toml"]);
    assert!(told.says("holds 100 resamples for m/d/blur@1/map:max_regression"), "{}", told.stderr);
    assert!(told.says("and as corrected cases they take 199: that is an error"), "{}", told.stderr);
    // The way out works: with as many on both sides all five fail.
    write(|at| at % 7 != 0);
    assert_eq!(with(199, "").code, 0);
    assert_eq!(workshop.run(&["baseline", "accept", "--reason", "more resamples"]).code, 0);
    write(|at| at % 7 == 0);
    assert_eq!(with(199, "correction = \"holm\"\n").code, 1);
    assert_eq!(workshop.record("bounds")["counts"]["failed"], 5);
}

#[test]
fn the_worst_condition_is_named_with_its_own_figures() {
    let workshop = Workshop::new();
    let labels = labels(&workshop, 20);
    for (condition, period) in [("clean", 99), ("blur@1", 9), ("blur@2", 4), ("blur@3", 8)] {
        write(&workshop, &labels, &format!("old/{condition}"), |_| true);
        write(&workshop, &labels, &format!("new/{condition}"), |at| at % period != 0);
    }
    let check = "[[check]]\nmodel = \"new\"\non = \"all\"\nreference = \"old\"\nmetric = \"recall\"\naggregate = \"worst\"\n\
                 max_regression = 0.02\n[[check]]\nmodel = \"new\"\non = \"all\"\nmetric = \"recall\"\naggregate = \"worst\"\nmin = 0.5\n";
    workshop.write("spec.toml", spec(&["old", "new"], "[1, 2, 3]", check));
    let ran = workshop.run(&["run", "spec.toml", "-v"]);
    assert!(ran.says("recall regression 0.250 > 0.020 (worst at blur@2: old 1.000 -> 0.750"), "{}", ran.stderr);
    assert!(ran.says("recall 0.750 >= 0.500 (worst at blur@2, "), "{}", ran.stderr);
}

/// The `on = [...]` that a message advises.
fn advised(message: &str) -> &str {
    message.split_once("write `").and_then(|(_, rest)| rest.split_once('`')).map_or("", |(line, _)| line)
}

#[test]
fn conditions_that_leave_nothing_to_judge_are_named_with_the_line_that_leaves_them_out() {
    let workshop = Workshop::new();
    let labels = labels(&workshop, 80);
    let conditions = ["clean", "blur@1", "blur@3", "blur@5", "turn"];
    for (model, condition) in ["old", "new"].iter().flat_map(|model| conditions.map(|condition| (model, condition))) {
        // Under the strongest blur nobody finds anything.
        let finds = |at: usize| condition != "blur@5" && (!at.is_multiple_of(8) || *model == "old");
        write(&workshop, &labels, &format!("{model}/{condition}"), finds);
    }
    let rest = "[perturbation.turn]\nkind = \"horizontal_flip\"\n";
    let judged = |check: &str| {
        workshop.write("spec.toml", spec(&["old", "new"], "[1, 3, 5]", &format!("{rest}{check}")));
        let ran = workshop.run(&["run", "spec.toml", "-q"]);
        (ran.code, workshop.record("bounds")["cases"].as_array().unwrap().clone())
    };
    let against = "model = \"new\"\nreference = \"old\"\nmetric = \"recall\"";
    let precise = "model = \"new\"\nmetric = \"precision\"\nmin = 0.5";
    let none = "what it is compared with is 0";
    let no_figure = "there is nothing to measure it on";
    for (on, keys, reason, line) in [
        ("\"all\"", format!("{against}\nmax_regression = 0.25"), none, r#"on = ["blur@1", "blur@3", "turn"]"#),
        (
            "[\"clean\", \"all\"]",
            format!("{against}\nmax_regression = 0.25\ncorrection = \"holm\""),
            none,
            r#"on = ["clean", "blur@1", "blur@3", "turn"]"#,
        ),
        (
            "\"all\"",
            format!("{against}\nmax_relative_regression = 0.25\naggregate = \"worst\"\nrule = \"point\""),
            none,
            r#"on = ["blur@1", "blur@3", "turn"]"#,
        ),
        ("\"all\"", precise.to_owned(), no_figure, r#"on = ["blur@1", "blur@3", "turn"]"#),
        (
            "[\"turn\", \"blur\"]",
            format!("{precise}\naggregate = \"mean\""),
            no_figure,
            r#"on = ["blur@1", "blur@3", "turn"]"#,
        ),
        ("[\"turn\", \"blur@5\"]", format!("{precise}\naggregate = \"worst\""), no_figure, r#"on = ["turn"]"#),
    ] {
        let check = |on: &str| format!("[[check]]\non = {on}\n{keys}\n");
        let (code, cases) = judged(&check(on));
        assert_eq!(code, 3, "{on} {keys}");
        let errors: Vec<&str> = cases
            .iter()
            .filter(|case| outcome(case) == "error")
            .map(|case| case["message"].as_str().unwrap())
            .collect();
        let [message] = errors[..] else { panic!("{on} {keys}: {errors:?}") };
        assert!(
            message.contains(reason) && message.contains("the check cannot be judged under blur@5: write `on = "),
            "{message}"
        );
        assert!(message.contains(", or set milder levels in [perturbation.blur]"), "{message}");
        assert_eq!(advised(message), line, "{message}");
        // What is advised parses, and judges everything.
        let (code, left) = judged(&check(line.strip_prefix("on = ").unwrap()));
        assert!(code == 0 && left.iter().all(|case| outcome(case) == "pass"), "{line} {keys}: {left:?}");
        assert_eq!(left.len(), if keys.contains("aggregate") { 1 } else { cases.len() - 1 });
    }
    // Where nothing else is left only a milder level is.
    let (_, cases) = judged(&format!("[[check]]\non = \"blur@5\"\n{precise}\n"));
    let message = cases[0]["message"].as_str().unwrap();
    assert!(
        message.ends_with("the check cannot be judged under blur@5: set milder levels in [perturbation.blur]"),
        "{message}"
    );
    // And where clean images are at fault nothing of it is said.
    write(&workshop, &labels, "new/clean", |_| false);
    let (_, cases) = judged(&format!("[[check]]\non = [\"clean\", \"turn\"]\n{precise}\n"));
    let message = cases[0]["message"].as_str().unwrap();
    assert!(outcome(&cases[0]) == "error" && !message.contains("the check cannot be judged under"), "{message}");
    // Nor where all of them want more images.
    write(&workshop, &labels, "old/clean", |at| at < 40);
    for condition in ["blur@1", "blur@3", "blur@5", "turn"] {
        write(&workshop, &labels, &format!("old/{condition}"), |at| at < 40);
        write(&workshop, &labels, &format!("new/{condition}"), |at| at < 40);
    }
    write(&workshop, &labels, "new/clean", |at| at < 40);
    for on in ["\"all\"", "[\"clean\", \"all\"]"] {
        let (_, cases) = judged(&format!("[[check]]\non = {on}\n{against}\nmax_regression = 0.24\n"));
        let messages: Vec<&str> = cases.iter().map(|case| case["message"].as_str().unwrap()).collect();
        let is_so =
            |message: &&str| message.contains("it cannot fail") && !message.contains("the check cannot be judged");
        assert!(messages.iter().all(is_so), "{messages:?}");
        assert!(messages[0].contains("on these 80 images") && messages[0].contains("take about"), "{messages:?}");
    }
}
