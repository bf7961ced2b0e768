//! `kind = "http"` against a server on this machine, in every form of request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use windtunnel::detection::Detection;

use crate::detector::{Detector, NAMES};
use crate::loopback::{Loopback, Reply, Request};
use crate::roboflow::assert_same_figures;
use crate::support::{DATASET, Ran, Workshop, small_spec};

const TOKEN: &str = "t0ken/with space";

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.1\n";

/// Runs a clean check on two images with the model behind `server`; the token must not be seen anywhere.
fn run(server: &Loopback, path: &str, options: &str) -> (Workshop, Ran) {
    run_at(&format!("{}{path}", server.url()), options)
}

fn run_at(url: &str, options: &str) -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    let model = format!("[model.a]\nkind = \"http\"\nurl = \"{url}\"\n{options}\n");
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{model}{CLEAN}"));
    let ran = workshop.finish(workshop.command(&["run", "spec.toml"]).env("MY_TOKEN", TOKEN).output().unwrap());
    if ran.code != 2 {
        let text = std::fs::read_to_string(workshop.path("target/windtunnel/small/junit.xml")).unwrap();
        assert!(!format!("{}{text}{}", ran.stderr, workshop.record("small")).contains("t0ken"), "the token is shown");
    }
    (workshop, ran)
}

/// What the detector finds in a picture file, and the picture's size.
type Find<'a> = &'a dyn Fn(&[u8]) -> (Vec<Detection>, [u32; 2]);

