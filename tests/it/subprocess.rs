//! `kind = "subprocess"` with shell scripts as the children: one that is honest, and many that are not.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::detector::{Detector, NAMES};
use crate::roboflow::assert_same_figures;
use crate::support::{DATASET, Ran, Workshop, small_spec};

const CLEAN: &str = "[[check]]\non = \"clean\"\nmin = 0.1\n";

const HELLO: &str = "echo \"pid $$\" >> pids\necho '{\"windtunnel\": 1}'\n";

fn spec(more: &str) -> String {
    let model = format!("[model.a]\nkind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]\n{more}\n");
    format!("version = 1\nname = \"small\"\n{DATASET}{model}{CLEAN}")
}

fn workshop(script: &str, more: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("child.sh", script);
    workshop.write("spec.toml", spec(more));
    workshop
}

fn run(script: &str, more: &str) -> (Workshop, Ran) {
    let workshop = workshop(script, more);
    let ran = workshop.run(&["run", "spec.toml", "-j", "1"]);
    assert_eq!(living(&workshop), [] as [String; 0]);
    (workshop, ran)
}

/// The children that said hello and are still there.
fn living(workshop: &Workshop) -> Vec<String> {
    let pids = std::fs::read_to_string(workshop.path("pids")).unwrap_or_default();
    let pids = pids.lines().filter_map(|line| Some(line.strip_prefix("pid ")?.to_owned()));
    pids.filter(|pid| std::path::Path::new("/proc").join(pid).exists()).collect()
}

/// How often a child was started.
fn starts(workshop: &Workshop) -> usize {
    std::fs::read_to_string(workshop.path("pids")).unwrap_or_default().lines().count()
}

/// Runs one clean check and expects that it cannot be judged.
fn fails(script: &str, more: &str, message: &str) -> Workshop {
    let (workshop, ran) = run(script, more);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.says(message), "{}", ran.stderr);
    workshop
}

fn answering(answer: &str) -> String {
    format!("{HELLO}id=0\nwhile read -r line; do echo '{answer}' | sed \"s/ID/$id/\"; id=$((id + 1)); done\n")
}

