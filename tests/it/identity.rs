//! The same name, another thing: for every kind of model, what stands behind it is changed between two runs, and the
//! second asks anew, unless the user has said that it is the same.

use serde_json::{Value, json};
use windtunnel::predict::ALL;

use crate::external_data;
use crate::loopback::{Loopback, Reply};
use crate::support::{DATASET, Workshop, detector, repository};

const IMAGES: usize = 2;

/// All frames of a run.
const FRAMES: u64 = IMAGES as u64;

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.0001\n";

/// The kinds that have a test below.
const TESTED: [&str; 6] = ["onnx", "precomputed", "roboflow", "http", "oip", "subprocess"];

#[test]
fn every_kind_says_when_it_is_the_same_model_and_has_a_test_here() {
    let kinds: Vec<&str> = ALL.iter().map(|kind| kind.entry().name).collect();
    assert_eq!(kinds, TESTED);
    let workshop = Workshop::new();
    for kind in ALL {
        let page = workshop.run(&["explain", kind.entry().name]).stdout;
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(kind.identity().starts_with("The same model is the same ") && page.contains(kind.identity()), "{page}");
    }
}

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(IMAGES);
    workshop
}

/// Runs a model of which `section` holds the keys; how many frames were asked, and how many came from the store.
fn run(workshop: &Workshop, section: &str) -> (u64, u64) {
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}[model.m]\n{section}\n{CLEAN}"));
    let mut command = workshop.command(&["run", "spec.toml", "-j", "1"]);
    let ran = workshop.finish(command.env("ROBOFLOW_API_KEY", "key").output().unwrap());
    assert!(ran.code <= 1, "{}", ran.stderr);
    let times = &workshop.record("small")["times"];
    (times["asked"].as_u64().unwrap(), times["from_store"].as_u64().unwrap())
}

fn digest(workshop: &Workshop) -> Value {
    workshop.record("small")["models"][0]["card"]["digest"].clone()
}

/// Asked always, for nobody says whether it is the same; with a version once for each version.
fn is_told_by_version(section: &str) {
    let workshop = workshop();
    for _ in 0..2 {
        assert_eq!(run(&workshop, section), (FRAMES, 0), "{section}");
        assert_eq!(digest(&workshop), Value::Null);
    }
    for version in ["1", "2"] {
        let section = format!("{section}\nversion = \"{version}\"");
        assert_eq!(run(&workshop, &section), (FRAMES, 0), "{section}");
        assert_eq!(run(&workshop, &section), (0, FRAMES), "{section}");
        assert!(digest(&workshop).is_string());
    }
    assert_eq!(run(&workshop, section), (FRAMES, 0), "{section}");
}

#[test]
fn an_onnx_model_is_its_file() {
    let workshop = workshop();
    let section = "kind = \"onnx\"\nengine = \"rten\"\npath = \"m.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]";
    let mut digests = Vec::new();
    for name in ["a", "b"] {
        std::fs::copy(repository(&format!("examples/models/bccd_{name}.onnx")), workshop.path("m.onnx")).unwrap();
        assert_eq!(run(&workshop, section), (FRAMES, 0));
        assert_eq!(run(&workshop, section), (0, FRAMES));
        digests.push(digest(&workshop));
    }
    assert_eq!(run(&workshop, &format!("{section}\nconfidence = 0.2")), (FRAMES, 0), "an option");
    // Weights in other files: `external_data` has more.
    workshop.write("m.onnx", external_data::detector("b", "m.data").0);
    workshop.write("m.data", external_data::detector("b", "m.data").1);
    assert_eq!(run(&workshop, section), (FRAMES, 0));
    digests.push(digest(&workshop));
    digests.sort_by_key(Value::to_string);
    digests.dedup();
    assert_eq!(digests.len(), 3);
}

#[test]
fn an_oip_model_is_what_the_user_says_it_is() {
    // Triton's 1 is the name of a folder.
    let server = Loopback::start(|request, _| {
        let ports = |name: &str, shape: Value| json!([{"name": name, "datatype": "FP32", "shape": shape}]);
        match request.path.as_str() {
            "/v2" => Reply::json(200, &json!({"name": "triton", "version": "2.50.0", "extensions": []})),
            "/v2/models/cells" => {
                let (inputs, outputs) = (ports("images", json!([1, 3, 64, 64])), ports("o", json!([1, 7, 84])));
                let of = json!({"name": "cells", "versions": ["1"], "platform": "onnxruntime_onnx"});
                let mut of = of;
                (of["inputs"], of["outputs"]) = (inputs, outputs);
                Reply::json(200, &of)
            }
            _ => {
                let output = json!({"name": "o", "datatype": "FP32", "shape": [1, 7, 84], "data": vec![0.0; 7 * 84]});
                Reply::json(200, &json!({"model_name": "cells", "model_version": "1", "outputs": [output]}))
            }
        }
    });
    let keys = "kind = \"oip\"\ndecoder = \"yolov8\"\nmodel = \"cells\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]";
    is_told_by_version(&format!("{keys}\nurl = \"{}\"", server.url()));
}