/// Runs it with a form of request, and holds the figures against those of the same model inside the program.
fn same(path: &str, options: &str, answer: fn(&Request, Find<'_>) -> Value) {
    let own = Workshop::new();
    own.blood_cells(2);
    own.write("spec.toml", small_spec(&format!("confidence = 0.01\n{CLEAN}")));
    assert_eq!(own.run(&["run", "spec.toml"]).code, 0);
    let detector = Arc::new(Detector::open(&own));
    let server =
        Loopback::start(move |request, _| Reply::json(200, &answer(request, &|picture| detector.find(picture))));
    let (workshop, ran) = run(&server, path, options);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_same_figures(&own.record("small")["cells"], &workshop.record("small")["cells"]);
}

#[test]
fn a_raw_picture_and_corners_in_pixels() {
    let options = "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\nbearer_env = \"MY_TOKEN\"\n\
                   headers = { Accept = \"application/json\" }";
    same("/predict?conf=0.01", options, |request, find| {
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/predict", "conf=0.01"));
        assert_eq!((request.header("content-type"), request.header("accept")), ("image/png", "application/json"));
        assert_eq!(request.header("authorization"), format!("Bearer {TOKEN}"));
        let object = |d: &Detection| {
            let b = d.bbox;
            json!({"bbox": [b.x, b.y, b.right(), b.bottom()], "score": d.score, "class": NAMES[d.category_id as usize]})
        };
        find(&request.body).0.iter().map(object).collect()
    });
}

#[test]
fn a_template_of_json_and_centres_in_shares() {
    let options = "body = \"json\"\ntemplate = '{\"instances\": [{\"b64\": \"{image}\"}]}'\nlist = \"predictions.0.objects\"\n\
                   box = [\"cx\", \"cy\", \"w\", \"h\"]\nbox_format = \"cxcywh\"\nunit = \"unit\"\nscore = \"conf\"\n\
                   class = \"cls.id\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\nquery_env = { key = \"MY_TOKEN\" }";
    same("/v1/models/cells:predict", options, |request, find| {
        assert_eq!(request.query, "key=t0ken%2Fwith+space");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let picture = BASE64.decode(body["instances"][0]["b64"].as_str().unwrap()).unwrap();
        let (found, [width, height]) = find(&picture);
        let (width, height) = (f64::from(width), f64::from(height));
        let object = |d: &Detection| {
            let b = d.bbox;
            json!({"cx": (b.x + b.width / 2.0) / width, "cy": (b.y + b.height / 2.0) / height, "w": b.width / width,
                   "h": b.height / height, "conf": d.score, "cls": {"id": d.category_id - 1}})
        };
        json!({"predictions": [{"objects": found.iter().map(object).collect::<Vec<_>>()}]})
    });
}

#[test]
fn a_form_with_fields() {
    let options = "body = \"multipart\"\nfield = \"image\"\nfields = { conf = 0.01, model = \"cells\" }\n\
                   list = \"images.0.results\"\nbox = [\"box.x\", \"box.y\", \"box.w\", \"box.h\"]\nbox_format = \"xywh\"\n\
                   class = \"name\"\nrename = { red = \"RBC\" }\nheaders_env = { X-Api-Key = \"MY_TOKEN\" }";
    same("/predict", options, |request, find| {
        assert_eq!(request.header("x-api-key"), TOKEN);
        let boundary = request.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(&request.body);
        assert!(text.contains("name=\"conf\"\r\n\r\n0.01\r\n") && text.contains("name=\"model\"\r\n\r\ncells\r\n"));
        assert!(text.contains("name=\"image\"; filename=\"image.png\"\r\nContent-Type: image/png"), "{boundary}");
        let start = request.body.windows(8).position(|bytes| bytes == b"\x89PNG\r\n\x1a\n").unwrap();
        let object = |d: &Detection| {
            let (b, name) = (d.bbox, NAMES[d.category_id as usize].replace("RBC", "red"));
            json!({"box": {"x": b.x, "y": b.y, "w": b.width, "h": b.height}, "score": d.score, "name": name})
        };
        json!({"images": [{"results": find(&request.body[start..]).0.iter().map(object).collect::<Vec<_>>()}]})
    });
}

#[test]
fn answers_that_are_none() {
    let options = "body = \"raw\"\nlist = \"objects\"\nbox_format = \"xyxy\"\nerror = \"problem.text\"\nretries = 0\n\
                   bearer_env = \"MY_TOKEN\"";
    for (status, answer, message) in [
        (200, json!({"objects": "none"}), "the answer has no list of objects at `/objects`: {\"objects\":\"none\"}"),
        (200, json!({"problem": {"text": "no GPU"}}), "it says: \"no GPU\""),
        (422, json!({"problem": {"text": format!("not for {TOKEN}")}}), "422 Unprocessable Entity: not for [secret]"),
        (500, json!({"detail": "boom"}), "500 Internal Server Error: boom (1 try)"),
        (200, json!({"objects": [{"bbox": [5, 5, 1, 9], "score": 0.5, "class": "RBC"}]}), "a box is -4 x 4 pixels"),
        (
            200,
            json!({"objects": [{"bbox": [5, 5, 9, 9], "score": 0.5, "class": 1}]}),
            "`labels = [...]` in the model's order must tell",
        ),
    ] {
        let server = Loopback::start(move |_, _| Reply::json(status, &answer));
        let (workshop, ran) = run(&server, "/predict", options);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let told = workshop.record("small")["cases"][0]["message"].as_str().unwrap().to_owned();
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn an_answer_that_comes_byte_by_byte_is_not_waited_for_longer_than_told() {
    let server = Loopback::start(|_, _| Reply::Drip);
    let started = Instant::now();
    let options = "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\ntimeout_seconds = 0.3\nconcurrency = 1";
    let (workshop, ran) = run(&server, "/predict", options);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told = workshop.record("small")["cases"][0]["message"].as_str().unwrap().to_owned();
    assert!(told.contains("has not answered within 0.3 s"), "{told}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn an_answer_that_is_too_long_is_refused() {
    let server = Loopback::start(|_, _| Reply::Full(200, vec![], vec![b' '; (16 << 20) + 1]));
    let options = "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\nconcurrency = 1";
    let (workshop, ran) = run(&server, "/predict", options);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told = workshop.record("small")["cases"][0]["message"].as_str().unwrap().to_owned();
    assert!(told.contains("/predict is longer than 16 MiB"), "{told}");
}

#[test]
fn answers_are_told_apart_by_the_version_that_the_spec_gives() {
    let server = Loopback::start(|_, _| Reply::json(200, &json!([])));
    let digest = |more: &str| {
        let options = format!("body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\n{more}");
        run(&server, "/predict", &options).0.record("small")["models"][0]["card"]["digest"].clone()
    };
    assert_eq!(digest(""), Value::Null);
    assert!(digest("version = \"7\"").is_string());
    assert_ne!(digest("version = \"7\""), digest("version = \"8\""));
}

#[test]
fn a_refused_connection_is_told_as_such_whatever_is_sent() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for body in ["multipart", "json", "raw"] {
        let options = format!("body = \"{body}\"\nlist = \"\"\nbox_format = \"xyxy\"\nretries = 0");
        let (workshop, ran) = run_at(&format!("http://{nobody}/predict"), &options);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let told = workshop.record("small")["cases"][0]["message"].as_str().unwrap().to_owned();
        assert!(
            told.contains(&format!("no answer from http://{nobody}/predict: Connection refused")),
            "{body}: {told}"
        );
    }
}

/// The sides and the sort of a picture file.
fn sides(picture: &[u8]) -> ([u32; 2], Option<image::ImageFormat>) {
    let format = image::guess_format(picture).ok();
    let picture = image::load_from_memory(picture).unwrap();
    ([picture.width(), picture.height()], format)
}

#[test]
fn pictures_travel_smaller_and_as_jpeg_where_a_spec_wants_it_and_every_report_says_so() {
    let server = Loopback::start(|request, _| {
        let (sides, format) = sides(&request.body);
        let is_small = sides == [160, 120] && format == Some(image::ImageFormat::Jpeg);
        assert!(is_small && request.header("content-type") == "image/jpeg", "{sides:?} {format:?}");
        Reply::json(200, &json!([{"bbox": [0, 0, 160, 120], "score": 0.5, "class": "RBC"}]))
    });
    let options =
        "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\ntransport = \"jpeg\"\nquality = 90\nmax_side = 160";
    let (workshop, ran) = run(&server, "/", options);
    assert!(ran.code == 1 && server.requests().len() == 2, "{}", ran.stderr);
    let note = "note: model `a` gets its pictures as JPEG files of quality 90 of at most 160 pixels a side";
    assert!(ran.says(note), "{}", ran.stderr);
    let settings = &workshop.record("small")["models"][0]["card"]["settings"];
    assert_eq!((&settings["transport"], &settings["max_side"]), (&json!({"jpeg": 90}), &json!(160)));
}

#[test]
fn what_is_too_large_for_a_server_is_told_with_its_size_and_the_way_out_helps() {
    let server = Loopback::start(|request, _| match request.body.len() {
        0..50_000 => Reply::json(200, &json!([])),
        _ => Reply::json(413, &json!({"message": "too large"})),
    });
    let options = "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\n";
    let (_, refused) = run(&server, "/", options);
    assert!(refused.code == 3 && refused.says("the picture was 640x480 pixels, 0."), "{}", refused.stderr);
    assert!(refused.says("MB as image/png: set `transport = \"jpeg\"` or a smaller `max_side`"), "{}", refused.stderr);
    for way_out in ["transport = \"jpeg\"\nquality = 50\n", "max_side = 100\n"] {
        let (_, ran) = run(&server, "/", &format!("{options}{way_out}"));
        assert_eq!(ran.code, 1, "{way_out}: {}", ran.stderr);
    }
}

#[test]
fn the_way_out_of_scores_in_per_cent_helps() {
    let server =
        Loopback::start(|_, _| Reply::json(200, &json!([{"bbox": ["1", "2", "9", "9"], "score": 93, "class": "RBC"}])));
    let options = "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\n";
    let (_, refused) = run(&server, "/", options);
    assert!(refused.code == 3 && refused.says("set `score_scale = 100`"), "{}", refused.stderr);
    let (_, ran) = run(&server, "/", &format!("{options}score_scale = 100\n"));
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_score_that_rounding_has_brought_beyond_one_is_one() {
    let run = |score: f64| {
        let server = Loopback::start(move |_, _| {
            Reply::json(200, &json!([{"bbox": [1, 2, 9, 9], "score": score, "class": "RBC"}]))
        });
        run(&server, "/", "body = \"raw\"\nlist = \"\"\nbox_format = \"xyxy\"\n")
    };
    // As a float of 32 bits writes a probability of one.
    let (workshop, ran) = run(1.000_000_119_209_289_6);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    workshop.run(&["run", "spec.toml", "--detections", "found"]);
    let found = std::fs::read_to_string(workshop.path("found/a/test/clean.json")).unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert!(found.as_array().unwrap().iter().all(|found| found["score"] == json!(1.0)), "{found}");
    assert_eq!(run(1.01).1.code, 3);
}
