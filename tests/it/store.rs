//! The store of answers: nothing is asked twice, nothing is answered from it that should be asked, nothing is lost.

use std::process::Stdio;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::support::{DATASET, Ran, Workshop, small_spec};

const STORE: &str = ".windtunnel/store.sqlite";

const REST: &str = "
[perturbation.noise]
kind = \"gaussian_noise\"
severity = 1
[perturbation.cover]
kind = \"object_occlusion\"
severity = 2
[[check]]
on = \"all\"
min = 0.01
";

/// Images, and frames under clean, noise and cover.
const IMAGES: usize = 4;
const FRAMES: u64 = 12;

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(IMAGES);
    workshop.write("spec.toml", small_spec(REST));
    workshop
}

/// Runs the spec; how many frames were asked, and how many came from the store.
fn run(workshop: &Workshop, args: &[&str]) -> (u64, u64) {
    let ran = workshop.run(&[&["run", "spec.toml"], args].concat());
    assert!(ran.code <= 1, "{}", ran.stderr);
    let is_filtered = args.contains(&"-k");
    let record = if is_filtered { workshop.record_of_selected("small") } else { workshop.record("small") };
    let times = &record["times"];
    (times["asked"].as_u64().unwrap(), times["from_store"].as_u64().unwrap())
}

fn record(workshop: &Workshop) -> Value {
    let mut record = workshop.record("small");
    record.as_object_mut().unwrap().remove("times").unwrap();
    record
}

/// Runs the spec with a part of its text replaced.
fn run_with(workshop: &Workshop, from: &str, to: &str) -> (u64, u64) {
    let text = small_spec(REST);
    assert!(text.contains(from));
    workshop.write("spec.toml", text.replace(from, to));
    run(workshop, &[])
}

fn kept(workshop: &Workshop) -> i64 {
    let connection = Connection::open(workshop.path(STORE)).unwrap();
    connection.query_row("SELECT count(*) FROM answers", [], |row| row.get(0)).unwrap()
}

fn expect(ran: &Ran, code: i32, message: &str) {
    assert_eq!(ran.code, code, "{}", ran.stderr);
    assert!(ran.says(message), "{}", ran.stderr);
}

#[test]
fn a_second_run_asks_nothing_and_finds_the_same() {
    let workshop = workshop();
    assert_eq!(run(&workshop, &[]), (FRAMES, 0));
    let first = record(&workshop);
    assert_eq!(run(&workshop, &[]), (0, FRAMES));
    assert_eq!(record(&workshop), first);
    assert_eq!(run(&workshop, &["--no-cache"]), (FRAMES, 0));
    assert_eq!(record(&workshop), first);
}

#[test]
fn thresholds_checks_names_and_reports_ask_nothing_again() {
    let workshop = workshop();
    run(&workshop, &[]);
    assert_eq!(run_with(&workshop, "min = 0.01", "max_drop = 0.3"), (0, FRAMES));
    assert_eq!(
        run_with(&workshop, "[[check]]", "[[check]]\non = \"noise\"\nmetric = \"map50\"\nmin = 0.3\n[[check]]"),
        (0, FRAMES)
    );
    assert_eq!(run_with(&workshop, "[perturbation.noise]", "[perturbation.grain]"), (0, FRAMES));
    assert_eq!(run(&workshop, &["--junit", "j.xml"]), (0, FRAMES));
    assert_eq!(run(&workshop, &["-k", "*/cover@2/*"]), (0, 8), "the case's cell and the clean one");
}

#[test]
fn another_level_seed_option_or_picture_is_asked() {
    let workshop = workshop();
    run(&workshop, &[]);
    assert_eq!(run_with(&workshop, "severity = 1", "severity = 4"), (4, 8), "one perturbation's level");
    assert_eq!(
        run_with(&workshop, "severity = 1", "severity = 1\ncompat = \"imagenet_c\""),
        (0, FRAMES),
        "same pixels"
    );
    assert_eq!(run_with(&workshop, "kind = \"onnx\"", "kind = \"onnx\"\nconfidence = 0.3"), (FRAMES, 0), "an option");
    workshop.write("spec.toml", small_spec(REST));
    assert_eq!(run(&workshop, &["--seed", "7"]), (8, 4), "all but clean");
    let image = std::fs::read_dir(workshop.path("images")).unwrap().next().unwrap().unwrap().path();
    image::open(&image).unwrap().rotate180().save(&image).unwrap();
    assert_eq!(run(&workshop, &[]), (3, 9), "the conditions of one picture");
}