#[test]
fn an_http_model_is_what_the_user_says_it_is() {
    let server = Loopback::start(|_, _| Reply::json(200, &json!([])));
    let keys = "kind = \"http\"\nbody = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"";
    is_told_by_version(&format!("{keys}\nurl = \"{}/predict\"", server.url()));
}

#[test]
fn a_roboflow_model_on_a_server_of_ones_own_is_what_the_user_says_it_is() {
    let server = Loopback::start(|_, _| Reply::json(200, &json!({"predictions": []})));
    is_told_by_version(&format!("kind = \"roboflow\"\nmodel_id = \"cells/3\"\nurl = \"{}\"", server.url()));
}

/// Says nothing of any picture.
const CHILD: &str = "echo '{\"windtunnel\": 1}'\nid=0\n\
                     while read -r line; do echo \"{\\\"id\\\": $id, \\\"detections\\\": []}\"; id=$((id + 1)); done\n";

#[test]
fn a_subprocess_is_what_the_user_says_it_is() {
    let section = "kind = \"subprocess\"\ncommand = [\"sh\", \"-c\", \"exec sh ./child.sh\"]";
    let workshop = workshop();
    workshop.write("child.sh", CHILD);
    for _ in 0..2 {
        assert_eq!(run(&workshop, section), (FRAMES, 0));
        assert_eq!(digest(&workshop), Value::Null);
    }
    let versioned = format!("{section}\nversion = \"1\"");
    assert_eq!(run(&workshop, &versioned), (FRAMES, 0));
    assert_eq!(run(&workshop, &versioned), (0, FRAMES));
    // The shell's line names it.
    workshop.write("child.sh", format!("{CHILD}# mended\n"));
    assert_eq!(run(&workshop, &versioned), (FRAMES, 0));
}

#[test]
fn a_subprocess_is_what_its_files_import_and_its_folders_hold() {
    let workshop = workshop();
    workshop.write("child.sh", CHILD);
    // Python is not needed: the shell is told of a Python file, as one that starts it would be.
    workshop.write("predict.py", "from helper import boxes\n");
    let section =
        "kind = \"subprocess\"\nversion = \"1\"\ncommand = [\"sh\", \"child.sh\", \"predict.py\", \"weights\"]";
    std::fs::create_dir(workshop.path("weights")).unwrap();
    for (file, content) in [("helper.py", "1"), ("weights/best.pt", "1"), ("helper.py", "2"), ("weights/best.pt", "2")]
    {
        workshop.write(file, content);
        assert_eq!(run(&workshop, section), (FRAMES, 0), "{file} has changed");
        assert_eq!(run(&workshop, section), (0, FRAMES));
    }
}

#[test]
fn a_subprocess_is_its_files_and_those_that_its_command_names() {
    let workshop = workshop();
    let section = "kind = \"subprocess\"\nfiles = \"weights\"\ncommand = [\"sh\", \"child.sh\", \"--set=set.txt\", \"--level=3\"]";
    for (file, content) in [("child.sh", CHILD), ("weights", "1"), ("set.txt", "1"), ("weights", "2"), ("set.txt", "2")]
    {
        for name in ["child.sh", "weights", "set.txt"] {
            if !workshop.path(name).exists() {
                workshop.write(name, if name == "child.sh" { CHILD } else { "0" });
            }
        }
        workshop.write(file, format!("{content}# {file}\n"));
        assert_eq!(run(&workshop, section), (FRAMES, 0), "{file} has changed");
        assert_eq!(run(&workshop, section), (0, FRAMES));
    }
}

