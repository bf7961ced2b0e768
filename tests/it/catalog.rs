//! The catalogue page and `explain` come from the code's own documentation, and are in step with it.

use serde_json::json;
use windtunnel::catalog::{EXAMPLES, example, explain, places};

use crate::onnx_file::{Answer, FLOAT, answering};
use crate::support::{Workshop, repository};

#[test]
fn the_catalogue_page_is_what_the_code_says() {
    let page = std::fs::read_to_string(repository("specs/CATALOG.md")).unwrap();
    let made = windtunnel::catalog::markdown();
    assert!(page == made, "make it anew: cargo run -- explain --markdown > specs/CATALOG.md");
}

#[test]
fn every_kind_is_explained_with_its_field_condition_and_an_example() {
    for kind in windtunnel::perturb::ALL {
        let page = windtunnel::catalog::explain(kind.entry.name).unwrap();
        let condition = page.split("## Field condition").nth(1).unwrap();
        assert!(condition.trim_start().chars().next().unwrap().is_alphabetic(), "{}", kind.entry.name);
        assert!(page.contains(&format!("kind = \"{}\"", kind.entry.name)));
    }
}

#[test]
fn explain_prints_pages_and_helps_with_spelling() {
    let workshop = Workshop::new();
    let page = workshop.run(&["explain", "gaussian_blur"]);
    assert!(page.code == 0 && page.stdout.starts_with("# Gaussian blur"), "{}", page.stdout);
    let metric = workshop.run(&["explain", "map50"]);
    assert!(metric.stdout.contains("COCO AP at IoU 0.50"), "{}", metric.stdout);
    let all = workshop.run(&["explain"]);
    assert!(all.stdout.contains("imagenet_c") && all.stdout.contains("horizontal_flip"), "{}", all.stdout);
    let misspelt = workshop.run(&["explain", "gausian_blur"]);
    assert_eq!(misspelt.code, 2);
    assert!(misspelt.says("did you mean `gaussian_blur`?"), "{}", misspelt.stderr);
}

#[test]
fn every_decoder_has_a_page_and_is_listed() {
    let all = windtunnel::catalog::overview();
    let listed = windtunnel::catalog::markdown();
    for (decoder, page) in windtunnel::predict::decoder_pages() {
        assert!(page.contains(&format!("`{}`", decoder.name)), "{}: {page}", decoder.name);
        assert!(page.contains('['), "{}: no shape in {page}", decoder.name);
        let explained = windtunnel::catalog::explain(decoder.name).unwrap();
        assert!(explained.contains(&format!("decoder = \"{}\"", decoder.name)), "{explained}");
        assert!(explained.lines().all(|line| line.chars().count() <= 80), "{explained}");
        assert!(all.contains(decoder.name) && listed.contains(&format!("- `{}`:", decoder.name)));
    }
    insta::assert_snapshot!(windtunnel::catalog::explain("yolov8").unwrap());
    assert_eq!(windtunnel::catalog::explain("yolo8").unwrap_err().nearest.as_deref(), Some("yolov8"));
}

#[test]
fn every_key_has_an_example_that_explain_shows() {
    for (place, keys) in places() {
        for key in keys {
            let shown = example(&place, key.name).or_else(|| {
                EXAMPLES.iter().find(|(_, text)| text.contains(&format!("[{}", key.name))).map(|(_, text)| *text)
            });
            assert!(shown.is_some(), "`{}` in {place} has no example", key.name);
        }
    }
    let page = explain("max_side").unwrap();
    assert!(page.contains("      max_side = 1280\n") && page.contains("      [model.a]\n"), "{page}");
}

/// A folder with all the files that examples name.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let mut labels = json!({
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 20, 20], "area": 400, "iscrowd": 0}],
    });
    for place in ["images", "export/test", "voc/test", "animals/test/cat", "animals/test/dog"] {
        workshop.picture(&format!("{place}/a.png"), 64, 64);
    }
    workshop.write("labels.json", labels.to_string());
    labels["images"][0]["file_name"] = json!("a.png");
    workshop.write("export/test/_annotations.coco.json", labels.to_string());
    workshop.write("data.yaml", "val: images\nnames: [cat, dog]\n");
    workshop.write("images/a.txt", "0 0.5 0.5 0.2 0.2\n");
    workshop.write("labels/a.txt", "0 0.5 0.5 0.2 0.2\n");
    workshop.write("voc/test/a.xml", "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>");
    workshop.write("words.txt", "n02121808 cat\nn02084071 dog\n");
    workshop.write("labels.csv", "file,label\na.png,cat\n");
    workshop.write("val.txt", "a.png 0\n");
    workshop.write("animals/test/_classes.csv", "filename,cat,dog\ncat/a.png,1,0\ndog/a.png,0,1\n");
    workshop.write("base.toml", "[defaults]\nmin_images = 1\n");
    workshop.write("predict.py", "");
    workshop.write("names.txt", "cat\ndog\n");
    workshop.write("libonnxruntime.so", "");
    let decoded = Answer { name: "output", shape: &[1, 252, 7], values: vec![0.0; 252 * 7] };
    workshop.write("a.onnx", answering(FLOAT, &[1, 3, 64, 64], &[decoded], "{0: 'cat', 1: 'dog'}"));
    for (condition, score) in [("clean", 0.9), ("blur@1", 0.8), ("blur@3", 0.7)] {
        let results = json!([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 20, 20], "score": score}]);
        workshop.write(&format!("results/{condition}.json"), results.to_string());
        workshop.write(&format!("classes/{condition}.csv"), format!("file,feline,dog\na.png,{score},0.5\n"));
    }
    workshop
}

#[test]
fn every_example_is_a_spec_that_passes_its_check() {
    let workshop = workshop();
    let conditions = |text: &str| text.contains("[perturbation.");
    for (place, text) in EXAMPLES {
        let mut spec = String::new();
        let mut add = |mark: &str, part: &str| {
            if !text.contains(mark) {
                spec.push_str(part);
            }
        };
        let others = "[model.b]\nkind = \"subprocess\"\ncommand = [\"true\", \"b\"]\n";
        add("[dataset.", "[dataset.test]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n");
        add("[model.", "[model.a]\nkind = \"subprocess\"\ncommand = [\"true\"]\n");
        spec.push_str(others);
        if !conditions(text) {
            spec.push_str("[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = [1, 3]\n");
        }
        if !text.contains("[[check]]") {
            spec.push_str("[[check]]\non = \"clean\"\nmin = 0.01\n[[check]]\non = \"all\"\nmin = 0.01\n");
        }
        let is_of_classes =
            ["crops = ", "view = ", "\"folder\"", "\"csv\"", "\"list\""].iter().any(|mark| text.contains(mark));
        let task = if is_of_classes { "classify" } else { "detect" };
        let spec = if text.contains("version = 1") {
            format!("{text}{spec}")
        } else {
            format!("version = 1\ntask = {task:?}\n{spec}{text}")
        };
        workshop.write("spec.toml", &spec);
        let ran = workshop.finish(workshop.command(&["check", "spec.toml"]).output().unwrap());
        // What is no library of ONNX Runtime, and a server that is not there, cannot be opened.
        let is_usable = !text.contains("libonnxruntime.so") && !text.contains("kind = \"oip\"");
        assert_eq!(ran.code, if is_usable { 0 } else { 3 }, "{place}:\n{spec}\n{}", ran.stderr);
    }
}