#[test]
fn labels_are_asked_again_only_where_pixels_depend_on_them() {
    let workshop = Workshop::new();
    let mut labels = workshop.blood_cells(IMAGES);
    workshop.write("spec.toml", small_spec(REST));
    run(&workshop, &[]);
    let bbox = &mut labels["annotations"][0]["bbox"][2];
    *bbox = (bbox.as_f64().unwrap() - 1.0).into();
    workshop.write("labels.json", labels.to_string());
    assert_eq!(run(&workshop, &[]), (1, 11), "one covered picture");
}

/// A store as the program wrote it before answers said their kind: one cell that [`FORMER_CHILD`] saw in two pictures.
const FORMER: &str = "PRAGMA application_id = 2004120942;
PRAGMA user_version = 1;
CREATE TABLE models (id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL);
INSERT INTO models VALUES (1, '5ad02768483585327b844c759e2de0995ece39a03d96838042294b0cf3a49ac1', 'a', 'subprocess');
CREATE TABLE answers (
    key BLOB NOT NULL UNIQUE,
    model INTEGER NOT NULL REFERENCES models (id),
    is_changed INTEGER NOT NULL,
    seconds REAL NOT NULL,
    stored_unix INTEGER NOT NULL,
    detections BLOB NOT NULL
);
INSERT INTO answers VALUES (X'd7219912062e15de3a69f80b696f44e839cddd28732836f49f3b8ca8c476f15a', 1, 1, 0.5, 1795944483,
    X'01000020410000a4410000b4420000be420000603f40846e5269d21f59');
INSERT INTO answers VALUES (X'b9e0d7bfd61682cfebe5775e58fcb17f98d48f9fb1227ef034e2f96b524bb503', 1, 1, 0.5, 1795944484,
    X'01000020410000a4410000b4420000be420000603f17c81d5f14350046');
";

const FORMER_CHILD: &str = r#"echo '{"windtunnel": 1}'
id=0
while read -r line; do
    echo "{\"id\": $id, \"detections\": [{\"bbox\": [10, 20.5, 90, 95], \"category\": \"RBC\", \"score\": 0.875}]}"
    id=$((id + 1))
done
"#;

const FORMER_MODEL: &str = r#"
[model.a]
kind = "subprocess"
command = ["sh", "child.sh"]
version = "1"

[[check]]
on = "clean"
min = 0.001
"#;

#[test]
fn answers_of_a_program_that_knew_one_kind_alone_are_not_asked_again() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("child.sh", FORMER_CHILD);
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{DATASET}{FORMER_MODEL}"));
    workshop.write(STORE, "");
    Connection::open(workshop.path(STORE)).unwrap().execute_batch(FORMER).unwrap();
    assert_eq!(run(&workshop, &["--offline"]), (0, 2));
    let kept = record(&workshop);
    assert_eq!(run(&workshop, &["--no-cache"]), (2, 0));
    assert_eq!(record(&workshop), kept);
}

#[test]
fn offline_asks_no_model() {
    let workshop = workshop();
    expect(&workshop.run(&["run", "spec.toml", "--offline"]), 2, "there is none at .windtunnel/store.sqlite");
    run(&workshop, &["-k", "*/noise@1/*"]);
    let ran = workshop.run(&["run", "spec.toml", "--offline"]);
    expect(&ran, 3, "the store has no answer, and models are not asked (and on 3 more images)");
    assert_eq!(workshop.record("small")["times"]["pixels_seconds"], 0.0, "nobody would look at them");
    run(&workshop, &[]);
    let online = record(&workshop);
    assert_eq!(run(&workshop, &["--offline"]), (0, FRAMES));
    assert_eq!(record(&workshop), online);
}

