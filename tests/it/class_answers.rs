//! Classes of whole pictures from models elsewhere: child processes, servers in the dress of those that people have, and
//! result files, of which all say the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::loopback::{Loopback, Reply, Request};
use crate::support::{Ran, Workshop};

/// Four cells in a row, each of its colour: a cat, a dog, a cat, and a dog that looks like a cat.
const CELLS: [(u64, [u8; 3]); 4] = [(3, [200, 0, 0]), (5, [0, 0, 200]), (3, [160, 0, 80]), (5, [140, 0, 100])];

const DATASET: &str = "[dataset.test]\nformat = \"coco\"\npath = \"labels.json\"\ncrops = 1.0\n";

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.7\n";

const DARK: &str = "[perturbation.dark]\nkind = \"brightness\"\ndelta = -0.2\n[[check]]\non = \"dark\"\nmin = 0.5\n";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let mut picture = RgbImage::new(80, 20);
    let mut objects = Vec::new();
    for (at, (category, colour)) in (0..).zip(CELLS) {
        for (x, y) in (at * 20..at * 20 + 20).flat_map(|x| (0..20).map(move |y| (x, y))) {
            picture.put_pixel(x, y, Rgb(colour));
        }
        objects.push(json!({"id": at + 1, "image_id": 7, "category_id": category, "bbox": [at * 20, 0, 20, 20]}));
    }
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    workshop.write("a.png", png.into_inner());
    let labels = json!({
        "images": [{"id": 7, "file_name": "a.png", "width": 80, "height": 20}],
        "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
        "annotations": objects,
    });
    workshop.write("labels.json", labels.to_string());
    workshop
}

fn spec(model: &str, checks: &str) -> String {
    format!("version = 1\nname = \"small\"\ntask = \"classify\"\n{DATASET}[model.a]\n{model}\n{checks}")
}

fn run(workshop: &Workshop, model: &str, checks: &str) -> Ran {
    workshop.write("spec.toml", spec(model, checks));
    let ran = workshop.command(&["run", "spec.toml", "-j", "1"]).env("ROBOFLOW_API_KEY", "k").output().unwrap();
    workshop.finish(ran)
}

/// What a server makes of the shares of a picture.
type Dress = fn([f64; 2]) -> Value;

/// How red a picture is, and how blue: together 1.
fn shares(png: &[u8]) -> [f64; 2] {
    let pixel = *image::load_from_memory(png).unwrap().to_rgb8().get_pixel(10, 10);
    let [red, _, blue] = pixel.0.map(f64::from);
    [red / (red + blue), blue / (red + blue)]
}

/// A server that answers `reply` to the shares in a picture.
fn server(picture: fn(&Request) -> Vec<u8>, reply: fn([f64; 2]) -> Value) -> Loopback {
    Loopback::start(move |request, _| Reply::json(200, &reply(shares(&picture(request)))))
}

/// The figures are those of three pictures of four.
fn three_of_four(workshop: &Workshop, ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let cells = workshop.record("small")["cells"].clone();
    let top1 = cells[0]["figures"]["top1"].as_f64().unwrap_or_else(|| panic!("no top1 in {}", cells[0]));
    assert!((top1 - 0.75).abs() < 1e-12, "{top1}");
}

#[test]
fn servers_in_each_dress_give_the_same_figures() {
    let raw = |request: &Request| request.body.clone();
    let url = |server: &Loopback| format!("kind = \"http\"\nbody = \"raw\"\nurl = \"{}/predict\"\n", server.url());
    let dresses: [(&str, Dress); 6] = [
        // Hugging Face
        (
            "list = \"\"\nclass = \"label\"",
            |[cat, dog]| json!([{"label": "dog", "score": dog}, {"label": "cat", "score": cat}]),
        ),
        // TorchServe
        ("list = \"\"\nclass = \"*\"", |[cat, dog]| json!({"cat": cat, "dog": dog})),
        // TensorFlow Serving
        ("list = \"predictions.0\"\nlabels = [\"cat\", \"dog\"]", |[cat, dog]| json!({"predictions": [[cat, dog]]})),
        // Azure Custom Vision
        (
            "list = \"predictions\"\nclass = \"tagName\"\nscore = \"probability\"",
            |[cat, dog]| json!({"id": "1", "predictions": [{"tagName": "cat", "probability": cat}, {"tagName": "dog", "probability": dog}]}),
        ),
        // Per cent, by names of the model's own, with a class that the dataset lacks
        (
            "list = \"all\"\nscore_scale = 100\nlabels = [\"sky\", \"chat\", \"chien\"]\nrename = { chat = \"cat\", chien = \"dog\" }",
            |[cat, dog]| json!({"all": [1.0, cat * 99.0, dog * 99.0]}),
        ),
        // Logits
        (
            "list = \"logits\"\nactivation = \"softmax\"\nlabels = [\"cat\", \"dog\"]",
            |[cat, dog]| json!({"logits": [cat.max(1e-9).ln() + 3.0, dog.max(1e-9).ln() + 3.0]}),
        ),
    ];
    for (options, reply) in dresses {
        let (workshop, server) = (workshop(), server(raw, reply));
        let ran = run(&workshop, &format!("{}{options}", url(&server)), CLEAN);
        three_of_four(&workshop, &ran);
    }
}

