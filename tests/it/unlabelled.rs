//! Pictures without labels: what a model says of them is held against what it said of the clean ones, and nothing else.

use serde_json::{Value, json};

use crate::support::{DATASET, Ran, Workshop, detector, repository};

const FRAMES: &str = "[dataset.frames]\nformat = \"images\"\npath = \"images\"\n";
const NOISE: &str = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = [1, 3]\n";
const STABLE: &str = "[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = 0.9\n";

fn run(workshop: &Workshop, parts: &[&str]) -> Ran {
    workshop.write("spec.toml", format!("version = 1\nname = \"frames\"\n{}", parts.join("\n")));
    workshop.run(&["run", "spec.toml", "-q"])
}

fn cells<'r>(record: &'r Value, dataset: &str) -> Vec<&'r Value> {
    record["cells"].as_array().unwrap().iter().filter(|cell| cell["dataset"] == dataset).collect()
}

#[test]
fn agreement_is_the_same_with_and_without_labels_and_nothing_else_is_known() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let tables = "[defaults]\nmetric = \"map\"\n";
    let ran = run(&workshop, &[tables, DATASET, FRAMES, &detector("a"), NOISE, STABLE]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = workshop.record("frames");
    let (labelled, frames) = (cells(&record, "test"), cells(&record, "frames"));
    assert_eq!((labelled.len(), frames.len()), (3, 3));
    for (labelled, frames) in labelled.iter().zip(frames) {
        for (metric, figure) in frames["figures"].as_object().unwrap() {
            match metric.as_str() {
                "stability" | "affected" => assert_eq!(*figure, labelled["figures"][metric], "{metric}"),
                _ => assert!(figure.is_null(), "{metric} is told of pictures without labels: {figure}"),
            }
        }
        assert_eq!(frames["detections"], labelled["detections"]);
    }
    let robustness = |dataset: &str| {
        record["robustness"].as_array().unwrap().iter().find(|found| found["dataset"] == dataset).unwrap()
    };
    assert_eq!(robustness("frames")["risk"], robustness("test")["risk"]);
    assert!(robustness("frames")["mpc"].is_null() && robustness("test")["mpc"].is_number());
}

#[test]
fn what_changed_most_is_listed_and_shown_beside_the_clean_answers() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let ran = run(&workshop, &[FRAMES, &detector("a"), NOISE, STABLE]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.says("images whose answers changed most, by F1 with the clean ones:"), "{}", ran.stdout);
    let record = workshop.record("frames");
    assert_eq!(record["spec"]["metric"], "stability", "tables show what can be measured");
    let failed = |case: &&Value| case["id"] == "a/frames/noise@3/stability:min";
    let case = record["cases"].as_array().unwrap().iter().find(failed).unwrap();
    let losses = case["image_losses"].as_array().unwrap();
    assert!(
        !losses.is_empty() && losses.iter().all(|loss| loss["before"] == 1.0 && loss["after"].as_f64() < Some(1.0))
    );
    assert!(workshop.path("target/windtunnel/frames").join(case["picture"].as_str().unwrap()).exists());
    let gallery = |gallery: &&Value| gallery["sheet"] == case["picture"];
    let gallery = record["galleries"].as_array().unwrap().iter().find(gallery).unwrap();
    let pair = &gallery["pairs"][0];
    let count =
        |shot: &Value, kind: &str| shot["boxes"].as_array().unwrap().iter().filter(|one| one["kind"] == kind).count();
    assert_eq!(
        count(&pair["before"], "found"),
        count(&pair["before"], "truth"),
        "the clean answers agree with themselves"
    );
    assert!(count(&pair["after"], "missed") + count(&pair["after"], "false") > 0);
}

#[test]
fn a_metric_of_labels_is_a_mistake_with_a_way_out() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    for metric in ["map", "recall", "fp_on_empty_images", "mpc", "suspect_labels"] {
        let on = if metric == "suspect_labels" { "max = 0\n" } else { "on = \"all\"\nmax = 0.9\n" };
        let check = format!("[[check]]\nmetric = \"{metric}\"\n{on}");
        let ran = run(&workshop, &[FRAMES, &detector("a"), NOISE, &check]);
        assert_eq!(ran.code, 2, "{metric}: {}", ran.stderr);
        assert!(ran.says("has no labels") || ran.says("it has no labels"), "{metric}: {}", ran.stderr);
    }
    let ran =
        run(&workshop, &[FRAMES, &detector("a"), NOISE, "[[check]]\non = \"all\"\nmetric = \"map\"\nmin = 0.1\n"]);
    assert!(ran.says("name a metric that needs none (`stability`, `affected`, `risk`, `agreement`)"), "{}", ran.stderr);
}

