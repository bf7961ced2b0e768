//! What is said of servers: `http`, `oip` and `roboflow`, against one on this machine.

use std::time::Duration;

use rten::{Model, RunOptions, Value as Tensor};
use rten_tensor::Layout;
use serde_json::{Value, json};

use super::{Way, edit, follow, sound, variable};
use crate::loopback::{Loopback, Reply, Request};
use crate::support::{Workshop, repository, small_spec};

/// The object as a server tells it.
fn object(class: &Value, score: &Value) -> Value {
    json!([{ "bbox": [1, 2, 21, 22], "score": score, "class": class }])
}

fn found() -> Reply {
    Reply::json(200, &object(&json!("cat"), &json!(0.9)))
}

/// A spec on a server at `/find` that answers as told.
fn http(shop: &Workshop, answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) {
    sound(shop);
    let url = Loopback::start(answer).url();
    edit(
        shop,
        "kind = \"precomputed\"\npath = \"{condition}.json\"\n",
        &format!(
            "kind = \"http\"\nurl = \"{url}/find\"\nbody = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\nretries = 0\n"
        ),
    );
}

/// The same, where a line of the model's section is another.
fn http_with(shop: &Workshop, from: &str, to: &str) {
    http(shop, |_, _| found());
    edit(shop, from, to);
}

/// A server that wants a secret where `has` looks for it.
fn guarded(shop: &Workshop, has: fn(&Request) -> bool) {
    http(shop, move |request, _| if has(request) { found() } else { Reply::json(403, &json!({ "error": "no" })) });
}

fn body_has(request: &Request, text: &str) -> bool {
    String::from_utf8_lossy(&request.body).contains(text)
}

