//! Secrets: whatever servers repeat, whatever fails, and whichever command is asked, nothing that is printed or written
//! holds one. Each secret has a word in it that every encoding of text leaves as it is, base64 excepted.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use crate::loopback::{Loopback, Reply, Request};
use crate::support::{DATASET, Workshop};

/// Variables, their values, and the word in each.
const PLANTED: [(&str, &str, &str); 6] = [
    ("ROBOFLOW_API_KEY", "k/+ \"rf77aa\" %41", "rf77aa"),
    ("HTTP_TOKEN", "t=&ht88bb<é>", "ht88bb"),
    ("HTTP_HEADER", "Basic dXNlcjpodzExa2s=", "dXNlcjpodzEx"),
    ("HTTP_QUERY", "q u66dd#?", "u66dd"),
    ("HTTP_FIELD", "f%41fi55ee\\", "fi55ee"),
    ("OIP_TOKEN", "oi99cc/==", "oi99cc"),
];

/// Tells all that it knows before it ends.
const CHILD: &str = "echo '{\"windtunnel\": 1}'\nread -r line\n\
    echo \"I am $ROBOFLOW_API_KEY $HTTP_TOKEN $HTTP_HEADER $HTTP_QUERY $HTTP_FIELD $OIP_TOKEN\" >&2\nenv > env\n\
    echo \"home $HOME\" >&2\nexit 3\n";

const CHECKS: &str =
    "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 2\n[[check]]\non = \"all\"\nmax = 0.999\n";

fn spec(url: &str) -> String {
    let limits = "timeout_seconds = 0.3\nretries = 1\nconcurrency = 1\n";
    format!(
        "version = 1\nname = \"small\"\n{DATASET}\
         [model.roboflow]\nkind = \"roboflow\"\nurl = \"{url}\"\nmodel_id = \"cells/1\"\n{limits}\
         [model.http]\nkind = \"http\"\nurl = \"{url}/http\"\nbody = \"json\"\nlist = \"objects\"\nbox_format = \"xywh\"\n\
         version = \"1\"\nbearer_env = \"HTTP_TOKEN\"\nheaders_env = {{ X-Api-Key = \"HTTP_HEADER\" }}\n\
         query_env = {{ key = \"HTTP_QUERY\" }}\nfields_env = {{ api_key = \"HTTP_FIELD\" }}\n{limits}\
         [model.oip]\nkind = \"oip\"\nurl = \"{url}\"\nmodel = \"cells\"\nbearer_env = \"OIP_TOKEN\"\n\
         decoder = \"efficient_nms\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n{limits}\
         [model.child]\nkind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]\n{CHECKS}"
    )
}

/// A folder with the spec for models behind `url`.
fn workshop(url: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("child.sh", CHILD);
    workshop.write("spec.toml", spec(url));
    workshop
}

/// Runs the program with all secrets, and holds what it says against them; the exit code and what was said.
fn run(workshop: &Workshop, args: &[&str]) -> (i32, String) {
    let mut command = workshop.command(args);
    command.envs(PLANTED.map(|(name, value, _)| (name, value))).env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace");
    let ran = workshop.finish(command.output().unwrap());
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("panicked"), "{args:?}: {said}");
    is_silent(&format!("what {args:?} says"), said.as_bytes());
    (ran.code, said)
}