#[test]
fn that_nothing_is_probed_without_labels_is_said() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let (models, spec) = (detector("a"), "version = 1\nname = \"frames\"\n");
    workshop.write("spec.toml", [spec, FRAMES, &models, NOISE, STABLE].join("\n"));
    let ran = workshop.run(&["check", "--probe", "spec.toml"]);
    assert!(
        ran.code == 0 && ran.says("nothing is probed on `frames`, as only labels tell"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn a_pattern_names_some_pictures_and_none_is_an_error() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let with = |path: &str| FRAMES.replace("\"images\"\npath = \"images\"", &format!("\"images\"\npath = \"{path}\""));
    let ran = run(&workshop, &[&with("images/BloodImage_0000*.jpg"), &detector("a"), NOISE, STABLE]);
    assert!(ran.code < 2, "{}", ran.stderr);
    let images = workshop.record("frames")["datasets"][0]["images"].as_u64().unwrap();
    assert!((1..6).contains(&images), "{images}");
    let ran = run(&workshop, &[&with("*.jpg"), &detector("a"), NOISE, STABLE]);
    assert!(
        ran.code == 3 && ran.says("but 6 in folders further down") && ran.says("`**` for folders"),
        "{}",
        ran.stderr
    );
    let ran = run(&workshop, &[&with("images/*.png"), &detector("a"), NOISE, STABLE]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("it has no picture that `path` names"), "{}", ran.stderr);
}

#[test]
fn a_model_that_does_not_tell_its_classes_needs_them_listed() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    for (condition, score) in [("clean", 0.9), ("noise@1", 0.8), ("noise@3", 0.7)] {
        let found = json!([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50], "score": score}]);
        workshop.write(&format!("results/{condition}.json"), found.to_string());
    }
    let model = "[model.p]\nkind = \"precomputed\"\npath = \"results/{condition}.json\"\n";
    let ran = run(&workshop, &[FRAMES, model, NOISE, STABLE]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says("list the names of its classes in `categories = [...]` of [dataset.frames]"), "{}", ran.stderr);
    let listed = format!("{FRAMES}categories = [\"cell\"]\n");
    let ran = run(&workshop, &[&listed, model, NOISE, STABLE]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
}

#[test]
fn init_drafts_a_folder_of_pictures_that_nothing_labels() {
    let workshop = Workshop::new();
    let pictures =
        std::fs::read_dir(repository("examples/coco-mini/images")).unwrap().map(|entry| entry.unwrap().path());
    let mut pictures: Vec<_> = pictures.filter(|path| path.extension().is_some_and(|found| found == "jpg")).collect();
    pictures.sort();
    for path in pictures.iter().take(12) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        workshop.write(&format!("images/{name}"), std::fs::read(path).unwrap());
    }
    std::fs::copy(repository("examples/models/yolox_nano.onnx"), workshop.path("yolox.onnx")).unwrap();
    let ran = workshop.run(&["init", "."]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("no labels: nothing here says what is in them"), "{}", ran.stderr);
    let spec = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(spec.contains("[dataset.pictures]\nformat = \"images\"\npath = \"../images\"\n"), "{spec}");
}

/// Two models on six pictures without labels: the blood-cell detector, and result files that name one cell on the first
/// picture, always the same, and nothing on the others.
const SILENT: &str = "[model.silent]\nkind = \"precomputed\"\npath = \"results/{condition}.json\"\n";

fn with_a_silent_model(workshop: &Workshop) -> String {
    workshop.blood_cells(6);
    for (condition, score) in [("clean", 0.9), ("noise@1", 0.8), ("noise@3", 0.7)] {
        let found = json!([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50], "score": score}]);
        workshop.write(&format!("results/{condition}.json"), found.to_string());
    }
    format!("{FRAMES}categories = [\"RBC\", \"WBC\", \"Platelets\"]\n{}{SILENT}{NOISE}", detector("a"))
}