#[test]
fn roboflow_is_asked_for_classes() {
    let reply = |[cat, dog]: [f64; 2]| {
        json!({"image": {"width": 20, "height": 20}, "top": "cat", "confidence": cat, "predictions": [
            {"class": "cat", "class_id": 0, "confidence": cat}, {"class": "dog", "class_id": 1, "confidence": dog}]})
    };
    let v0 = server(|request| BASE64.decode(&request.body).unwrap(), reply);
    let v1 = server(
        |request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            BASE64.decode(body["image"]["value"].as_str().unwrap()).unwrap()
        },
        reply,
    );
    let model =
        |server: &Loopback| format!("kind = \"roboflow\"\nmodel_id = \"cells/3\"\nurl = \"{}\"\n", server.url());
    let first = workshop();
    three_of_four(&first, &run(&first, &model(&v0), CLEAN));
    let asked = &v0.requests()[0];
    assert_eq!((asked.path.as_str(), asked.query.contains("confidence")), ("/cells/3", false), "{}", asked.query);
    let second = workshop();
    three_of_four(&second, &run(&second, &format!("{}api = \"v1\"", model(&v1)), CLEAN));
    assert_eq!(v1.requests()[0].path, "/infer/classification");
    let several =
        server(|request| BASE64.decode(&request.body).unwrap(), |_| json!({"predictions": {"cat": {"confidence": 1}}}));
    let third = workshop();
    let ran = run(&third, &model(&several), CLEAN);
    assert!(ran.code == 3 && ran.says("any number of labels (multi-label)"), "{}", ran.stderr);
}

/// A child that answers the pictures in their order.
fn child<const N: usize>(answers: [&str; N], classes: &str) -> String {
    let hello = format!("echo '{{\"windtunnel\": 1, \"task\": \"classify\"{classes}}}'\n");
    let cases: Vec<String> = (0..N).map(|id| format!("{id}) echo '{{\"id\": {id}, {}}}';;\n", answers[id])).collect();
    let cases = cases.concat();
    format!(
        "{hello}while read -r line; do\nid=$(printf '%s' \"$line\" | cut -d: -f2 | cut -d, -f1)\ncase $id in\n{cases}esac\ndone\n"
    )
}

const CHILD: &str = "kind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]";

#[test]
fn children_answer_entries_or_a_score_for_each_class() {
    let cat = r#""scores": [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.1}]"#;
    let dog = r#""scores": [{"label": "dog", "score": 0.8}]"#;
    let entries = workshop();
    entries.write("child.sh", child([cat, dog, cat, cat], ""));
    three_of_four(&entries, &run(&entries, CHILD, CLEAN));
    let (cat, dog) = ("\"scores\": [0.05, 0.9, 0.05]", "\"scores\": [0.9, 0.05, 0.05]");
    for word in ["classes", "labels"] {
        let each = workshop();
        each.write("child.sh", child([cat, dog, cat, cat], &format!(", \"{word}\": [\"dog\", \"cat\", \"sky\"]")));
        three_of_four(&each, &run(&each, CHILD, CLEAN));
    }
}