const HTTP: &[Way] = &[
    Way {
        wrong: |shop| {
            http(shop, |request, _| match request.path.as_str() {
                "/v2/find" => found(),
                _ => Reply::Full(307, vec![("Location".into(), "/v2/find".into())], vec![]),
            });
        },
        says: "/v2/find: set `url` to that",
        follow: |shop| edit(shop, "/find", "/v2/find"),
    },
    Way {
        wrong: |shop| {
            http(shop, |request, _| match (request.method.as_str(), request.path.as_str()) {
                ("POST", "/find") => found(),
                _ => Reply::json(404, &json!({ "detail": "Not Found" })),
            });
            edit(shop, "/find", "/");
        },
        says: "404 Not Found: Not Found; is the path in `url` the one that takes pictures by POST?",
        follow: |shop| edit(shop, "/\"\nbody", "/find\"\nbody"),
    },
    Way {
        wrong: |shop| {
            http(shop, |_, _| {
                std::thread::sleep(Duration::from_millis(600));
                found()
            });
            edit(shop, "retries = 0", "timeout_seconds = 0.2");
        },
        says: "give it more time with `timeout_seconds`",
        follow: |shop| edit(shop, "timeout_seconds = 0.2", "timeout_seconds = 30"),
    },
    Way {
        wrong: |shop| {
            http(shop, |_, before| match before {
                0 | 1 => Reply::Full(503, vec![("Retry-After".into(), "1".into())], vec![]),
                _ => found(),
            });
            edit(shop, "retries = 0", "patience_seconds = 0.5");
        },
        says: "longer than is left of `patience_seconds`",
        follow: |shop| edit(shop, "patience_seconds = 0.5", "patience_seconds = 30"),
    },
    Way {
        wrong: |shop| {
            http(shop, |request, _| match request.body.len() {
                0..1000 => found(),
                _ => Reply::json(413, &json!({ "error": "too large" })),
            });
            // The object is where the server says, in a picture a hundred times as large as what it takes.
            shop.picture("images/a.png", 4000, 3000);
            let labels = super::labels().to_string().replace("[1,2,20,20]", "[100,200,2000,2000]");
            let labels = labels.replace("\"width\":40", "\"width\":4000").replace("\"height\":30", "\"height\":3000");
            shop.write("labels.json", labels);
        },
        says: "set `transport = \"jpeg\"` or a smaller `max_side`",
        follow: |shop| edit(shop, "body =", "max_side = 40\nbody ="),
    },
    Way {
        wrong: |shop| http(shop, |_, _| Reply::json(200, &object(&json!("cat"), &json!(90)))),
        says: "set `score_scale = 100`",
        follow: |shop| edit(shop, "body =", "score_scale = 100\nbody ="),
    },
    Way {
        wrong: |shop| http(shop, |_, _| Reply::json(200, &object(&json!(1), &json!(0.9)))),
        says: "`labels = [...]` in the model's order must tell",
        follow: |shop| edit(shop, "body =", "labels = [\"dog\", \"cat\"]\nbody ="),
    },
    Way {
        wrong: |shop| {
            http(shop, |_, _| {
                let mut found = object(&json!("cat"), &json!(0.9));
                found.as_array_mut().unwrap().push(object(&json!("hare"), &json!(0.8))[0].clone());
                Reply::json(200, &found)
            });
            edit(shop, "body =", "labels = [\"dog\", \"cat\"]\nbody =");
        },
        says: "which is none of its `labels`: list all of its classes",
        follow: |shop| edit(shop, "\"dog\"", "\"hare\", \"dog\""),
    },
    Way {
        wrong: |shop| http(shop, |_, _| Reply::json(200, &object(&json!("feline"), &json!(0.9)))),
        says: "give them the dataset's names with `rename = { \"feline\" = \"...\" }`",
        follow: |shop| edit(shop, "body =", "rename = { \"feline\" = \"cat\" }\nbody ="),
    },
    Way {
        wrong: |shop| http(shop, |_, _| Reply::json(200, &object(&json!("feline"), &json!(0.9)))),
        says: "list the model's classes in `labels`",
        follow: |shop| edit(shop, "body =", "labels = [\"feline\"]\nrename = { feline = \"cat\" }\nbody ="),
    },
    Way {
        wrong: |shop| http_with(shop, "list = \"\"", "list = \"objects\""),
        says: "the answer has no list of objects at `/objects`: [{",
        follow: |shop| edit(shop, "list = \"objects\"", "list = \"\""),
    },
    Way {
        wrong: |shop| http_with(shop, "box_format = \"xyxy\"\n", ""),
        says: "add `box_format = \"xyxy\"` (corners)",
        follow: |shop| edit(shop, "body =", "box_format = \"xyxy\"\nbody ="),
    },
    Way {
        wrong: |shop| {
            http(shop, |_, _| Reply::json(200, &json!([{ "bbox": [31, 22, 20, 20], "score": 0.9, "class": "cat" }])));
            shop.write("labels.json", super::labels().to_string().replace("[1,2,20,20]", "[21,12,20,20]"));
        },
        says: "a box is -11 x -2 pixels: is it in another format? `box_format`",
        follow: |shop| edit(shop, "xyxy", "cxcywh"),
    },
    Way {
        wrong: |shop| http_with(shop, "list = \"\"\n", ""),
        says: "add `list = \"predictions\"`",
        follow: |shop| {
            http(shop, |_, _| Reply::json(200, &json!({ "predictions": object(&json!("cat"), &json!(0.9)) })));
            edit(shop, "list = \"\"", "list = \"predictions\"");
        },
    },
    Way {
        wrong: |shop| http_with(shop, "body = \"raw\"\n", ""),
        says: "add `body = \"multipart\" # or \"json\", or \"raw\"`",
        follow: |shop| edit(shop, "list =", "body = \"multipart\"  # or \"json\", or \"raw\"\nlist ="),
    },
    Way {
        wrong: |shop| http_with(shop, "http://", "//"),
        says: "write it like `\"http://localhost:8000/predict\"`",
        follow: |shop| edit(shop, "\"//", "\"http://"),
    },
    Way {
        wrong: |shop| http_with(shop, "http://", "ftp://"),
        says: "only http:// and https:// are known",
        follow: |shop| edit(shop, "ftp://", "http://"),
    },
    Way {
        wrong: |shop| http_with(shop, "/find", "/find#cats"),
        says: "a part after `#` is never sent",
        follow: |shop| edit(shop, "#cats", ""),
    },
    Way {
        wrong: |shop| http_with(shop, "\"raw\"", "\"json\"\ntemplate = '{\"picture\": \"\"}'"),
        says: "for example `template = '{\"image\": \"{image}\", \"confidence\": 0.01}'`",
        follow: |shop| edit(shop, "'{\"picture\": \"\"}'", "'{\"image\": \"{image}\", \"confidence\": 0.01}'"),
    },
    Way {
        wrong: |shop| http_with(shop, "body =", "class = \"*\"\nbox = \"bbox\"\nbody ="),
        says: "leave `box` out: the box is the value of the field whose name is the class",
        follow: |shop| {
            http(shop, |_, _| Reply::json(200, &json!([{ "cat": [1, 2, 21, 22], "score": 0.9 }])));
            edit(shop, "body =", "class = \"*\"\nbody =");
        },
    },
    Way {
        wrong: |shop| http_with(shop, "body =", "box = [\"x\", \"y\"]\nbody ="),
        says: "for example `box = [\"x1\", \"y1\", \"x2\", \"y2\"]`",
        follow: |shop| {
            http(shop, |_, _| {
                Reply::json(200, &json!([{ "x1": 1, "y1": 2, "x2": 21, "y2": 22, "score": 0.9, "class": "cat" }]))
            });
            edit(shop, "body =", "box = [\"x1\", \"y1\", \"x2\", \"y2\"]\nbody =");
        },
    },
];