/// Holds every file of a folder against the secrets.
fn holds_none(folder: &Path) {
    for file in files(folder) {
        is_silent(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_silent(place: &str, bytes: &[u8]) {
    let unpacked = bytes.starts_with(&[0x1f, 0x8b]).then(|| {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut text).unwrap();
        text
    });
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    for (name, value, word) in PLANTED {
        for form in [vec![word.to_owned()], in_base64(value), in_base64(word)].concat() {
            let found = bytes.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!found, "{name} is in {place}, as `{form}`: {}", String::from_utf8_lossy(bytes));
        }
    }
}

/// What base64 of any text that holds `text` has in it: one form for each of the three places where it may begin.
fn in_base64(text: &str) -> Vec<String> {
    let whole = |before: usize| BASE64.encode(["\0".repeat(before).as_bytes(), text.as_bytes()].concat());
    let inner = |before: usize| {
        let whole = whole(before);
        let (from, to) = ((8 * before).div_ceil(6), 8 * (before + text.len()) / 6);
        whole[from..to].to_owned()
    };
    (0..3).map(inner).collect()
}

/// Everything secret in a request, as a server might repeat it.
fn repeated(request: &Request) -> String {
    let body = String::from_utf8_lossy(&request.body);
    let field = body.split("\"api_key\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let header = |name: &str| request.header(name).to_owned();
    format!("{} {} {} {field}", header("authorization"), header("x-api-key"), request.query)
}

/// The description of the model behind the Open Inference Protocol, or a right answer of no object.
fn right(request: &Request) -> Reply {
    let port = |name: &str, shape: &[usize]| json!({"name": name, "datatype": "FP32", "shape": shape, "data": vec![0.0; shape.iter().product()]});
    let input = port("images", &[1, 3, 64, 64]);
    let outputs =
        [port("num_dets", &[1, 1]), port("boxes", &[1, 2, 4]), port("scores", &[1, 2]), port("classes", &[1, 2])];
    let body = match request.path.as_str() {
        "/v2" => json!({"name": "toy", "extensions": []}),
        "/v2/models/cells" => json!({"name": "cells", "platform": "toy", "inputs": [input], "outputs": outputs}),
        "/v2/models/cells/infer" => json!({"model_name": "cells", "model_version": "1", "outputs": outputs}),
        "/http" => json!({"objects": []}),
        _ => json!({"predictions": []}),
    };
    Reply::json(200, &body)
}

const COMMANDS: [&[&str]; 18] = [
    &["check", "spec.toml"],
    &["check", "spec.toml", "--resolved"],
    &["list", "spec.toml"],
    &["run", "spec.toml", "-v", "--detections", "found", "--markdown", "summary.md", "--timings"],
    &["run", "spec.toml", "-v"],
    &["run", "spec.toml", "--partition", "1/1"],
    &["merge", "target/windtunnel/shards"],
    &["report", "--to", "console"],
    &["report", "--to", "junit", "--out", "again.xml"],
    &["report", "--to", "junit_strict", "--out", "strict.xml"],
    &["report", "--to", "json"],
    &["report", "--to", "markdown"],
    &["report", "--to", "html", "--out", "again.html"],
    &["history", "list"],
    &["history", "site", "--out", "site"],
    &["cache", "size"],
    &["export", "predictions", "spec.toml", "--out", "exported"],
    &["baseline", "accept", "--reason", "first", "--force"],
];

#[test]
fn no_command_shows_a_secret_whether_its_server_answers_or_refuses() {
    for refuses in [false, true] {
        let server = Loopback::start(move |request, _| match right(request) {
            right if !refuses || request.method == "GET" => right,
            _ => Reply::json(401, &json!({"message": format!("not for {}", repeated(request))})),
        });
        let workshop = workshop(&server.url());
        for args in COMMANDS {
            let (code, said) = run(&workshop, args);
            assert!(code != 2 || args[0] == "baseline", "{args:?}: {said}");
        }
        holds_none(&workshop.path("."));
        for (name, value, word) in PLANTED {
            let requests = server.requests();
            let is_sent =
                requests.iter().any(|request| format!("{} {}", repeated(request), request.query).contains(word));
            assert!(is_sent, "{name} ({value}) went nowhere");
        }
        let env = std::fs::read_to_string(workshop.path("env")).unwrap();
        assert!(env.contains("HOME=") && !env.contains("ROBOFLOW_API_KEY"), "{env}");
    }
}

#[test]
fn no_failure_shows_a_secret() {
    type Answer = fn(&Request) -> Reply;
    let failures: [(&str, Answer); 7] = [
        ("500", |request| Reply::json(500, &json!({"error": {"message": repeated(request)}}))),
        ("a page", |request| Reply::Full(200, vec![], format!("<html>{}", repeated(request)).into_bytes())),
        ("an answer of something else", |request| Reply::json(200, &json!({"outputs": [], "you": repeated(request)}))),
        ("a long page", |request| {
            let long = format!("{}{}", "x".repeat(190), repeated(request));
            Reply::json(400, &json!({"message": long, "objects": {"long": long}}))
        }),
        ("a redirect", |request| {
            let to = format!("http://127.0.0.1:9/?{}", repeated(request));
            Reply::Full(302, vec![("Location".into(), to)], vec![])
        }),
        ("a broken connection", |_| Reply::Half(vec![b'x'; 99])),
        ("silence", |_| Reply::Hang),
    ];
    for (name, answer) in failures {
        let server =
            Loopback::start(move |request, _| if request.method == "GET" { right(request) } else { answer(request) });
        let workshop = workshop(&server.url());
        let (code, said) = run(&workshop, &["run", "spec.toml", "-v"]);
        assert_eq!(code, 3, "{name}: {said}");
        holds_none(&workshop.path("."));
    }
}

#[test]
fn no_unreachable_server_or_proxy_shows_a_secret() {
    for url in ["http://127.0.0.1:9", "http://nowhere.invalid", "https://127.0.0.1:9"] {
        let workshop = workshop(url);
        let (code, said) = run(&workshop, &["run", "spec.toml", "-v", "--set", "model.http.retries=0"]);
        assert_eq!(code, 3, "{url}: {said}");
        holds_none(&workshop.path("."));
    }
    let workshop = workshop("http://nowhere.invalid");
    let mut command = workshop.command(&["run", "spec.toml", "-v"]);
    command.envs(PLANTED.map(|(name, value, _)| (name, value)));
    command.env("HTTP_PROXY", "http://user:pr44ff@127.0.0.1:9").env("http_proxy", "http://user:pr44ff@127.0.0.1:9");
    let ran = workshop.finish(command.output().unwrap());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    std::fs::remove_file(workshop.path("env")).unwrap();
    for file in files(&workshop.path(".")) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains("pr44ff") && !text.contains(&BASE64.encode("user:pr44ff")), "{}", file.display());
    }
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("pr44ff"), "{}", ran.stderr);
}

