//! `kind = "oip"` against a server on this machine that runs the shipped model file behind the protocol.

use std::sync::{Arc, Mutex};

use rten::{Model, RunOptions, ThreadPool, Value as Tensor};
use rten_tensor::Layout;
use serde_json::{Value, json};

use crate::loopback::{Loopback, Reply, Request};
use crate::roboflow::assert_same_figures;
use crate::support::{DATASET, Ran, Workshop, repository, small_spec};

const TOKEN: &str = "t0ken/with space";

const CHECKS: &str = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 2\n\
                      [[check]]\non = \"clean\"\nmin = 0.1\n[[check]]\non = \"blur\"\nmax_drop = 0.3\n";

/// How the server speaks.
#[derive(Clone, Copy)]
struct Dialect {
    extensions: &'static [&'static str],
    datatype: &'static str,
    version: Option<&'static str>,
}

const JSON: Dialect = Dialect { extensions: &[], datatype: "FP32", version: None };
const BINARY: Dialect = Dialect { extensions: &["binary_tensor_data"], datatype: "FP32", version: Some("3") };
const BYTES: Dialect = Dialect { extensions: &["binary_tensor_data"], datatype: "UINT8", version: Some("3") };

/// The network behind the server.
pub struct Network {
    model: Model,
    pool: Mutex<Arc<ThreadPool>>,
}

impl Network {
    fn open() -> Self {
        Self::of("bccd_a")
    }

    pub fn of(model: &str) -> Self {
        let model = Model::load_file(repository(&format!("examples/models/{model}.onnx"))).unwrap();
        Self { model, pool: Mutex::new(Arc::new(ThreadPool::with_num_threads(1))) }
    }

    fn port(&self, id: rten::NodeId, datatype: &str) -> Value {
        let info = self.model.node_info(id).unwrap();
        let shape = info.shape().unwrap_or_default();
        let shape: Vec<i64> = shape
            .iter()
            .map(|side| match side {
                rten::Dimension::Fixed(side) => i64::try_from(*side).unwrap(),
                rten::Dimension::Symbolic(_) => -1,
            })
            .collect();
        json!({"name": info.name().unwrap(), "datatype": datatype, "shape": shape})
    }

    pub fn metadata(&self, datatype: &str) -> Value {
        let inputs: Vec<Value> = self.model.input_ids().iter().map(|id| self.port(*id, datatype)).collect();
        let outputs: Vec<Value> = self.model.output_ids().iter().map(|id| self.port(*id, "FP32")).collect();
        json!({"name": "cells", "versions": ["3"], "platform": "toy_onnx", "inputs": inputs, "outputs": outputs})
    }

    /// Names, shapes and numbers of the outputs.
    pub fn run(&self, shape: &[usize], data: Vec<f32>) -> Vec<(String, Vec<usize>, Vec<f32>)> {
        let input = Tensor::from_shape(shape, data).unwrap();
        let pool = self.pool.lock().unwrap().clone();
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let inputs = vec![(self.model.input_ids()[0], input.into())];
        let outputs = self.model.run(inputs, self.model.output_ids(), Some(options)).unwrap();
        let named = outputs.into_iter().zip(self.model.output_ids()).map(|(value, id)| {
            let Tensor::FloatTensor(tensor) = value else { panic!("not of floats") };
            let name = self.model.node_info(*id).unwrap().name().unwrap().to_owned();
            (name, tensor.shape().to_vec(), tensor.into_data())
        });
        named.collect()
    }
}

fn serve(network: &Network, dialect: Dialect, request: &Request) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v2") => Reply::json(200, &json!({"name": "toy", "extensions": dialect.extensions})),
        ("GET", "/v2/models/cells") => Reply::json(200, &network.metadata(dialect.datatype)),
        ("POST", "/v2/models/cells/infer") => infer(network, dialect, request),
        _ => Reply::json(404, &json!({"error": format!("unknown model at {}", request.path)})),
    }
}

fn infer(network: &Network, dialect: Dialect, request: &Request) -> Reply {
    let is_binary = !dialect.extensions.is_empty();
    let length = request.header("inference-header-content-length").parse();
    assert_eq!(length.is_ok(), is_binary);
    let (text, bytes) = request.body.split_at(length.unwrap_or(request.body.len()));
    let asked: Value = serde_json::from_slice(text).unwrap();
    let input = &asked["inputs"][0];
    let shape: Vec<usize> = serde_json::from_value(input["shape"].clone()).unwrap();
    let data: Vec<f32> = match (is_binary, dialect.datatype) {
        (false, _) => serde_json::from_value(input["data"].clone()).unwrap(),
        (true, "UINT8") => bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect(),
        (true, _) => bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect(),
    };
    let mut tail = Vec::new();
    // Servers need not keep the order.
    let outputs = network.run(&shape, data).into_iter().rev().map(|(name, shape, data)| {
        let mut output = json!({"name": name, "datatype": "FP32", "shape": shape});
        if is_binary {
            output["parameters"] = json!({"binary_data_size": 4 * data.len()});
            tail.extend(data.iter().flat_map(|value| value.to_le_bytes()));
        } else {
            output["data"] = json!(data);
        }
        output
    });
    let outputs: Vec<Value> = outputs.collect();
    let mut body =
        json!({"model_name": "cells", "model_version": dialect.version, "outputs": outputs}).to_string().into_bytes();
    let headers =
        if is_binary { vec![("Inference-Header-Content-Length".to_owned(), body.len().to_string())] } else { vec![] };
    body.extend(tail);
    Reply::Full(200, headers, body)
}