/// Where a secret stands in a spec, and the key that names its variable.
const SECRETS: &[Way] = &[
    Way {
        wrong: |shop| guarded(shop, |request| request.header("authorization") == "Bearer abc"),
        says: "name the variable that holds its key, in `bearer_env`, `headers_env` or `query_env`",
        follow: |shop| {
            edit(shop, "body =", "bearer_env = \"MY_TOKEN\"\nbody =");
            variable(shop, "MY_TOKEN", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.header("authorization") == "Basic YW5uYTphYmM=");
            edit(shop, "http://", "http://anna:abc@");
        },
        says: "`headers_env = { Authorization = \"MY_AUTHORIZATION\" }`, with `Basic` and the base64 of USER:PASSWORD",
        follow: |shop| {
            edit(shop, "anna:abc@", "");
            edit(shop, "body =", "headers_env = { Authorization = \"MY_AUTHORIZATION\" }\nbody =");
            variable(shop, "MY_AUTHORIZATION", "Basic YW5uYTphYmM=");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.header("authorization") == "Bearer abc");
            edit(shop, "body =", "token = \"abc\"\nbody =");
        },
        says: "name the variable of the environment that holds it, `bearer_env = \"MY_TOKEN\"`",
        follow: |shop| {
            edit(shop, "token = \"abc\"", "bearer_env = \"MY_TOKEN\"");
            variable(shop, "MY_TOKEN", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.header("authorization") == "Bearer abc");
            edit(shop, "body =", "bearer_env = \"MY_TOKEN\"\nbody =");
        },
        says: "the variable `MY_TOKEN` is not set: `export MY_TOKEN=...`",
        follow: |shop| variable(shop, "MY_TOKEN", "abc"),
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.query == "api_key=abc");
            edit(shop, "/find", "/find?api_key=abc");
        },
        says: "name the variable of the environment that holds it: `query_env = { api_key = \"MY_API_KEY\" }`",
        follow: |shop| {
            edit(shop, "?api_key=abc", "");
            edit(shop, "body =", "query_env = { api_key = \"MY_API_KEY\" }\nbody =");
            variable(shop, "MY_API_KEY", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.header("x-api-key") == "abc");
            edit(shop, "body =", "headers = { X-Api-Key = \"abc\" }\nbody =");
        },
        says: "`headers_env = { X-Api-Key = \"MY_TOKEN\" }`",
        follow: |shop| {
            edit(shop, "headers = { X-Api-Key = \"abc\" }", "headers_env = { X-Api-Key = \"MY_TOKEN\" }");
            variable(shop, "MY_TOKEN", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| body_has(request, "name=\"api_key\"\r\n\r\nabc\r\n"));
            edit(shop, "\"raw\"", "\"multipart\"\nfields = { api_key = \"abc\" }");
        },
        says: "`fields_env = { api_key = \"MY_API_KEY\" }`",
        follow: |shop| {
            edit(shop, "fields = { api_key = \"abc\" }", "fields_env = { api_key = \"MY_API_KEY\" }");
            variable(shop, "MY_API_KEY", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| body_has(request, "\"api_key\":\"abc\""));
            edit(shop, "\"raw\"", "\"json\"\ntemplate = '{\"image\": \"{image}\", \"api_key\": \"abc\"}'");
        },
        says: "`fields_env = { api_key = \"MY_API_KEY\" }`",
        follow: |shop| {
            edit(shop, ", \"api_key\": \"abc\"}'", "}'\nfields_env = { api_key = \"MY_API_KEY\" }");
            variable(shop, "MY_API_KEY", "abc");
        },
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.query == "key=abc");
            edit(shop, "body =", "fields_env = { key = \"MY_API_KEY\" }\nbody =");
            variable(shop, "MY_API_KEY", "abc");
        },
        says: "take `query_env` or `headers_env`",
        follow: |shop| edit(shop, "fields_env", "query_env"),
    },
    Way {
        wrong: |shop| {
            guarded(shop, |request| request.header("authorization") == "Bearer abc");
            edit(shop, "body =", "bearer_env = \"Bearer abc\"\nbody =");
        },
        says: "only the name stands in a spec, for example `\"MY_API_KEY\"`",
        follow: |shop| {
            edit(shop, "\"Bearer abc\"", "\"MY_API_KEY\"");
            variable(shop, "MY_API_KEY", "abc");
        },
    },
];