#[test]
fn the_score_of_a_label_that_is_not_answered_is_not_made_up() {
    let workshop = workshop();
    let only = |name: &str| format!("\"scores\": [{{\"label\": \"{name}\", \"score\": 0.8}}]");
    let (cat, dog) = (only("cat"), only("dog"));
    // Each picture clean, and then dark.
    workshop.write("child.sh", child([&cat, &cat, &dog, &dog, &cat, &cat, &dog, &cat], ""));
    workshop.write("spec.toml", spec(CHILD, &DARK.replace("min = 0.5", "max_drop = 0.1")));
    let ran = workshop.run(&["run", "spec.toml", "-j", "1", "--json", "r.json", "--html", "r.html"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let read = |name: &str| std::fs::read_to_string(workshop.path(name)).unwrap();
    let record: Value = serde_json::from_str(&read("r.json")).unwrap();
    let images = record["cells"][1]["images"].as_array().unwrap();
    let told: Vec<Option<f64>> = images.iter().map(|image| image["label_score"].as_f64()).collect();
    assert!(told[..3].iter().all(|score| score.is_some_and(|score| (score - 0.8).abs() < 1e-7)), "{told:?}");
    assert_eq!(told[3], None);
    assert_eq!(images[3]["is_right"], json!(false));
    assert!(images[3].get("f1").is_none() && images[3].get("missed").is_none(), "{}", images[3]);
    assert!(read("r.html").contains("its label is not among the classes that were answered"));
}

#[test]
fn children_that_answer_badly_are_told_so() {
    let fails = |answer: &str, classes: &str, said: &str| {
        let workshop = workshop();
        workshop.write("child.sh", child([answer; 4], classes));
        let ran = run(&workshop, CHILD, CLEAN);
        assert!(ran.code == 3 && ran.says(said), "`{said}`: {} {}", ran.code, ran.stderr);
    };
    fails("\"detections\": []", "", "its answer holds neither `scores` nor an `error`");
    fails("\"scores\": []", "", "the answer has no class");
    fails("\"scores\": [0.5, 0.5]", "", "2 scores without names");
    fails(
        "\"scores\": [3.5, -1]",
        ", \"classes\": [\"cat\", \"dog\"]",
        "where scores are logits, answer what a softmax makes",
    );
    fails("\"scores\": [0.9, 0.1]", ", \"classes\": [\"cat\", \"cow\"]", "it has no class for `dog`");
    fails(
        "\"scores\": [{\"label\": \"Cat\", \"score\": 0.9}]",
        "",
        "found a `Cat`, which the dataset has no category for",
    );
    fails("\"scores\": [{\"label\": \"cat\"}]", "", "a class without a score is no answer");
    let detector = workshop();
    detector.write("child.sh", child([""; 4], "").replace("classify", "detect"));
    let ran = run(&detector, CHILD, CLEAN);
    assert!(ran.code == 3 && ran.says("it is of the task `detect`, but `classify` is asked for"), "{}", ran.stderr);
}

const FILES: &str = "kind = \"precomputed\"\npath = \"results/{condition}\"";

#[test]
fn result_files_in_each_form_give_the_same_figures() {
    let names = [1, 2, 3, 4].map(|number| format!("a.png#{number}"));
    let answers = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]];
    let pairs = || names.iter().zip(answers);
    let lines =
        |row: &dyn Fn(&str, [f64; 2]) -> String| pairs().map(|(name, answer)| row(name, answer)).collect::<String>();
    let rows: Vec<Value> = pairs()
        .flat_map(|(name, [cat, dog])| {
            [
                json!({"file_name": name, "label": "cat", "score": cat}),
                json!({"file_name": name, "label": "dog", "score": dog}),
            ]
        })
        .collect();
    let each: Vec<Value> = pairs().map(|(name, answer)| json!({"file": name, "scores": answer})).collect();
    let by_file: serde_json::Map<String, Value> =
        pairs().map(|(name, [cat, dog])| (name.clone(), json!({"cat": cat, "dog": dog}))).collect();
    let forms = [
        format!("file,label,score\n{}", lines(&|name, [cat, dog]| format!("{name},cat,{cat}\n{name},dog,{dog}\n"))),
        format!("file,dog,cat\n{}", lines(&|name, [cat, dog]| format!("{name},{dog},{cat}\n"))),
        format!(
            "file,label1,score1,label2,score2\n{}",
            lines(&|name, [cat, dog]| {
                if cat > dog {
                    format!("{name},cat,{cat},dog,{dog}\n")
                } else {
                    format!("{name},dog,{dog},cat,{cat}\n")
                }
            })
        ),
        json!(rows).to_string(),
        json!({"labels": ["cat", "dog"], "results": each}).to_string(),
        json!(by_file).to_string(),
    ];
    let mut cells: Vec<Value> = Vec::new();
    for form in &forms {
        let workshop = workshop();
        workshop.write("results/clean", form);
        let ran = run(&workshop, FILES, CLEAN);
        three_of_four(&workshop, &ran);
        cells.push(workshop.record("small")["cells"].clone());
    }
    assert!(cells.iter().all(|own| *own == cells[0]));
}