#[test]
fn a_folder_that_a_killed_run_left_empty_is_still_nobodys_source() {
    let workshop = workshop();
    std::fs::create_dir(workshop.path(".windtunnel")).unwrap();
    run(&workshop, &[]);
    assert_eq!(std::fs::read_to_string(workshop.path(".windtunnel/.gitignore")).unwrap(), "*\n");
}

#[test]
fn no_cache_leaves_no_file() {
    let workshop = workshop();
    assert_eq!(run(&workshop, &["--no-cache"]), (FRAMES, 0));
    assert!(!workshop.path(".windtunnel").exists());
}

#[test]
fn a_killed_run_loses_no_answer_and_the_next_one_goes_on() {
    let workshop = Workshop::new();
    workshop.blood_cells(30);
    workshop.write("spec.toml", small_spec(REST));
    let mut child = workshop.command(&["run", "spec.toml", "-j", "1"]).stderr(Stdio::null()).spawn().unwrap();
    while !workshop.path(STORE).exists() || kept_if_made(&workshop) < 5 {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before it could be killed");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = u64::try_from(kept(&workshop)).unwrap();
    assert!((5..90).contains(&kept));
    assert_eq!(run(&workshop, &[]), (90 - kept, kept));
    let resumed = record(&workshop);
    run(&workshop, &["--no-cache"]);
    assert_eq!(record(&workshop), resumed);
}

/// Answers kept, 0 while the tables are being made.
fn kept_if_made(workshop: &Workshop) -> i64 {
    let connection = Connection::open(workshop.path(STORE)).unwrap();
    connection.query_row("SELECT count(*) FROM answers", [], |row| row.get(0)).unwrap_or(0)
}

#[test]
fn two_runs_share_a_store() {
    let workshop = workshop();
    let start = |junit: &str| {
        let mut command = workshop.command(&["run", "spec.toml", "--junit", junit]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (one, other) = (start("one.xml"), start("other.xml"));
    for child in [one, other] {
        let ran = workshop.finish(child.wait_with_output().unwrap());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(!ran.stderr.contains("note: answers"), "{}", ran.stderr);
    }
    assert_eq!(u64::try_from(kept(&workshop)).unwrap(), FRAMES);
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let workshop = workshop();
    workshop.write(STORE, "answers of somebody else, and far too many letters for the header of a database file");
    expect(&workshop.run(&["run", "spec.toml"]), 2, "no store, or a damaged one");
    let path = workshop.path("other.sqlite");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    expect(&workshop.run(&["run", "spec.toml", "--store", "other.sqlite"]), 2, "a SQLite file of another program");
    run(&workshop, &["--store", "ours.sqlite"]);
    Connection::open(workshop.path("ours.sqlite")).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    expect(&workshop.run(&["run", "spec.toml", "--store", "ours.sqlite"]), 2, "a store of version 99, not 1");
}

#[test]
fn an_answer_that_makes_no_sense_is_asked_again() {
    let workshop = workshop();
    run(&workshop, &[]);
    let first = record(&workshop);
    let connection = Connection::open(workshop.path(STORE)).unwrap();
    connection.execute("UPDATE answers SET detections = x'FFFFFF' WHERE rowid = 1", []).unwrap();
    assert_eq!(run(&workshop, &[]), (1, 11));
    assert_eq!(record(&workshop), first);
}

#[test]
fn an_answer_that_is_not_as_it_was_kept_is_asked_again() {
    let workshop = workshop();
    run(&workshop, &[]);
    let first = record(&workshop);
    // Each makes sense by itself: the answer to another picture, nothing found, a picture that was left as it is.
    let changes = [
        "detections = (SELECT detections FROM answers ORDER BY rowid DESC LIMIT 1)",
        "detections = x''",
        "is_changed = 1 - is_changed",
    ];
    for change in changes {
        let update = format!("UPDATE answers SET {change} WHERE rowid = (SELECT min(rowid) FROM answers)");
        Connection::open(workshop.path(STORE)).unwrap().execute(&update, []).unwrap();
        assert_eq!(run(&workshop, &[]), (1, 11), "{change}");
        assert_eq!(record(&workshop), first);
    }
}

#[test]
fn the_cache_is_shown_and_cleaned() {
    let workshop = workshop();
    expect(&workshop.run(&["cache", "size"]), 0, "there is no store at .windtunnel/store.sqlite");
    run(&workshop, &[]);
    let shown = workshop.run(&["cache", "size"]).stdout;
    assert!(shown.starts_with("a (onnx): 12 answers, "), "{shown}");
    expect(&workshop.run(&["cache", "clean"]), 2, "say what to forget");
    expect(&workshop.run(&["cache", "clean", "--older-than", "1"]), 0, "0 answers forgotten");
    let connection = Connection::open(workshop.path(STORE)).unwrap();
    connection.execute("UPDATE answers SET stored_unix = 0 WHERE rowid <= 3", []).unwrap();
    drop(connection);
    expect(&workshop.run(&["cache", "clean", "--older-than", "1"]), 0, "3 answers forgotten");
    expect(&workshop.run(&["cache", "clean", "--larger-than", "1"]), 0, "0 answers forgotten");
    expect(&workshop.run(&["cache", "clean", "--all"]), 0, "9 answers forgotten");
    assert_eq!(kept(&workshop), 0);
}

#[test]
fn list_tells_what_is_left_to_ask() {
    let workshop = workshop();
    let listed = workshop.run(&["list", "spec.toml"]);
    expect(&listed, 0, "a: 12 frames, 0 in the store, 12 to ask");
    assert_eq!(listed.stdout.lines().next(), Some("a/test/noise@1/map:min"));
    run(&workshop, &["-k", "*/noise@1/*"]);
    expect(&workshop.run(&["list", "spec.toml"]), 0, "a: 12 frames, 8 in the store, 4 to ask, about");
}

/// Sets the rights on a file or folder.
#[cfg(unix)]
fn allow(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_read() {
    use std::os::unix::process::CommandExt as _;
    /// Owns nothing; there for every system.
    const NOBODY: u32 = 65_534;
    let workshop = workshop();
    let model = crate::support::repository("examples/models/bccd_a.onnx").display().to_string();
    std::fs::copy(&model, workshop.path("a.onnx")).unwrap();
    workshop.write("spec.toml", small_spec(REST).replace(&model, "a.onnx"));
    run(&workshop, &[]);
    let online = record(&workshop);
    // Where tests are run by root, to whom all is allowed, the program is run by somebody else.
    std::fs::copy(crate::support::PROGRAM, workshop.path("program")).unwrap();
    std::fs::create_dir(workshop.path("out")).unwrap();
    allow(&workshop.path("out"), 0o777);
    allow(&workshop.path("."), 0o755);
    allow(&workshop.path(STORE), 0o444);
    allow(&workshop.path(".windtunnel"), 0o555);
    let is_root = std::fs::write(workshop.path(".windtunnel/written"), "").is_ok();
    let ran = |args: &[&str]| {
        let mut command = std::process::Command::new(workshop.path("program"));
        command.args(args).current_dir(workshop.path("."));
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        workshop.finish(command.output().unwrap())
    };
    let places = ["--json", "out/r.json", "--junit", "out/j.xml", "--html", "out/h.html"];
    let offline = ran(&[&["run", "spec.toml", "--offline"][..], &places].concat());
    assert_eq!(offline.code, 0, "{}", offline.stderr);
    assert!(
        offline.says("note: the run is not in the history: .windtunnel/store.sqlite cannot be written"),
        "{}",
        offline.stderr
    );
    let mut record: Value = serde_json::from_slice(&std::fs::read(workshop.path("out/r.json")).unwrap()).unwrap();
    assert_eq!(record["times"]["from_store"], FRAMES);
    record.as_object_mut().unwrap().remove("times").unwrap();
    assert_eq!(record, online);
    expect(&ran(&["run", "spec.toml"]), 2, "answers cannot be kept (`--no-cache` runs without)");
    assert!(ran(&["cache", "size"]).stdout.starts_with("a (onnx): 12 answers, "));
    assert_eq!(ran(&["history", "list"]).code, 0);
    assert_eq!(ran(&["export", "predictions", "spec.toml", "--out", "out/cells"]).code, 0);
    allow(&workshop.path(".windtunnel"), 0o755);
}