/// A spec on a detector that ships, behind a server that speaks JSON: another version answers each time, unless one is
/// asked for.
fn oip(shop: &Workshop) {
    shop.blood_cells(3);
    let model = std::sync::Mutex::new(Model::load_file(repository("examples/models/bccd_a.onnx")).unwrap());
    let server = Loopback::start(move |request, before| {
        let path = request.path.strip_prefix("/v2").unwrap_or_default();
        let (path, is_pinned) = match path.strip_prefix("/models/cells/versions/3") {
            Some(rest) => (format!("/models/cells{rest}"), true),
            None => (path.to_owned(), false),
        };
        match path.as_str() {
            "" => Reply::json(200, &json!({ "name": "toy", "extensions": [] })),
            "/models/cells" => Reply::json(200, &described(&model.lock().unwrap())),
            "/models/cells/infer" => {
                let version = if is_pinned { 3 } else { before };
                infer(&model.lock().unwrap(), request, &version.to_string())
            }
            _ => Reply::json(404, &json!({ "error": format!("unknown model at {}", request.path) })),
        }
    });
    let spec = small_spec("[[check]]\non = \"clean\"\nmin = 0.05\n");
    let path = repository("examples/models/bccd_a.onnx").display().to_string();
    let section = format!("kind = \"onnx\"\nengine = \"rten\"\npath = {}\n", json!(path));
    assert!(spec.contains(&section), "{spec}");
    let own =
        format!("kind = \"oip\"\nurl = \"{}\"\nmodel = \"cells\"\nmodel_version = \"3\"\nretries = 0\n", server.url());
    shop.write("spec.toml", spec.replace(&section, &own));
}

fn described(model: &Model) -> Value {
    let port = |id: &rten::NodeId| {
        let info = model.node_info(*id).unwrap();
        let side = |side: &rten::Dimension| match side {
            rten::Dimension::Fixed(side) => i64::try_from(*side).unwrap(),
            rten::Dimension::Symbolic(_) => -1,
        };
        let shape: Vec<i64> = info.shape().unwrap_or_default().iter().map(side).collect();
        json!({ "name": info.name().unwrap(), "datatype": "FP32", "shape": shape })
    };
    let inputs: Vec<Value> = model.input_ids().iter().map(port).collect();
    let outputs: Vec<Value> = model.output_ids().iter().map(port).collect();
    json!({ "name": "cells", "platform": "toy", "inputs": inputs, "outputs": outputs })
}