#[test]
fn without_labels_nobody_is_recommended_and_a_silent_model_is_told() {
    let workshop = Workshop::new();
    let models = with_a_silent_model(&workshop);
    let parity = "[[check]]\non = \"all\"\nmodel = \"silent\"\nreference = \"a\"\nmetric = \"agreement\"\nmin = 0.8\n";
    let ran = run(&workshop, &[&models, parity]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stderr, ran.stdout);
    assert!(!ran.says("ship `"), "{}", ran.stdout);
    assert!(ran.says("`silent` finds nothing on 5 of 6 clean images"), "{}", ran.stdout);
    assert!(ran.says("risk 0.0 of 100, finds something on 1 of 6 clean images"), "{}", ran.stdout);
    assert!(ran.says("of 100, finds something on 6 of 6 clean images"), "{}", ran.stdout);
    let folder = workshop.path("target/windtunnel/frames");
    let told = workshop.record("frames")["comparisons"][0]["recommendation"].as_str().unwrap().to_owned();
    assert!(told.contains("neither is recommended: stability says how steadily a model answers"), "{told}");
    assert!(
        told.contains("silent is the steadier one")
            && told.contains("`silent` finds something on only 1 of 6 clean images"),
        "{told}"
    );
    let page = std::fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(!page.contains("ship ") && page.contains("Images with findings"));
    // What tells the two apart comes before what flatters the silent one.
    assert!(told.contains("silent agrees with a: ") && !told.contains("without them a check"), "{told}");
    assert!(ran.stdout.find("agreement with a on frames") < ran.stdout.find("stability on frames"), "{}", ran.stdout);
    assert!(ran.says("agreement with a on frames"), "{}", ran.stdout);
    let at = |id: &str| page.find(&format!("<section id=\"{id}\"")).unwrap();
    assert!(at("agreement") < at("models") && at("agreement") < at("conditions"));
}