/// What `cksum` says of a text.
fn checksum(text: &str) -> String {
    use std::io::Write;
    let mut child = Command::new("cksum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// Looks the answer up by the checksum of the picture it is sent.
const HONEST: &str = "while read -r line; do\n\
    id=$(printf '%s' \"$line\" | cut -d: -f2 | cut -d, -f1)\n\
    sum=$(printf '%s' \"$line\" | cut -d'\"' -f10 | tr -d '\\n' | cksum | cut -d' ' -f1)\n\
    sed \"s/ID/$id/\" answers/$sum\ndone\n";

#[test]
fn figures_are_those_of_the_model_behind_the_child() {
    use base64::Engine as _;
    let own = Workshop::new();
    let labels = own.blood_cells(2);
    own.write("spec.toml", small_spec(&format!("confidence = 0.01\n{CLEAN}")));
    assert_eq!(own.run(&["run", "spec.toml"]).code, 0);
    let detector = Detector::open(&own);
    let workshop = workshop(&format!("{HELLO}{HONEST}"), "workers = 2");
    for image in labels["images"].as_array().unwrap() {
        let file = std::fs::read(own.path("images").join(image["file_name"].as_str().unwrap())).unwrap();
        let objects: Vec<Value> = detector.find(&file).0.iter().map(object).collect();
        let png = base64::engine::general_purpose::STANDARD.encode(detector.png(&file));
        workshop.write(
            &format!("answers/{}", checksum(&png)),
            format!("{{\"id\": ID, \"detections\": {}}}\n", json!(objects)),
        );
    }
    let ran = workshop.run(&["run", "spec.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_same_figures(&own.record("small")["cells"], &workshop.record("small")["cells"]);
    assert_eq!(workshop.record("small")["models"][0]["card"]["digest"], Value::Null, "the program may change");
    assert_eq!(living(&workshop), [] as [String; 0]);
}

fn object(d: &windtunnel::detection::Detection) -> Value {
    json!({"bbox": d.bbox, "category": NAMES[d.category_id as usize], "score": d.score})
}

#[test]
fn children_that_do_not_start() {
    fails(
        "echo 'no module named torch' >&2\nexit 3\n",
        "",
        "it ended (exit status: 3) without an answer; its last words on standard error: no module named torch",
    );
    fails("exit 3\n", "", "it was started in the spec's folder, `.`: relative paths lead from there");
    fails("echo '{\"windtunnel\": 2}'\ncat\n", "", "it speaks version 2 of the protocol; version 1 is known");
    fails("sleep 60\n", "start_timeout_seconds = 0.3", "it has not said hello within 0.3 s");
    fails(
        "echo 'Loading weights...'\ncat\n",
        "",
        "alone on its line (logs belong on standard error) but `Loading weights...`",
    );
    let classes = "echo '{\"windtunnel\": 1, \"classes\": [\"RBC\", \"wbc\", \"Platelets\"]}'\ncat\n";
    fails(classes, "", "it has no class for `WBC` (nearest: `wbc`)");
    let workshop = workshop("", "");
    workshop.write("spec.toml", spec("").replace("[\"sh\", \"child.sh\"]", "\"./no-such-program\""));
    let ran = workshop.run(&["run", "spec.toml"]);
    assert!(ran.code == 3 && ran.says("`./no-such-program`: it does not start: No such file"), "{}", ran.stderr);
}

#[test]
fn a_model_whose_first_answers_cannot_be_used_is_asked_no_more() {
    let wrong = "{\"id\": ID, \"error\": \"TypeError: the answer has the shape (ID, 4)\"}";
    let script = answering(wrong).replace("id=$((id + 1));", "id=$((id + 1)); echo x >> asked;");
    let record = |threads: &str| {
        let workshop = workshop(&script, "");
        workshop.blood_cells(12);
        let ran = workshop.run(&["run", "spec.toml", "-j", threads]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert!(
            ran.says("none of its answers on the first 4 images can be used, all for the same reason"),
            "{}",
            ran.stderr
        );
        let asked = std::fs::read_to_string(workshop.path("asked")).unwrap().lines().count();
        assert!(asked < 12, "{asked} of 12");
        let record = workshop.record("small");
        (record["setup"].clone(), record["cases"].clone(), asked)
    };
    let alone = record("1");
    assert_eq!(alone.2, 4);
    let together = record("3");
    // The number in the message is of the question, which came in another order.
    let told =
        |setup: &Value| setup[0]["failure"]["message"].as_str().unwrap().split("shape").next().unwrap().to_owned();
    assert_eq!(told(&alone.0), told(&together.0));
    // One that answers one of the first is asked about all.
    let script = script.replace(
        "while read -r line; do",
        "while read -r line; do if [ $id = 2 ]; then echo '{\"id\": 2, \"detections\": []}'; id=3; echo x >> asked; continue; fi;",
    );
    let workshop = workshop(&script, "");
    workshop.blood_cells(12);
    let ran = workshop.run(&["run", "spec.toml", "-j", "1"]);
    assert!(ran.code == 3 && ran.says("and on 10 more images"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(workshop.path("asked")).unwrap().lines().count(), 12);
}

#[test]
fn a_child_that_ends_is_started_again_and_the_picture_is_asked_about_once_more() {
    let script = format!(
        "{HELLO}[ -e again ] || {{ read -r line; touch again; exit 7; }}\n{}",
        answering(r#"{"id": ID, "detections": []}"#).replace(HELLO, "")
    );
    let (workshop, ran) = run(&script, "");
    assert_eq!(ran.code, 1, "it was judged: {}", ran.stderr);
    assert_eq!(starts(&workshop), 2);
    let workshop = fails(&format!("{HELLO}read -r line\necho 'out of memory' >&2\nkill -9 $$\n"), "", "(2 tries)");
    assert_eq!(starts(&workshop), 4, "twice for each of two pictures");
    let message = workshop.record("small")["cases"][0]["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .contains("signal: 9 (SIGKILL)) without an answer; its last words on standard error: out of memory"),
        "{message}"
    );
}

#[test]
fn a_child_that_hangs_is_ended() {
    let started = Instant::now();
    let script = format!("{HELLO}echo thinking >&2\nread -r line\nsleep 60\n");
    let workshop = fails(&script, "timeout_seconds = 0.3", "it has not answered within 0.3 s");
    assert!(workshop.record("small")["cases"][0]["message"].as_str().unwrap().contains("error: thinking"));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn answers_that_are_none() {
    fails(&answering("RBC at 3, 4"), "", "alone on its line (logs belong on standard error) but `RBC at 3, 4`");
    fails(&answering(r#"{"id": 99, "detections": []}"#), "", "it answers question 99, but 0 was asked");
    fails(&answering(r#"{"detections": []}"#), "", "its answer has no `id`");
    fails(&answering(r#"{"id": ID}"#), "", "its answer holds neither `detections` nor an `error`");
    fails(&answering(r#"{"id": ID, "error": "CUDA out of memory"}"#), "", "it says: CUDA out of memory");
    let one = |category: &str, score: &str| {
        answering(&format!(
            r#"{{"id": ID, "detections": [{{"bbox": [1, 2, 3, 4], "category": "{category}", "score": {score}}}]}}"#
        ))
    };
    fails(&one("RBC", "NaN"), "", "a number is NaN or infinite");
    fails(&one("RBC", "7"), "", "a score is 7, not 0..1");
    fails(&one("rbc", "0.7"), "", "the model found a `rbc`, which the dataset has no category for (nearest: `RBC`)");
    fails(&format!("{HELLO}read -r line\nprintf '{{\"id\": 0, \"detec'\n"), "", "without an answer");
    fails(
        &format!("{HELLO}read -r line\nhead -c 20000000 /dev/zero | tr '\\0' x\necho\n"),
        "",
        "is longer than 16 MiB",
    );
}

/// The honest child above says nothing of a task.
#[test]
fn a_child_of_another_task_is_refused_where_it_says_so() {
    let detections = r#""detections": [{"bbox": [1, 2, 3, 4], "category": "RBC", "score": 0.5}]"#;
    let of = |task: &str| answering(&format!("{{\"id\": ID, \"task\": \"{task}\", {detections}}}"));
    let greeting = |task: &str| {
        of("detect").replace("{\"windtunnel\": 1}", &format!("{{\"windtunnel\": 1, \"task\": \"{task}\"}}"))
    };
    let (_, ran) = run(&greeting("detect"), "");
    assert!(ran.code <= 1, "{}", ran.stderr);
    let other = "it is of the task `classify`, but `detect` is asked for";
    fails(&of("classify"), "", &format!("its answer to question 0 does not fit: {other}"));
    fails(&greeting("classify"), "", &format!("its greeting does not fit: {other}"));
}

#[test]
fn names_may_be_changed_and_classes_that_nobody_labelled_are_left_out() {
    let object = |category: &str| format!(r#"{{"bbox": [1, 2, 3, 4], "category": "{category}", "score": 0.5}}"#);
    let answer = format!(r#"{{"id": ID, "detections": [{}, {}]}}"#, object("rbc"), object("dust"));
    let (_, ran) =
        run(&answering(&answer), "labels = [\"rbc\", \"WBC\", \"Platelets\", \"dust\"]\nrename = { rbc = \"RBC\" }");
    assert_eq!(ran.code, 1, "it was judged: {}", ran.stderr);
}

#[test]
fn a_version_or_files_tell_that_the_same_model_answers_again() {
    let digest = |more: &str, weights: &str| {
        let workshop = workshop(&answering(r#"{"id": ID, "detections": []}"#), more);
        workshop.write("weights", weights);
        workshop.run(&["run", "spec.toml", "-j", "1"]);
        workshop.record("small")["models"][0]["card"]["digest"].clone()
    };
    let files = "files = [\"child.sh\", \"weights\"]";
    assert_eq!(digest(files, "a"), digest(files, "a"));
    assert_ne!(digest(files, "a"), digest(files, "b"));
    assert_ne!(digest("version = \"1\"", "a"), digest("version = \"2\"", "a"));
    assert!(digest("version = \"1\"", "a").is_string());
}

#[test]
fn an_interrupt_ends_the_children() {
    interrupted(&format!("{HELLO}read -r line\nsleep 600\n"));
}

#[test]
fn an_interrupt_that_is_heard_twice_is_one() {
    let workshop = interrupted_by(&format!("{HELLO}read -r line\nsleep 600\n"), 2);
    assert_eq!(workshop.record("small")["interrupted"], true);
}

#[test]
fn an_interrupt_ends_a_child_that_has_not_said_hello() {
    let workshop = interrupted("echo \"pid $$\" >> pids\nsleep 600\n");
    let record = workshop.record("small");
    assert_eq!(record["setup"], json!([]), "an interrupt is no fault of the model");
}

/// Interrupts a run once its child is there.
fn interrupted(script: &str) -> Workshop {
    interrupted_by(script, 1)
}

/// As [`interrupted`], by so many signals at once.
fn interrupted_by(script: &str, signals: usize) -> Workshop {
    let workshop = workshop(script, "");
    let mut child = workshop.command(&["run", "spec.toml"]).stderr(Stdio::null()).spawn().unwrap();
    while starts(&workshop) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    let started = Instant::now();
    for _ in 0..signals {
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(living(&workshop), [] as [String; 0]);
    workshop
}