fn infer(model: &Model, request: &Request, version: &str) -> Reply {
    let Ok(asked) = serde_json::from_slice::<Value>(&request.body) else {
        return Reply::json(400, &json!({ "error": "tensors as bytes are not known here" }));
    };
    let input = &asked["inputs"][0];
    let shape: Vec<usize> = serde_json::from_value(input["shape"].clone()).unwrap();
    let data: Vec<f32> = serde_json::from_value(input["data"].clone()).unwrap();
    let tensor = Tensor::from_shape(&shape, data).unwrap();
    let answers = model
        .run(vec![(model.input_ids()[0], tensor.into())], model.output_ids(), Some(RunOptions::default()))
        .unwrap();
    let named = answers.into_iter().zip(model.output_ids()).map(|(value, id)| {
        let Tensor::FloatTensor(tensor) = value else { panic!("not of floats") };
        let name = model.node_info(*id).unwrap().name().unwrap().to_owned();
        json!({ "name": name, "datatype": "FP32", "shape": tensor.shape().to_vec(), "data": tensor.into_data() })
    });
    Reply::json(200, &json!({ "model_version": version, "outputs": named.collect::<Vec<_>>() }))
}

const OIP: &[Way] = &[
    Way {
        wrong: |shop| {
            oip(shop);
            let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
            let url = text.split("url = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let leading = url.clone();
            let moved = Loopback::start(move |request, _| {
                Reply::Full(308, vec![("Location".into(), format!("{leading}{}", request.path))], vec![])
            });
            shop.write("leads to", &url);
            edit(shop, &url, &moved.url());
        },
        says: ": set `url` to that",
        follow: |shop| {
            // What the message names is taken from it, to the letter.
            let said = super::run(shop).stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            let named = said.split(" redirects to ").nth(1).unwrap().split(": set").next().unwrap().to_owned();
            let url = std::fs::read_to_string(shop.path("leads to")).unwrap();
            assert_eq!(named.trim_end_matches('/'), url);
            let text = std::fs::read_to_string(shop.path("spec.toml")).unwrap();
            let before = text.split("url = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            edit(shop, &before, &named);
        },
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "http://", "http://anna:abc@");
        },
        says: "a token goes by the variable of the environment that holds it, `bearer_env = \"MY_TOKEN\"`",
        follow: |shop| {
            edit(shop, "anna:abc@", "");
            edit(shop, "retries = 0", "bearer_env = \"MY_TOKEN\"\nretries = 0");
            variable(shop, "MY_TOKEN", "abc");
        },
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "model_version = \"3\"\n", "");
        },
        says: "pin one with `model_version`",
        follow: |shop| edit(shop, "model = ", "model_version = \"3\"\nmodel = "),
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "model = \"cells\"\n", "");
        },
        says: "add `model = \"the model's name on the server\"`",
        follow: |shop| edit(shop, "url = ", "model = \"cells\"\nurl = "),
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "\"cells\"", "\"cell\"");
        },
        says: "unknown model at /v2/models/cell/versions/3; are `model` and `model_version` those on the server?",
        follow: |shop| edit(shop, "\"cell\"", "\"cells\""),
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "\"cells\"", "\"v2/models/cells\"");
        },
        says: "write the name or the number alone, as the server lists it",
        follow: |shop| edit(shop, "v2/models/cells", "cells"),
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "retries = 0", "binary = true\nretries = 0");
        },
        says: "400 Bad Request: tensors as bytes are not known here; if it takes no tensors as bytes, `binary = false` sends them as JSON",
        follow: |shop| edit(shop, "binary = true", "binary = false"),
    },
    Way {
        wrong: |shop| {
            oip(shop);
            edit(shop, "labels = [\"RBC\", \"WBC\", \"Platelets\"]\n", "");
        },
        says: "add `labels = [...]` with their names in the model's order",
        follow: |shop| edit(shop, "model = ", "labels = [\"RBC\", \"WBC\", \"Platelets\"]\nmodel = "),
    },
];

