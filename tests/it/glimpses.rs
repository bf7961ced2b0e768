//! Glimpses: what models find on clean images is shown where no labels tell whether it is right, and where nothing failed.

use serde_json::{Value, json};
use windtunnel::record::Record;
use windtunnel::report::html;

use crate::support::{DATASET, Ran, Workshop, detector, repository};

const FRAMES: &str = "[dataset.frames]\nformat = \"images\"\npath = \"images\"\n";
const NOISE: &str = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 1\n";
const HOLDS: &str = "[[check]]\non = \"all\"\nmetric = \"stability\"\nmin = 0.01\n";

fn run(workshop: &Workshop, parts: &[&str]) -> Ran {
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{}", parts.join("\n")));
    workshop.run(&["run", "spec.toml", "-q"])
}

fn glimpses(workshop: &Workshop) -> Vec<Value> {
    let found = workshop.record("small").get("glimpses").cloned().unwrap_or(json!([]));
    found.as_array().unwrap().clone()
}

fn page(workshop: &Workshop) -> String {
    std::fs::read_to_string(workshop.path("target/windtunnel/small/report.html")).unwrap()
}

/// The section, without what stands beside the verdict.
fn section(page: &str) -> &str {
    page.split("<section id=\"found\"").nth(1).map_or("", |rest| rest.split("</section>").next().unwrap())
}

fn scores(shot: &Value) -> Vec<f64> {
    shot["boxes"].as_array().unwrap().iter().map(|one| one["score"].as_f64().unwrap()).collect()
}

#[test]
fn a_run_without_labels_in_which_all_holds_shows_what_the_model_finds_on_clean_pictures() {
    let workshop = Workshop::new();
    workshop.blood_cells(6);
    let ran = run(&workshop, &[FRAMES, &detector("a"), NOISE, HOLDS]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
    let record = workshop.record("small");
    assert_eq!(record["times"]["asked"], 12, "nothing is asked once more");
    let (found, page) = (glimpses(&workshop), page(&workshop));
    assert_eq!(found.len(), 4);
    for glimpse in &found {
        let shot = &glimpse["shots"][0];
        assert_eq!((&shot["model"], &shot["condition"]), (&json!("a"), &json!("clean")));
        let boxes = shot["boxes"].as_array().unwrap();
        assert!(!boxes.is_empty() && boxes.iter().all(|one| one["kind"] == "claim"), "{shot}");
        assert_eq!(shot["claims"], boxes.len());
        assert!(scores(shot).iter().all(|score| *score >= 0.3), "{shot}");
        let picture = workshop.path("target/windtunnel/small").join(shot["picture"].as_str().unwrap());
        let picture = image::open(picture).unwrap();
        assert!(picture.width().max(picture.height()) <= 640 && shot["width"].as_u64().unwrap() >= 640, "scaled down");
        // The text alternative tells what the picture shows.
        let first = format!("{} at {:.2}", boxes[0]["category"].as_str().unwrap(), scores(shot)[0]);
        let text = format!(
            "aria-label=\"{}, clean of model a: {} found, {first}",
            glimpse["file_name"].as_str().unwrap(),
            boxes.len()
        );
        assert!(section(&page).contains(&text), "{text}");
    }
    assert!(section(&page).contains("a</bdi> finds something on 6 of 6 clean images"), "{}", section(&page));
    // Two of them stand beside the verdict, and each picture is held once.
    assert_eq!(page.split("</header>").next().unwrap().matches("class=\"shot\"").count(), 2);
    assert_eq!(page.matches("data:image/jpeg").count(), found.len() + record["samples"].as_array().unwrap().len());
}

#[test]
fn a_models_own_min_confidence_decides_what_is_shown() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    let claims = |least: &str| {
        run(&workshop, &[FRAMES, &format!("{}{least}", detector("a")), NOISE, HOLDS]);
        let shots: Vec<Value> = glimpses(&workshop).iter().map(|one| one["shots"][0].clone()).collect();
        (shots.iter().map(|shot| shot["claims"].as_u64().unwrap()).sum::<u64>(), shots)
    };
    let ((all, _), (few, shots)) = (claims(""), claims("min_confidence = 0.8\n"));
    assert!(few < all && shots.iter().flat_map(scores).all(|score| score >= 0.8), "{few} of {all}");
    // A model that says all it thinks of: the surest are drawn, and the rest is counted.
    let (many, shots) = claims("confidence = 0.01\nmin_confidence = 0.01\n");
    let shot = shots.iter().find(|shot| shot["claims"].as_u64() > Some(60)).unwrap_or_else(|| panic!("{many}"));
    assert_eq!(shot["boxes"].as_array().unwrap().len(), 60);
    assert!(section(&page(&workshop)).contains("found, the 60 surest drawn"));
}

