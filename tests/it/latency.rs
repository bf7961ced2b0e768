//! How fast models answer: calls of their own, in turn, held against another model's.

use serde_json::{Value, json};

use crate::support::{DATASET, Ran, Workshop};

/// A program that finds nothing much, after a while, and writes down that it was asked.
fn child(workshop: &Workshop, name: &str, seconds: &str) {
    let script = format!(
        "echo '{{\"windtunnel\": 1}}'\nwhile read -r line; do\nid=$(printf '%s' \"$line\" | cut -d: -f2 | cut -d, -f1)\n\
         sleep {seconds}\necho {name} >> asked\necho \"{{\\\"id\\\": $id, \\\"detections\\\": \
         [{{\\\"category\\\": \\\"RBC\\\", \\\"bbox\\\": [0, 0, 9, 9], \\\"score\\\": 0.5}}]}}\"\ndone\n"
    );
    workshop.write(&format!("{name}.sh"), script);
}

fn models() -> String {
    ["slow", "fast"]
        .map(|name| {
            format!("[model.{name}]\nkind = \"subprocess\"\ncommand = [\"sh\", \"{name}.sh\"]\nversion = \"1\"\n")
        })
        .concat()
}

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let images: Vec<Value> = (1..=3)
        .map(|id| {
            // Of different content: the store knows equal pictures.
            workshop.picture(&format!("images/{id}.png"), 16, 15 + id);
            json!({"id": id, "file_name": format!("{id}.png"), "width": 16, "height": 15 + id})
        })
        .collect();
    let labels = json!({
        "images": images,
        "categories": [{"id": 1, "name": "RBC"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 0}],
    });
    workshop.write("labels.json", labels.to_string());
    // Far apart: others may keep this machine busy.
    child(&workshop, "slow", "0.15");
    child(&workshop, "fast", "0.001");
    workshop
}

fn run(workshop: &Workshop, parts: &[&str], args: &[&str]) -> Ran {
    let few = "[defaults]\nlatency_calls = 20\n";
    let head = if parts.iter().any(|part| part.contains("[defaults]")) { "" } else { few };
    workshop.write("spec.toml", format!("version = 1\nname = \"speed\"\n{head}{}", parts.join("\n")));
    workshop.run(&[&["run", "spec.toml", "-q", "-j", "1"], args].concat())
}

fn check(keys: &str) -> String {
    format!("[[check]]\non = \"clean\"\n{keys}\n")
}

fn asked(workshop: &Workshop, name: &str) -> usize {
    let text = std::fs::read_to_string(workshop.path("asked")).unwrap_or_default();
    text.lines().filter(|line| *line == name).count()
}

const AGAINST: &str =
    "metric = \"latency_p50\"\nmodel = \"slow\"\nreference = \"fast\"\nmax_relative_regression = 0.15";

#[test]
fn a_slower_model_fails_and_a_faster_one_does_not() {
    let workshop = workshop();
    let other_way = AGAINST.replace("\"slow\"", "\"x\"").replace("\"fast\"", "\"slow\"").replace("\"x\"", "\"fast\"");
    let checks =
        [check(AGAINST), check(&other_way), check("metric = \"throughput\"\nmodel = \"slow\"\nmin = 1")].concat();
    let ran = run(&workshop, &[DATASET, &models(), &checks], &["--html", "r.html", "--timings"]);
    assert_eq!(ran.code, 1, "{} {}", ran.stdout, ran.stderr);
    let record = workshop.record("speed");
    let outcomes: Vec<&str> = record["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["verdict"]["outcome"]["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["fail", "pass", "pass"], "{}", ran.stdout);
    assert!(ran.says("times are those of the machine it runs on"), "{}", ran.stdout);
    let speeds = record["times"]["speeds"].as_array().unwrap();
    let of = |name: &str| -> &Value { speeds.iter().find(|speed| speed["model"] == name).unwrap() };
    let (slow, fast) = (of("slow"), of("fast"));
    assert!(slow["latency_p50"].as_f64() > Some(150.0) && slow["latency_p50"].as_f64() > fast["latency_p50"].as_f64());
    assert!(slow["latency_p95"].is_null(), "20 calls have no 95th percentile");
    assert_eq!((&slow["calls"], &slow["batch"]), (&Value::from(20), &Value::from(1)));
    assert!(slow["inference"].as_f64() > Some(150.0), "{slow}");
    let page = std::fs::read_to_string(workshop.path("r.html")).unwrap();
    assert!(page.contains("Accuracy over latency"));
    assert!(!ran.says("timing"), "quiet is quiet: {}", ran.stderr);
    // The terminal has the same in letters: the slow one stands at the right edge.
    assert!(ran.says("map over latency on test"), "{}", ran.stderr);
    let row = ran.stderr.lines().find(|line| line.starts_with("  A slow ")).unwrap();
    assert!(row.contains("ms a call") && row.contains("clean "), "{row}");
    let plot: Vec<&str> = ran.stderr.lines().filter_map(|line| Some(line.split_once(" |")?.1)).collect();
    assert!(plot.len() == 12 && plot.iter().any(|row| row.chars().count() == 56 && row.ends_with('A')), "{plot:?}");
}