#[test]
fn precomputed_results_are_their_content() {
    let workshop = workshop();
    let section = "kind = \"precomputed\"\npath = \"{condition}.json\"";
    let labels: Value = serde_json::from_slice(&std::fs::read(workshop.path("labels.json")).unwrap()).unwrap();
    let object = &labels["annotations"][0];
    let mut seen = Vec::new();
    for score in [0.25, 0.5] {
        let result = json!([{"image_id": object["image_id"], "category_id": object["category_id"],
                             "bbox": object["bbox"], "score": score}]);
        workshop.write("clean.json", result.to_string());
        assert_eq!(run(&workshop, section), (0, 0), "nothing is asked, and nothing kept");
        seen.push(digest(&workshop));
    }
    assert!(seen[0].is_string() && seen[0] != seen[1]);
}

/// Two models called `a` and `b`, and `rest`.
fn pair(second: &str, rest: &str) -> Workshop {
    let workshop = workshop();
    let perturbation = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 2\n";
    let models = format!("{}{second}", detector("a"));
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{models}{perturbation}{rest}"));
    workshop
}

const AGAINST: &str = "[[check]]\non = \"clean\"\nmax_regression = 0.1\nreference = \"a\"\n";

#[test]
fn a_model_is_not_compared_with_itself_under_another_name() {
    let copied = detector("a").replace("[model.a]", "[model.b]");
    let workshop = pair(&copied, AGAINST);
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.says("check #1 compares `b` with itself: `a` is the same model under another name"), "{}", ran.stderr);
    // The same file elsewhere is the same model, another file or option is not.
    std::fs::copy(repository("examples/models/bccd_a.onnx"), workshop.path("copy.onnx")).unwrap();
    let place = |path: &str| {
        let keys = "kind = \"onnx\"\nengine = \"rten\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]";
        format!("[model.b]\npath = \"{path}\"\n{keys}\n")
    };
    std::fs::copy(workshop.path("copy.onnx"), workshop.path("new.onnx")).unwrap();
    let check = |second: &str| {
        let spec = format!("version = 1\nname = \"small\"\n{DATASET}{}{second}{AGAINST}", detector("a"));
        workshop.write("spec.toml", spec);
        workshop.run(&["check", "spec.toml"]).code
    };
    assert_eq!(check(&place("copy.onnx")), 2);
    assert_eq!(check(&format!("{}confidence = 0.2\n", place("copy.onnx"))), 0);
    assert_eq!(check(&detector("b")), 0);
}

#[test]
fn an_augmentation_is_not_asked_of_the_same_model() {
    let copied = detector("a").replace("[model.a]", "[model.b]");
    let second = format!("{copied}trained_with = \"blur\"\n");
    let ran = pair(&second, "[[check]]\non = \"blur\"\nmax_drop = 0.5\n").run(&["check", "spec.toml"]);
    assert!(ran.code == 2 && ran.says("model `b` is compared with itself: `a` is the same model"), "{}", ran.stderr);
}

#[test]
fn one_model_under_two_names_is_told_in_the_run_and_in_comparisons() {
    let copied = detector("a").replace("[model.a]", "[model.b]");
    let workshop = pair(&copied, "[[check]]\non = \"blur\"\nmin = 0.0001\n");
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.says("`a` and `b` are the same model under another name"), "{}", ran.stderr);
    let compared = workshop.run(&["compare", "a", "b", "--record", "target/windtunnel/small/record.json"]);
    assert_eq!(compared.code, 0, "{}", compared.stderr);
    let told = "there is nothing to choose: a and b are the same model under another name";
    assert!(compared.stdout.contains(told), "{}", compared.stdout);
    let other = pair(&detector("b"), "[[check]]\non = \"blur\"\nmin = 0.0001\n");
    let ran = other.run(&["run", "spec.toml"]);
    assert!(!ran.says("the same model"), "{}", ran.stderr);
}

/// Nothing is read of result files for a dataset that cannot be used: what both have not said is not the same.
#[test]
fn models_of_which_nothing_was_read_are_not_taken_for_one() {
    let results =
        |name: &str| format!("[model.{name}]\nkind = \"precomputed\"\npath = \"{name}.{{condition}}.json\"\n");
    let check = "[[check]]\non = \"clean\"\nmin_gain = 0.01\nreference = \"a\"\nrule = \"point\"\n";
    let defaults = "[defaults]\nmin_images = 9999\n";
    let workshop = workshop();
    workshop.write("spec.toml", format!("version = 1\n{defaults}{DATASET}{}{}{check}", results("a"), results("b")));
    let checked = workshop.run(&["check", "spec.toml"]);
    assert!(checked.says("9999") && !checked.says("the same model"), "{}", checked.stderr);
}