#[test]
fn several_models_stand_side_by_side_and_silence_is_shown_last() {
    let workshop = Workshop::new();
    workshop.blood_cells(9);
    // On the first five pictures `b` finds a cell, and nothing on the others.
    for condition in ["clean", "noise@1"] {
        let found = (1..=5).map(|id| json!({"image_id": id, "category_id": 1, "bbox": [10, 10, 50, 50], "score": 0.9}));
        let offset = if condition == "clean" { "" } else { " " };
        let text = format!("{}{offset}", json!(found.collect::<Vec<_>>()));
        workshop.write(&format!("results/{condition}.json"), text);
    }
    let other = "[model.b]\nkind = \"precomputed\"\npath = \"results/{condition}.json\"\n";
    let classes = format!("{FRAMES}categories = [\"RBC\", \"WBC\", \"Platelets\"]\n");
    let holds = |model: &str| HOLDS.replace("[[check]]", &format!("[[check]]\nmodel = \"{model}\""));
    let checks = [holds("a"), holds("b").replace("0.01", "0.6")].concat();
    let ran = run(&workshop, &[&classes, &detector("a"), other, NOISE, &checks]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
    let found = glimpses(&workshop);
    let models = |glimpse: &Value| -> Vec<String> {
        glimpse["shots"].as_array().unwrap().iter().map(|shot| shot["model"].as_str().unwrap().to_owned()).collect()
    };
    assert!(found.len() == 4 && found.iter().all(|one| models(one) == ["a", "b"]), "{found:?}");
    let last = &found[3]["shots"];
    assert!(
        last[0]["claims"].as_u64() > Some(0) && last[1]["claims"] == 0,
        "one finds what the other does not: {last}"
    );
    let page = page(&workshop);
    assert_eq!(section(&page).matches("class=\"pair\"").count(), 4, "a row for each picture");
    assert!(section(&page).contains("clean of model b: nothing found\""), "{}", section(&page));
}

#[test]
fn labelled_pictures_show_what_is_found_beside_the_truth_unless_a_failure_shows_it() {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let check = |least: f64| format!("[[check]]\non = \"clean\"\nmetric = \"map50\"\nmin = {least}\n");
    assert_eq!(run(&workshop, &[DATASET, &detector("a"), NOISE, &check(0.1)]).code, 0);
    let found = glimpses(&workshop);
    let boxes = found[0]["shots"][0]["boxes"].as_array().unwrap();
    let has = |kind: &str| boxes.iter().any(|one| one["kind"] == kind);
    assert!(found.len() == 4 && has("truth") && has("found") && !has("claim"), "{boxes:?}");
    let page = page(&workshop);
    assert!(section(&page).contains("F1 0.") && section(&page).contains("ground truth</span>"), "{}", section(&page));
    assert_eq!(run(&workshop, &[DATASET, &detector("a"), NOISE, &check(0.99)]).code, 1);
    assert_eq!(glimpses(&workshop), Vec::<Value>::new(), "the gallery has the worst of them");
}

#[test]
fn of_classifiers_the_class_that_is_said_is_shown_with_its_score() {
    let workshop = Workshop::new();
    workshop.blood_cells(5);
    let model = repository("examples/models/bccd_cells.onnx");
    let model =
        format!("[model.cells]\nkind = \"onnx\"\nengine = \"rten\"\npath = {}\n", json!(model.display().to_string()));
    let ran = run(&workshop, &["task = \"classify\"", FRAMES, &model, NOISE, &HOLDS.replace("0.01", "0.001")]);
    assert!(ran.code < 2, "{}\n{}", ran.stderr, ran.stdout);
    let (found, page) = (glimpses(&workshop), page(&workshop));
    assert_eq!(found.len(), 4);
    for glimpse in &found {
        let said = &glimpse["shots"][0]["boxes"][0];
        let told = format!(
            "{}, clean of model cells: said to be {} at {:.2}\"",
            glimpse["file_name"].as_str().unwrap(),
            said["category"].as_str().unwrap(),
            said["score"].as_f64().unwrap()
        );
        assert!(section(&page).contains(&told), "{told}");
        assert!(!section(&page).contains("labelled otherwise"));
    }
}

#[test]
fn records_of_before_and_records_without_their_pictures_have_no_such_section() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    run(&workshop, &[FRAMES, &detector("a"), NOISE, HOLDS]);
    let mut record = workshop.record("small");
    let folder = workshop.path("target/windtunnel/small");
    let of = |record: &Value| html(&serde_json::from_value::<Record>(record.clone()).unwrap(), &folder, &[]);
    assert_eq!(of(&record), page(&workshop), "read again it says the same");
    std::fs::remove_file(folder.join(record["glimpses"][0]["shots"][0]["picture"].as_str().unwrap())).unwrap();
    assert!(
        of(&record).contains("2 of 3 images: for the others there is no room here, or no picture beside the record")
    );
    record.as_object_mut().unwrap().remove("glimpses");
    assert_eq!(section(&of(&record)), "");
}