#[test]
fn answers_from_the_store_are_no_times() {
    let workshop = workshop();
    let checks = check(AGAINST);
    run(&workshop, &[DATASET, &models(), &checks], &[]);
    // 3 images, 10 calls to warm up, 20 to be timed.
    assert_eq!((asked(&workshop, "slow"), asked(&workshop, "fast")), (33, 33));
    run(&workshop, &[DATASET, &models(), &checks], &[]);
    assert_eq!((asked(&workshop, "slow"), asked(&workshop, "fast")), (63, 63));
    let offline = run(&workshop, &[DATASET, &models(), &checks], &["--offline"]);
    assert!(offline.code == 3 && offline.says("no call could be timed"), "{} {}", offline.code, offline.stdout);
    let fast = run(&workshop, &[DATASET, &models(), &checks], &["--fail-fast"]);
    assert_eq!(fast.code, 1, "{}", fast.stdout);
}

#[test]
fn calls_that_are_timed_are_announced() {
    let workshop = workshop();
    run(&workshop, &[DATASET, &models(), &check(AGAINST)], &[]);
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.says("speed: timing 60 calls, one by one"), "{}", ran.stderr);
}

#[test]
fn a_call_that_fails_is_an_error() {
    let workshop = workshop();
    let broken = std::fs::read_to_string(workshop.path("fast.sh")).unwrap();
    workshop.write(
        "fast.sh",
        broken.replace("echo fast >> asked", "echo fast >> asked\n[ $(wc -l < asked) -gt 30 ] && exit 1"),
    );
    let ran = run(&workshop, &[DATASET, &models(), &check(AGAINST)], &[]);
    assert_eq!(ran.code, 3, "{} {}", ran.stdout, ran.stderr);
}

#[test]
fn what_could_not_be_measured_or_would_mean_nothing_is_a_mistake() {
    let workshop = workshop();
    let files = "[model.kept]\nkind = \"precomputed\"\npath = \"kept.json\"\n";
    workshop.write("kept.json", "[]");
    for (parts, said) in [
        (vec![check("metric = \"latency_p95\"\nmax = 100")], "20 calls are too few for `latency_p95`"),
        (vec![check("metric = \"latency_p50\"\nmax_relative_regression = 0.1")], "times of another day or machine"),
        (vec![check("metric = \"latency_p50\"\nmax = 100\nslice = \"brightness:high\"")], "is not measured on slices"),
        (vec![check("metric = \"latency_p50\"\nmax = 100\ncategory = \"RBC\"")], "is not measured per category"),
        (
            vec![
                "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n".to_owned(),
                check("metric = \"latency_p50\"\nmax = 100").replace("\"clean\"", "\"blur\""),
            ],
            "is measured on clean images",
        ),
        (
            vec![files.to_owned(), check("metric = \"latency_p50\"\nmodel = \"kept\"\nmax = 100")],
            "the answers of `kept` are in files",
        ),
    ] {
        let models = models();
        let all: Vec<&str> = [DATASET, &models].into_iter().chain(parts.iter().map(String::as_str)).collect();
        let ran = run(&workshop, &all, &[]);
        assert!(ran.code == 2 && ran.says(said), "`{said}`: {} {}", ran.code, ran.stderr);
    }
}
