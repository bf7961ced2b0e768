//! `kind = "oip"` where classes come as texts `score:number:label`: by Triton's classification extension, or because the
//! model itself answers so. The server runs the classifier that ships.

use serde_json::{Value, json};

use crate::loopback::{Loopback, Reply, Request};
use crate::oip::Network;
use crate::support::{DATASET, Ran, Workshop, repository};

/// How the server lists classes.
#[derive(Clone, Copy)]
struct Server {
    /// In the order of its outputs.
    labels: &'static [&'static str],
    /// Whether its outputs begin with a background.
    has_background: bool,
    is_binary: bool,
    /// Whether the model makes the texts, as many as this.
    own_text: Option<usize>,
    /// What becomes of the texts of an answer.
    change: fn(&mut Vec<String>),
}

const TRITON: Server = Server {
    labels: &["RBC", "WBC", "Platelets"],
    has_background: false,
    is_binary: true,
    own_text: None,
    change: |_| {},
};

const OWN_TEXT: Server = Server { labels: &[], own_text: Some(2), ..TRITON };

impl Server {
    fn start(self) -> Loopback {
        let network = Network::of("bccd_cells");
        Loopback::start(move |request, _| self.answer(&network, request))
    }

    fn answer(self, network: &Network, request: &Request) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/v2") => {
                let binary = self.is_binary.then_some("binary_tensor_data");
                let classes = self.own_text.is_none().then_some("classification");
                let extensions: Vec<&str> = binary.into_iter().chain(classes).collect();
                Reply::json(200, &json!({"name": "triton", "extensions": extensions}))
            }
            ("GET", _) => {
                let mut metadata = network.metadata("FP32");
                if self.own_text.is_some() {
                    metadata["outputs"][0]["datatype"] = json!("BYTES");
                }
                Reply::json(200, &metadata)
            }
            _ => self.infer(network, request),
        }
    }

    fn infer(self, network: &Network, request: &Request) -> Reply {
        let length = request.header("inference-header-content-length").parse().unwrap_or(request.body.len());
        let (text, bytes) = request.body.split_at(length);
        let asked: Value = serde_json::from_slice(text).unwrap();
        let input = &asked["inputs"][0];
        let shape: Vec<usize> = serde_json::from_value(input["shape"].clone()).unwrap();
        let data: Vec<f32> = if self.is_binary {
            bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
        } else {
            serde_json::from_value(input["data"].clone()).unwrap()
        };
        let output = &asked["outputs"][0];
        let most = output["parameters"]["classification"].as_u64();
        assert_eq!(most.is_none(), self.own_text.is_some(), "{output}");
        let most = self.own_text.unwrap_or_else(|| usize::try_from(most.unwrap()).unwrap());
        let (name, _, scores) = network.run(&shape, data).remove(0);
        let texts = self.texts(&scores, most);
        let mut reply = json!({"name": name, "datatype": "BYTES", "shape": [1, texts.len()]});
        let mut tail = Vec::new();
        if self.is_binary {
            for text in &texts {
                tail.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
                tail.extend(text.as_bytes());
            }
            reply["parameters"] = json!({"binary_data_size": tail.len()});
        } else {
            reply["data"] = json!(texts);
        }
        let mut body = json!({"model_name": "cells", "outputs": [reply]}).to_string().into_bytes();
        let length = ("Inference-Header-Content-Length".to_owned(), body.len().to_string());
        let headers = self.is_binary.then_some(length).into_iter().collect();
        body.extend(tail);
        Reply::Full(200, headers, body)
    }

    /// As Triton writes them: no more than there are, six decimals.
    fn texts(self, scores: &[f32], most: usize) -> Vec<String> {
        let background = self.has_background.then_some(0.0);
        let mut ranked: Vec<(usize, f32)> = background.into_iter().chain(scores.iter().copied()).enumerate().collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let text = |(number, score): &(usize, f32)| {
            let label = self.labels.get(*number).map(|label| format!(":{label}")).unwrap_or_default();
            format!("{score:.6}:{number}{label}")
        };
        let mut texts = ranked.iter().take(most).map(text).collect();
        (self.change)(&mut texts);
        texts
    }
}

fn run(server: Server, keys: &str) -> (Workshop, Ran, Loopback) {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    let loopback = server.start();
    let served = format!(
        "[model.served]\nkind = \"oip\"\nurl = \"{}\"\nmodel = \"cells\"\npreprocess = \"ultralytics\"\n{keys}\n",
        loopback.url()
    );
    let file = repository("examples/models/bccd_cells.onnx");
    let own = format!("[model.own]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"{}\"\n", file.display());
    let noise = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 4\n";
    let check = "[[check]]\non = [\"clean\", \"noise\"]\nmin = 0.1\n";
    let dataset = format!("{DATASET}crops = 1.2\n");
    let text = format!("version = 1\nname = \"small\"\ntask = \"classify\"\n{dataset}{served}{own}{noise}{check}");
    workshop.write("spec.toml", text);
    let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
    (workshop, ran, loopback)
}