/// A spec on an inference server of one's own.
fn roboflow(shop: &Workshop, class: &'static str) {
    sound(shop);
    let server = Loopback::start(move |request, _| {
        let found = json!({ "x": 11, "y": 12, "width": 20, "height": 20, "confidence": 0.9, "class": class });
        match (request.path.as_str(), request.query.contains("api_key=abc")) {
            ("/cats/3", true) => Reply::json(200, &json!({ "predictions": [found] })),
            ("/cats/3", false) => Reply::json(401, &json!({ "message": "this key is not known" })),
            _ => Reply::json(404, &json!({ "message": "no such model" })),
        }
    });
    edit(
        shop,
        "kind = \"precomputed\"\npath = \"{condition}.json\"\n",
        &format!("kind = \"roboflow\"\nmodel_id = \"cats/3\"\nurl = \"{}\"\nretries = 0\n", server.url()),
    );
    variable(shop, "ROBOFLOW_API_KEY", "abc");
}

const ROBOFLOW: &[Way] = &[
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            variable(shop, "ROBOFLOW_API_KEY", "other");
        },
        says: "this key is not known; does `ROBOFLOW_API_KEY` hold the key of the workspace that `cats/3` is in?",
        follow: |shop| variable(shop, "ROBOFLOW_API_KEY", "abc"),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "cats/3", "cats/4");
        },
        says: "no such model; is `model_id = \"cats/4\"` what the version's page shows?",
        follow: |shop| edit(shop, "cats/4", "cats/3"),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "\"\nretries", "/?api_key=abc\"\nretries");
        },
        says: "`api_key_env = \"MY_API_KEY\"`, and leave it out of the address",
        follow: |shop| {
            edit(shop, "/?api_key=abc", "");
            edit(shop, "retries", "api_key_env = \"MY_API_KEY\"\nretries");
            variable(shop, "MY_API_KEY", "abc");
        },
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            shop.write("variables", "");
        },
        says: "the variable `ROBOFLOW_API_KEY` is not set: `export ROBOFLOW_API_KEY=...`",
        follow: |shop| variable(shop, "ROBOFLOW_API_KEY", "abc"),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "retries = 0", "api_key = \"abc\"");
        },
        says: "name the variable of the environment that holds it, `api_key_env = \"ROBOFLOW_API_KEY\"`",
        follow: |shop| edit(shop, "api_key = \"abc\"", "api_key_env = \"ROBOFLOW_API_KEY\""),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "cats/3", "cats");
        },
        says: "the version's page shows the id, for example `\"site-safety/3\"`",
        follow: |shop| edit(shop, "\"cats\"", "\"cats/3\""),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "model_id = \"cats/3\"\n", "");
        },
        says: "add `model_id = \"project/3\"`",
        follow: |shop| edit(shop, "url = ", "model_id = \"cats/3\"\nurl = "),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "\"\nretries", "/?version=3\"\nretries");
        },
        says: "write it like `\"http://localhost:9001\"`",
        follow: |shop| edit(shop, "/?version=3\"", "\""),
    },
    Way {
        wrong: |shop| roboflow(shop, "feline"),
        says: "give them the dataset's names with `rename = { \"feline\" = \"...\" }`",
        follow: |shop| edit(shop, "url = ", "rename = { \"feline\" = \"cat\" }\nurl = "),
    },
    Way {
        wrong: |shop| {
            roboflow(shop, "cat");
            edit(shop, "retries = 0", "labels = [\"dog\"]");
        },
        says: "the model's are `dog`: set `labels = [...]`",
        follow: |shop| edit(shop, "\"dog\"", "\"cat\""),
    },
];

#[test]
fn messages_about_http_servers_lead_out() {
    follow(HTTP);
}

#[test]
fn messages_about_secrets_lead_out() {
    follow(SECRETS);
}

#[test]
fn messages_about_servers_of_the_open_inference_protocol_lead_out() {
    follow(OIP);
}

#[test]
fn messages_about_hosted_models_lead_out() {
    follow(ROBOFLOW);
}