#[test]
fn a_model_whose_checks_fail_is_not_to_be_shipped_however_good_its_figures_are() {
    let workshop = Workshop::new();
    let labels = workshop.blood_cells(6);
    for (condition, score) in [("clean", 0.9), ("noise@1", 0.8), ("noise@3", 0.7)] {
        let id = &labels["images"][0]["id"];
        let found = json!([{"image_id": id, "category_id": 1, "bbox": [10, 10, 50, 50], "score": score}]);
        workshop.write(&format!("results/{condition}.json"), found.to_string());
    }
    let models = format!("{DATASET}{}{SILENT}{NOISE}", detector("a"));
    for (least, is_to_ship) in [(0.1, true), (0.99, false)] {
        let check = format!("[[check]]\non = \"clean\"\nmodel = \"a\"\nmetric = \"map50\"\nmin = {least}\n");
        // What only warns speaks against nobody.
        let told = format!("{STABLE}level = \"warn\"\nreason = \"told\"\n");
        let ran = run(&workshop, &[&models, &check, &told]);
        assert_eq!(ran.code, i32::from(!is_to_ship), "{}\n{}", ran.stderr, ran.stdout);
        let told = workshop.record("frames")["comparisons"][0]["recommendation"].as_str().unwrap().to_owned();
        assert_eq!(ran.says("ship `a`"), is_to_ship, "{}", ran.stdout);
        assert_eq!(told.contains("ship a: "), is_to_ship, "{told}");
        let objection = "not to be shipped as it is: 1 of 3 checks of a does not hold";
        assert_eq!(told.contains(objection), !is_to_ship, "{told}");
        assert_eq!(
            ran.says("not to be shipped as it is: 1 of 3 checks of `a` does not hold"),
            !is_to_ship,
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn beside_a_reference_that_says_much_more_a_silent_model_fails() {
    let workshop = Workshop::new();
    let models = with_a_silent_model(&workshop);
    let regression = "[[check]]\non = \"all\"\nmodel = \"silent\"\nreference = \"a\"\nmetric = \"stability\"\nmax_regression = 0.05\n";
    let ran = run(&workshop, &[&models, regression]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stderr, ran.stdout);
    assert!(ran.says("`silent` finds nothing of a score of at least 0.3 on 5 of 6 clean images"), "{}", ran.stdout);
    assert!(
        ran.says("the reference `a` finds nothing on 0: what a model does not say cannot change"),
        "{}",
        ran.stdout
    );
    // A reference that is as silent tells nothing of it, and the other way round nothing is held against the one that speaks.
    let other_way = "[[check]]\non = \"all\"\nmodel = \"a\"\nreference = \"silent\"\nmetric = \"stability\"\nmax_regression = 0.99\n";
    let ran = run(&workshop, &[&models, other_way]);
    assert!(!ran.says("finds nothing of a score"), "{}", ran.stdout);
}

#[test]
fn that_a_silent_model_cannot_be_judged_is_told_of_the_model_with_a_way_out() {
    let workshop = Workshop::new();
    let models = with_a_silent_model(&workshop);
    let check = "[[check]]\non = \"all\"\nmodel = \"silent\"\nmetric = \"stability\"\nmin = 0.7\n";
    let way_out = "Hold it against a model that you trust (`metric = \"agreement\"` with `reference`)";
    let ran = run(&workshop, &[&models, check]);
    assert_eq!(ran.code, 3, "{}\n{}", ran.stderr, ran.stdout);
    assert!(ran.says("on 5 of 6 clean images") && ran.says("silence agrees with silence"), "{}", ran.stdout);
    assert!(ran.says(way_out), "{}", ran.stdout);
    assert!(!ran.says("set a bound above"), "{}", ran.stdout);
    for (condition, nothing) in [("clean", "[]"), ("noise@1", "[ ]"), ("noise@3", "[  ]")] {
        workshop.write(&format!("results/{condition}.json"), nothing);
    }
    let ran = run(&workshop, &[&models, check]);
    assert_eq!(ran.code, 3, "{}\n{}", ran.stderr, ran.stdout);
    assert!(ran.says("on 6 of 6 clean images") && ran.says(way_out), "{}", ran.stdout);
}

/// Four cases that rest on one silence: a failure beside a reference, two that cannot be judged, and one that fails by its
/// number.
#[test]
fn how_silent_a_model_is_is_told_once_in_a_report_and_in_each_case_of_junit() {
    let workshop = Workshop::new();
    let models = with_a_silent_model(&workshop);
    let on_silent = |rest: &str| format!("[[check]]\non = \"all\"\nmodel = \"silent\"\n{rest}\n");
    let checks = [
        on_silent("metric = \"stability\"\nreference = \"a\"\nmax_regression = 0.05"),
        on_silent("metric = \"stability\"\nmin = 0.7"),
        on_silent("metric = \"risk\"\nmax = 60"),
    ];
    let told = "`silent` finds nothing of a score of at least 0.3 on 5 of 6 clean images";
    let once = |text: &str, told: &str| assert_eq!(text.matches(told).count(), 1, "{told}: {text}");
    let report = |to: &str| {
        let ran = workshop.run(&["report", "target/windtunnel/frames/record.json", "--to", to]);
        // Lines are broken between words, and names stand in code or in tags of their own.
        let marks = ["<strong><bdi>", "</bdi></strong>", "<code>", "</code>"];
        let text = marks.iter().fold(ran.stdout, |text, mark| text.replace(mark, "`"));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for checks in [&checks[..], &checks[1..]] {
        let ran =
            run(&workshop, &[&[models.as_str()], &checks.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
        assert!(ran.code > 0, "{}", ran.stdout);
        for to in ["console", "markdown", "html"] {
            once(&report(to), told);
            once(&report(to), "Hold it against a model that you trust");
            assert!(!report(to).contains("finds nothing on 5 of 6"), "{to}");
        }
        let record = workshop.record("frames");
        let cases = record["cases"].as_array().unwrap();
        let rest: Vec<&Value> = cases.iter().filter(|case| case["silence"]["told"] == told).collect();
        assert_eq!(rest.len(), cases.len(), "{record}");
        let junit = report("junit");
        for case in rest {
            assert!(case["message"].as_str().unwrap().starts_with(told), "{case}");
            assert!(!case["silence"]["rest"].as_str().unwrap().contains(told), "{case}");
        }
        assert!(junit.matches("finds nothing of a score of at least 0.3 on 5 of 6").count() >= cases.len(), "{junit}");
    }
    // A record of before has whole messages alone.
    let mut record = workshop.record("frames");
    for case in record["cases"].as_array_mut().unwrap() {
        case.as_object_mut().unwrap().remove("silence");
    }
    workshop.write("target/windtunnel/frames/record.json", record.to_string());
    assert!(report("console").contains(&format!("{told}: silence agrees with silence")), "{}", report("console"));
}

#[test]
fn calibrate_proposes_stability_from_any_record_and_it_holds() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let head = [FRAMES, &detector("a"), NOISE].join("\n");
    // One record that failed, and one that passed.
    for (least, code) in [(0.99, 1), (0.001, 0)] {
        let check = format!("[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = {least}\n");
        assert_eq!(run(&workshop, &[&head, &check]).code, code);
        let proposed = workshop.run(&["calibrate"]);
        assert_eq!(proposed.code, 0, "{}", proposed.stderr);
        assert!(proposed.stdout.contains("metric = \"stability\"\n"), "{}", proposed.stdout);
        assert!(!proposed.stdout.contains("max_drop"), "{}", proposed.stdout);
        let ran = run(&workshop, &[&head, &proposed.stdout]);
        assert_eq!(ran.code, 0, "{}\n{}", proposed.stdout, ran.stdout);
    }
    let silent = with_a_silent_model(&workshop);
    let ran = run(&workshop, &[&silent, "[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = 0.9\n"]);
    assert!(ran.code > 0, "{}", ran.stdout);
    let proposed = workshop.run(&["calibrate", "--model", "silent"]);
    assert_eq!(proposed.code, 0, "{}", proposed.stderr);
    let proposed = workshop.run(&["calibrate", "--model", "a"]);
    assert!(proposed.stdout.contains("min = "), "{}", proposed.stdout);
}

/// Pictures of three cameras, and the blood-cell detector.
fn cameras() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(12);
    let mut pictures: Vec<_> =
        std::fs::read_dir(workshop.path("images")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pictures.sort();
    for (folder, pictures) in ["gate", "ramp", "yard"].iter().zip(pictures.chunks(4)) {
        for picture in pictures {
            let name = picture.file_name().unwrap().to_string_lossy().into_owned();
            workshop.write(&format!("cams/{folder}/{name}"), std::fs::read(picture).unwrap());
        }
    }
    std::fs::remove_dir_all(workshop.path("images")).unwrap();
    std::fs::remove_file(workshop.path("labels.json")).unwrap();
    for (name, source) in [("best", "bccd_a"), ("int8", "bccd_a_int8")] {
        let model = std::fs::read(repository(&format!("examples/models/{source}.onnx"))).unwrap();
        workshop.write(&format!("models/{name}.onnx"), model);
    }
    workshop
}

#[test]
fn folders_of_cameras_are_pictures_where_the_models_are_detectors() {
    let workshop = cameras();
    let labels = ["--labels", "RBC,WBC,Platelets"];
    let ran = workshop.run(&[&["init", "-q"], &labels[..]].concat());
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
    assert!(ran.says("(gate, ramp, yard): pictures, not classes, as the models detect objects"), "{}", ran.stdout);
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    assert!(text.contains("format = \"images\"\npath = \"../cams\"\n") && !text.contains("classify"), "{text}");
    for (name, task) in [("p1", &[][..]), ("p2", &["--task", "detect"][..])] {
        let parity = ["parity", "models/best.onnx", "models/int8.onnx", "--dataset", "cams", "--name", name];
        let ran = workshop.run(&[&parity[..], &labels[..], task].concat());
        assert!(ran.says("agreement of int8 with best, on 12 pictures:"), "{}\n{}", ran.stderr, ran.stdout);
    }
}

#[test]
fn a_draft_of_pictures_whose_model_is_left_open_is_judged_once_it_is_filled_in() {
    let workshop = cameras();
    for name in ["best", "int8"] {
        let path = workshop.path(&format!("models/{name}.onnx"));
        std::fs::rename(path, workshop.path(&format!("{name}.elsewhere"))).unwrap();
    }
    assert_eq!(workshop.run(&["init", "-q"]).code, 2, "it has no model");
    let text = std::fs::read_to_string(workshop.path("specs/robustness.toml")).unwrap();
    std::fs::rename(workshop.path("best.elsewhere"), workshop.path("models/best.onnx")).unwrap();
    // As its comments say of folders that are no classes.
    let checks = text.find("\n[[check]]").unwrap();
    let other = text.find("# [[check]]").expect("the draft has a check for pictures without labels");
    let check: String = text[other..].lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
    let filled: String = format!("{}{check}", &text[..=checks])
        .replace("task = \"classify\"\n", "")
        .lines()
        .filter(|line| !line.starts_with("metric = \"balanced_accuracy\"") && !line.starts_with("split"))
        .map(|line| match line {
            line if line.starts_with("format = ") => "format = \"images\"\n".to_owned(),
            line if line.starts_with("path = \"FILL IN") => {
                "path = \"../models/best.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n".to_owned()
            }
            line => format!("{line}\n"),
        })
        .collect();
    workshop.write("specs/robustness.toml", &filled);
    let ran = workshop.run(&["run", "-q"]);
    assert!(ran.code < 2, "{}\n{}\n{filled}", ran.stderr, ran.stdout);
    let proposed = workshop.run(&["calibrate"]);
    assert!(proposed.stdout.contains("metric = \"stability\""), "{}{}", proposed.stdout, proposed.stderr);
}