/// Both models have the same figures.
fn agrees(server: Server, keys: &str) -> Value {
    let (workshop, ran, _) = run(server, keys);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("small");
    let of = |model: &str| {
        let cells = record["cells"].as_array().unwrap().iter().filter(|cell| cell["model"] == model);
        cells.map(|cell| (&cell["figures"]["top1"], &cell["figures"]["balanced_accuracy"])).collect::<Vec<_>>()
    };
    assert_eq!(of("served"), of("own"), "{keys}");
    assert!(of("own")[0].0.as_f64().unwrap() > 0.9, "{:?}", of("own"));
    record["models"].as_array().unwrap().iter().find(|model| model["name"] == "served").unwrap()["card"].clone()
}

const LABELS: &str = "labels = [\"RBC\", \"WBC\", \"Platelets\"]";

#[test]
fn classes_that_a_server_lists_are_those_of_the_file() {
    for most in [1, 2, 5] {
        for is_binary in [true, false] {
            let card = agrees(Server { is_binary, ..TRITON }, &format!("classification = {most}"));
            let settings = &card["settings"];
            assert_eq!(settings["classification"], most);
            assert_eq!(settings["decoder"], "classification");
            assert_eq!(settings["labels"], json!(["RBC", "WBC", "Platelets"]), "the server's");
        }
    }
    agrees(Server { labels: &[], ..TRITON }, &format!("classification = 2\n{LABELS}"));
    agrees(OWN_TEXT, LABELS);
    agrees(Server { labels: TRITON.labels, ..OWN_TEXT }, LABELS);
}

#[test]
fn a_background_does_not_move_the_names() {
    let labels = &["background", "RBC", "WBC", "Platelets"];
    let background = Server { labels, has_background: true, ..TRITON };
    agrees(background, "classification = 2");
    agrees(background, &format!("classification = 2\nfirst_label = 1\n{LABELS}"));
    agrees(Server { labels: &[], ..background }, &format!("classification = 2\nfirst_label = 1\n{LABELS}"));
    agrees(Server { labels: &[], own_text: Some(2), ..background }, &format!("first_label = 1\n{LABELS}"));
}

/// Expects that the model cannot be opened.
fn unusable(server: Server, keys: &str, message: &str) {
    let (workshop, ran, _) = run(server, keys);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let failure = workshop.record("small")["setup"][0]["failure"].clone();
    assert_eq!(failure["kind"], "model_load");
    assert!(failure["message"].as_str().unwrap().contains(message), "`{message}` is not in {failure}");
}

#[test]
fn what_does_not_make_an_answer_is_said_before_the_run() {
    unusable(Server { labels: &[], ..TRITON }, "classification = 2", "it names none of its 3 classes");
    unusable(Server { labels: &["RBC"], ..TRITON }, "classification = 2", "labels of 1 of 3 classes");
    let moved = "classification = 2\nlabels = [\"WBC\", \"RBC\", \"Platelets\"]";
    unusable(TRITON, moved, "is `RBC` by the server, but `WBC` by `labels`");
    let few = "classification = 2\nlabels = [\"RBC\", \"WBC\"]";
    unusable(Server { labels: &[], ..TRITON }, few, "2 class names (`RBC`, `WBC`) for outputs of 3 classes");
    unusable(OWN_TEXT, &format!("classification = 2\n{LABELS}"), "is of texts already");
    unusable(OWN_TEXT, "", "it names none of its classes");
    let logits = |texts: &mut Vec<String>| {
        for text in texts.iter_mut() {
            *text = format!("7{text}");
        }
    };
    unusable(Server { change: logits, ..TRITON }, "classification = 2", "are no probabilities yet");
    unusable(Server { change: logits, ..OWN_TEXT }, LABELS, "are no probabilities yet");
    for (change, message) in [
        ((|texts| texts[0] = "RBC".to_owned()) as fn(&mut Vec<String>), "`RBC` is no `score:number`"),
        (|texts| texts[0] = "nan:0:RBC".to_owned(), "its score is NaN or infinite"),
        (|texts| texts[0] = "0.5:one".to_owned(), "its class is no whole number"),
        (|texts| texts[0] = "0.5:9".to_owned(), "it lists 3 classes that are not 0 to 2"),
    ] {
        unusable(Server { change, ..TRITON }, "classification = 2", message);
    }
}

#[test]
fn an_answer_that_goes_wrong_later_fails_the_check() {
    /// Answers of two classes are those of pictures: the grey one has three.
    fn of_pictures(texts: &mut [String], text: &str) {
        if texts.len() == 2 {
            texts[1] = text.to_owned();
        }
    }
    for (change, message) in [
        ((|texts| of_pictures(texts, "0.001:7")) as fn(&mut Vec<String>), "class 7, but its 3 classes are 0 to 2"),
        (|texts| of_pictures(texts, "0.001:0:WBC"), "class 0 is `WBC` now, and was `RBC` before"),
        (|texts| of_pictures(texts, "0.001"), "`0.001` is no `score:number`"),
        (
            |texts| {
                let same = texts[0].clone();
                of_pictures(texts, &same);
            },
            "twice",
        ),
    ] {
        let (workshop, ran, _) = run(Server { change, ..TRITON }, "classification = 2");
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let record = workshop.record("small");
        let cases = record["cases"].as_array().unwrap();
        let said = cases.iter().any(|case| case["message"].as_str().is_some_and(|said| said.contains(message)));
        assert!(said, "`{message}` is not in {cases:?}");
    }
}