fn run(url: &str, more: &str, checks: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let model = format!(
        "[model.a]\nkind = \"oip\"\nurl = \"{url}\"\nmodel = \"cells\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n{more}\n"
    );
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{model}{checks}"));
    let ran = workshop.finish(workshop.command(&["run", "spec.toml"]).env("MY_TOKEN", TOKEN).output().unwrap());
    if ran.code != 2 {
        assert!(!format!("{}{}", ran.stderr, workshop.record("small")).contains("t0ken"), "the token is shown");
    }
    (workshop, ran)
}

#[test]
fn figures_are_those_of_the_same_file_inside_the_program_in_every_dialect() {
    let own = Workshop::new();
    own.blood_cells(2);
    own.write("spec.toml", small_spec(CHECKS));
    assert_eq!(own.run(&["run", "spec.toml"]).code, 0);
    let own = own.record("small");
    for dialect in [JSON, BINARY, BYTES] {
        let network = Network::open();
        let server = Loopback::start(move |request, _| serve(&network, dialect, request));
        let (workshop, ran) = run(&server.url(), "bearer_env = \"MY_TOKEN\"", CHECKS);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let record = workshop.record("small");
        assert_same_figures(&own["cells"], &record["cells"]);
        let card = &record["models"][0]["card"];
        assert_eq!(card["digest"], Value::Null, "the server's own version is that of a folder");
        assert_eq!(
            (&card["settings"]["engine"], &card["settings"]["model_version"]),
            (&json!("toy_onnx"), &json!(dialect.version))
        );
        assert!(server.requests().iter().all(|request| request.header("authorization") == format!("Bearer {TOKEN}")));
    }
}

#[test]
fn a_classifier_behind_the_protocol_has_the_figures_of_its_file() {
    let workshop = Workshop::new();
    workshop.blood_cells(3);
    let network = Network::of("bccd_cells");
    let server = Loopback::start(move |request, _| serve(&network, BINARY, request));
    let dataset = format!("{DATASET}crops = 1.2\n");
    let served = format!(
        "[model.served]\nkind = \"oip\"\nurl = \"{}\"\nmodel = \"cells\"\npreprocess = \"ultralytics\"\n\
         labels = [\"RBC\", \"WBC\", \"Platelets\"]\n",
        server.url()
    );
    let file = repository("examples/models/bccd_cells.onnx");
    let own = format!("[model.own]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"{}\"\n", file.display());
    let noise = "[perturbation.noise]\nkind = \"gaussian_noise\"\nseverity = 4\n";
    let check = "[[check]]\non = [\"clean\", \"noise\"]\nmin = 0.1\n";
    let text = format!("version = 1\nname = \"small\"\ntask = \"classify\"\n{dataset}{served}{own}{noise}{check}");
    workshop.write("spec.toml", text);
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let record = workshop.record("small");
    let of = |model: &str| {
        let cells = record["cells"].as_array().unwrap().iter().filter(|cell| cell["model"] == model);
        cells.map(|cell| (&cell["figures"]["top1"], &cell["figures"]["balanced_accuracy"])).collect::<Vec<_>>()
    };
    assert_eq!(of("served"), of("own"));
    assert!(of("own")[0].0.as_f64().unwrap() > 0.9, "{:?}", of("own"));
}

/// Expects that the model cannot be used, which is a set-up error.
fn unusable(url: &str, more: &str, message: &str) {
    let (workshop, ran) = run(url, more, "[[check]]\non = \"clean\"\nmin = 0.1\n");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let failure = workshop.record("small")["setup"][0]["failure"].clone();
    assert_eq!(failure["kind"], "model_load");
    assert!(failure["message"].as_str().unwrap().contains(message), "{failure}");
}

#[test]
fn servers_that_cannot_be_used() {
    unusable(
        "http://127.0.0.1:9",
        "retries = 0",
        "no answer from http://127.0.0.1:9/v2/models/cells: Connection refused",
    );
    let server = Loopback::start(|request, _| serve(&Network::open(), BINARY, request));
    unusable(&server.url(), "model_version = \"9\"", "404 Not Found: unknown model at /v2/models/cells/versions/9");
    let strange = |change: fn(&mut Value)| {
        Loopback::start(move |request, _| {
            let mut metadata = Network::open().metadata("FP32");
            change(&mut metadata);
            if request.path == "/v2/models/cells" {
                Reply::json(200, &metadata)
            } else {
                serve(&Network::open(), BINARY, request)
            }
        })
    };
    let two = strange(|metadata| {
        let input = metadata["inputs"][0].clone();
        metadata["inputs"].as_array_mut().unwrap().push(input);
    });
    unusable(&two.url(), "", "/v2/models/cells: of its inputs one must take the picture");
    let text = strange(|metadata| metadata["inputs"][0]["datatype"] = json!("BYTES"));
    unusable(&text.url(), "", "is of type BYTES; known are BOOL");
    let missing = strange(|metadata| metadata["outputs"][0]["name"] = json!("absent"));
    unusable(&missing.url(), "", "it does not run: its reply lacks output `absent`");
}

#[test]
fn a_server_that_fails_on_a_picture_fails_the_check() {
    let network = Network::open();
    let server = Loopback::start(move |request, before| match before {
        0..=2 => serve(&network, BINARY, request),
        3 => Reply::json(400, &json!({"error": format!("no memory for {TOKEN}")})),
        _ => Reply::Half(vec![b'x'; 100]),
    });
    let (workshop, ran) = run(
        &server.url(),
        "bearer_env = \"MY_TOKEN\"\nretries = 0\nconcurrency = 1",
        "[[check]]\non = \"clean\"\nmin = 0.1\n",
    );
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let record = workshop.record("small");
    let message = record["cases"][0]["message"].as_str().unwrap();
    assert!(message.contains("no memory for [secret]") || message.contains("no answer from"), "{message}");
}