#[test]
fn secrets_in_a_spec_are_refused_and_not_shown() {
    let http = "kind = \"http\"\nbody = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\nurl = \"http://h/\"\n";
    for (model, message) in [
        ("kind = \"roboflow\"\nmodel_id = \"a/1\"\napi_key = \"rf77aa\"\n", "`api_key`"),
        ("kind = \"roboflow\"\nmodel_id = \"a/1\"\napi_key_env = \"rf77aa-\"\n", "not the name of a variable"),
        (
            "kind = \"roboflow\"\nmodel_id = \"a/1\"\nurl = \"https://user:rf77aa@h/\"\n",
            "a secret does not belong into a spec",
        ),
        ("kind = \"oip\"\nmodel = \"a\"\nurl = \"http://h/?token=rf77aa\"\n", "a secret does not belong into a spec"),
        (&http.replace("http://h/", "http://h/?api_key=rf77aa"), "a secret does not belong into a spec"),
        (&format!("{http}headers = {{ Authorization = \"Bearer rf77aa\" }}\n"), "headers_env"),
        (&format!("{http}bearer_env = \"Bearer rf77aa\"\n"), "not the name of a variable"),
        (&format!("{http}query_env = {{ key = \"rf77aa \" }}\n"), "not the name of a variable"),
        (&format!("{http}fields_env = {{ key = \"rf77aa \" }}\n"), "not the name of a variable"),
        (&http.replace("\"raw\"", "\"multipart\"\nfields = { api_key = \"rf77aa\" }"), "fields_env"),
        (
            &http.replace("\"raw\"", "\"json\"\ntemplate = '{\"i\": \"{image}\", \"auth\": {\"token\": \"rf77aa\"}}'"),
            "fields_env",
        ),
        ("kind = \"subprocess\"\ncommand = [\"sh\", \"--api-key=rf77aa\"]\n", "`--api-key`"),
        ("kind = \"subprocess\"\ncommand = [\"sh\", \"--hf_token\", \"rf77aa\"]\n", "`--hf_token`"),
    ] {
        let workshop = Workshop::new();
        workshop.blood_cells(2);
        workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}[model.m]\n{model}{CHECKS}"));
        for command in ["check", "run", "list"] {
            let (code, said) = run(&workshop, &[command, "spec.toml"]);
            assert!(code == 2 && said.contains(message), "{model}: {said}");
        }
    }
    let workshop = workshop("http://127.0.0.1:9");
    for set in ["model.roboflow.api_key=\"rf77aa\"", "model.http.url=\"http://u:rf77aa@h\""] {
        let (code, said) = run(&workshop, &["check", "spec.toml", "--set", set]);
        assert!(code == 2 && said.contains("secret"), "{said}");
    }
}

#[test]
fn options_that_only_look_like_secrets_are_taken() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let models = "[model.a]\nkind = \"subprocess\"\ncommand = [\"sh\", \"--tokenizer=clip\", \"--token\", \"--max-tokens\", \"3\"]\n\
                  [model.b]\nkind = \"http\"\nurl = \"http://h/\"\nlist = \"\"\nbox_format = \"xyxy\"\nbody = \"json\"\n\
                  template = '{\"key\": \"a.png\", \"max_tokens\": 3, \"token\": \"{image}\"}'\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{models}{CHECKS}"));
    let ran = workshop.run(&["check", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}