#[test]
fn what_result_files_lack_is_named() {
    let fails = |file: &str, options: &str, said: &str| {
        let workshop = workshop();
        workshop.write("results/clean", file);
        let ran = run(&workshop, &format!("{FILES}\n{options}"), CLEAN);
        assert!(ran.code != 0 && ran.says(said), "`{said}`: {} {}", ran.code, ran.stderr);
    };
    let three = "file,label,score\na.png#1,cat,0.9\na.png#2,dog,0.9\na.png#3,cat,0.9\n";
    fails(three, "", "1 image of the dataset has no answer (`a.png#4`): each image has a class");
    fails(&format!("{three}b.png,cat,0.9\n"), "", "file_name \"b.png\", which the dataset does not have");
    fails(
        &format!("{three}a.png#4,Dog,0.9\n").replace("#2,dog", "#2,cat"),
        "",
        "`Dog` is no class of the dataset (nearest: `dog`)",
    );
    fails(
        &format!("{three}a.png#4,cat,90\n"),
        "",
        "`a.png#4`: a score is 90, not 0..1: where scores are in per cent, set `score_scale = 100`",
    );
    fails("file,cat,cow\na.png#1,0.9,0.1\n", "", "the model has no class for `dog`");
    fails("file,cat,dog\na.png#1,0.9\n", "", "line 2: it has 2 cells, and 3 are expected");
    fails(three, "box_format = \"xywh\"", "`box_format` in [model.a] has a meaning for `task = \"detect\"` alone");
    fails(three, "first_label = 0", "`first_label` in [model.a] has a meaning for `task = \"detect\"` alone");
}

#[test]
fn what_is_exported_is_read_again_to_the_same_figures() {
    let server = server(
        |request| request.body.clone(),
        |[cat, dog]| json!([{"label": "dog", "score": dog * 0.9}, {"label": "cat", "score": cat * 0.9}, {"label": "sky", "score": 0.1}]),
    );
    let workshop = workshop();
    let model = format!(
        "kind = \"http\"\nversion = \"1\"\nbody = \"raw\"\nurl = \"{}\"\nlist = \"\"\nclass = \"label\"\nlabels = [\"cat\", \"dog\", \"sky\"]",
        server.url()
    );
    let checks = format!("{CLEAN}metric = \"top1\"\n{DARK}[[check]]\non = \"dark\"\nmetric = \"nll\"\nmax = 3\n");
    let ran = run(&workshop, &model, &checks);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let cells = workshop.record("small")["cells"].clone();
    let ran = workshop.run(&["export", "predictions", "spec.toml", "--out", "cells"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files = "kind = \"precomputed\"\npath = \"cells/a/{dataset}/{condition}.json\"";
    let ran = run(&workshop, files, &checks);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(workshop.record("small")["cells"], cells);
}

#[test]
fn keys_of_objects_have_no_place_beside_classes() {
    for (model, key) in [
        ("kind = \"subprocess\"\ncommand = \"x\"\nconfidence = 0.5", "confidence"),
        ("kind = \"http\"\nurl = \"http://localhost:1\"\nlist = \"\"\nmax_detections = 9", "max_detections"),
        ("kind = \"http\"\nurl = \"http://localhost:1\"\nlist = \"\"\nbox_format = \"xyxy\"", "box_format"),
        ("kind = \"roboflow\"\nmodel_id = \"a/1\"\noverlap = 0.5", "overlap"),
        ("kind = \"precomputed\"\npath = \"x\"\nunit = \"unit\"", "unit"),
    ] {
        let workshop = workshop();
        let ran = run(&workshop, model, CLEAN);
        let said =
            format!("`{key}` in [model.a] has a meaning for `task = \"detect\"` alone, and `classify` is asked for");
        assert!(ran.code == 2 && ran.says(&said), "{key}: {} {}", ran.code, ran.stderr);
    }
    let workshop = workshop();
    let detect = spec("kind = \"subprocess\"\ncommand = \"x\"\nactivation = \"softmax\"", CLEAN);
    let http =
        "kind = \"http\"\nurl = \"http://localhost:1\"\nlist = \"\"\nbox_format = \"xyxy\"\nactivation = \"softmax\"";
    for text in [detect, spec(http, CLEAN)] {
        workshop.write("spec.toml", text.replace("task = \"classify\"\n", "").replace("crops = 1.0\n", ""));
        let ran = workshop.run(&["run", "spec.toml"]);
        assert!(ran.code == 2 && ran.says("`activation`"), "{}", ran.stderr);
    }
}
