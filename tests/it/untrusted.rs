//! Hostile names: whatever files, models, children and servers call things, no command steers a terminal, commands a CI
//! service, or makes a link in a report. And what the program writes goes through no link over something else.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::loopback::{Loopback, Reply};
use crate::onnx_file;
use crate::support::{Ran, Workshop};

/// What a hostile name can hold that is no control character, as datasets take it. `pwned` is in each command.
const LETTERS: [&str; 9] = [
    "\u{202e}gpj.exe",
    "a\u{200b}b\u{feff}c",
    "x\u{2066}y\u{2069}",
    "::error::pwned",
    "##[error]pwned",
    "##vso[task.complete result=Failed;]pwned",
    "a\u{2028}::warning::pwned",
    "tag\u{e0041}\u{ad}",
    "see https://pwned.org/x www.pwned.org @pwned a@pwned.org #12 <b>|`*_",
];

/// What only texts hold that nobody has looked at yet.
const CONTROLS: [&str; 6] = [
    "\u{1b}[5;99mpwned",
    "\u{1b}]0;pwned\u{7}",
    "\u{9b}31mpwned",
    "a\n::error::pwned",
    "a\r::set-output name=x::pwned",
    "\n##[error]pwned\u{8}\u{8}",
];

fn all() -> impl Iterator<Item = &'static str> {
    LETTERS.into_iter().chain(CONTROLS)
}

/// What the program itself says to GitHub.
const OWN: [&str; 7] = [
    "::stop-commands::windtunnel-",
    "::windtunnel-",
    "::error file=",
    "::error title=",
    "::warning file=",
    "::warning title=",
    "::error::and ",
];

/// Holds a text that a terminal or log shows against everything that must not be in it.
fn is_harmless(place: &str, text: &str) {
    for letter in text.chars() {
        assert!(letter == '\n' || !windtunnel::untrusted::steers(letter), "{letter:?} is in {place}: {text:?}");
    }
    for line in text.lines() {
        let is_own = OWN.iter().any(|own| line.starts_with(own));
        assert!(!line.trim_start().starts_with("::") || is_own, "a command is in {place}: {line}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "a command is in {place}: {line}");
    }
}

/// Runs the program as a job of GitHub does, and holds what it says and writes against everything.
fn run(workshop: &Workshop, args: &[&str]) -> Ran {
    let mut command = workshop.command(args);
    command.env("GITHUB_ACTIONS", "true").env("NO_COLOR", "1").env("COLUMNS", "60");
    command.env("GITHUB_STEP_SUMMARY", workshop.path("summary.md")).env("GITHUB_OUTPUT", workshop.path("output.txt"));
    let ran = workshop.finish(command.output().unwrap());
    is_harmless(&format!("what {args:?} says"), &ran.stderr);
    is_harmless(&format!("what {args:?} prints"), &ran.stdout);
    assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
    ran
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Holds the reports in a folder against everything; how many there were.
fn hold_reports(folder: &Path) -> usize {
    let mut held = 0;
    for path in files(folder) {
        let extension = path.extension().unwrap_or_default().to_str().unwrap();
        let is_input = path.ends_with("labels.json") || path.parent().unwrap().ends_with("results");
        if is_input || !["xml", "md", "html", "json"].contains(&extension) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let place = path.display().to_string();
        is_harmless(&place, &text);
        match extension {
            "md" => has_no_link(&place, &text),
            "json" => assert!(serde_json::from_str::<Value>(&text).is_ok(), "{place}: {text}"),
            "xml" => assert!(text.starts_with("<?xml"), "{place}: {text}"),
            _ => assert!(!text.contains("<b>"), "{place}"),
        }
        held += 1;
    }
    held
}

/// Outside of code nothing is linked or rings somebody up, and in code nothing looks like an address.
fn has_no_link(place: &str, text: &str) {
    assert!(!text.contains("://") && !text.contains("www.") && !text.contains("<b>"), "{place}: {text}");
    let mut rest = text;
    let mut prose = String::new();
    while let Some((before, after)) = rest.split_once("<code>") {
        prose.push_str(before);
        rest = after.split_once("</code>").expect("code ends").1;
    }
    prose.push_str(rest);
    assert!(!prose.contains("pwned.org") && !prose.contains('@') && !prose.contains("&#64;pwned"), "{place}: {prose}");
}

/// A dataset with hostile names of pictures and categories, and a model that finds all clean objects and no other.
fn dataset(workshop: &Workshop) {
    let (mut images, mut annotations, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for (at, name) in (1..).zip(LETTERS) {
        let name = name.replace('/', "_") + ".png";
        workshop.picture(&format!("images/{name}"), 64, 48);
        images.push(json!({"id": at, "file_name": name, "width": 64, "height": 48, "camera": LETTERS[at % 2]}));
        for category in 1..=LETTERS.len() {
            let bbox = [5 * category, 4, 10, 12];
            annotations.push(json!({"id": annotations.len() + 1, "image_id": at, "category_id": category, "bbox": bbox, "area": 120, "iscrowd": 0}));
            found.push(json!({"image_id": at, "category_id": category, "bbox": bbox, "score": 0.9}));
        }
    }
    let categories: Vec<Value> = (1..).zip(LETTERS).map(|(id, name)| json!({"id": id, "name": name})).collect();
    let labels = json!({"images": images, "annotations": annotations, "categories": categories});
    workshop.write("labels.json", labels.to_string());
    workshop.write("results/clean.json", Value::from(found).to_string());
    workshop.write("results/blur@3.json", "[]");
    workshop.write("child.sh", child());
}

/// Says every hostile name in an answer, as an error, and on standard error.
fn child() -> String {
    let classes: Vec<&str> = LETTERS.to_vec();
    let hello = json!({"windtunnel": 1, "classes": classes}).to_string().replace('\'', "");
    let error = json!({"id": 0, "error": all().collect::<Vec<_>>().join(" ")}).to_string().replace('\'', "");
    let said = all().flat_map(|name| [name, "\n"]).collect::<String>().replace('\'', "");
    format!(
        "printf '%s\\n' '{hello}'\nread -r line\nprintf '%s' '{said}' >&2\nprintf '%s\\n' '{error}'\nread -r line\nexit 3\n"
    )
}

/// A text as a basic string of TOML.
fn toml(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn spec(name: &str, models: &str) -> String {
    let check = toml(&all().collect::<Vec<_>>().join(" "));
    format!(
        "version = 1\n{name}[dataset.test]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
         [model.m]\nkind = \"precomputed\"\npath = \"results/{{condition}}.json\"\n{models}\
         [perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 3\n\
         [slices]\nby = [\"category\", \"metadata\"]\n\
         [[check]]\nname = {check}\nmodel = \"m\"\non = \"blur\"\nmax_drop = 0.1\n\
         [[check]]\nmodel = \"m\"\non = \"blur\"\ncategory = {}\nmax_drop = 0.1\nlevel = \"warn\"\nreason = {check}\n\
         [[check]]\non = \"clean\"\nmin = 0.999\n",
        toml(LETTERS[0])
    )
}

const CHILD: &str = "[model.child]\nkind = \"subprocess\"\ncommand = [\"sh\", \"child.sh\"]\n";

const COMMANDS: [&[&str]; 22] = [
    &["check", "spec.toml"],
    &["check", "spec.toml", "--resolved"],
    &["list", "spec.toml"],
    &["run", "spec.toml", "-v", "--markdown", "all.md", "--detections", "found", "--timings"],
    &["report", "target/windtunnel/s/record.json", "--to", "console", "--verbose"],
    &["report", "target/windtunnel/s/record.json", "--to", "junit"],
    &["report", "target/windtunnel/s/record.json", "--to", "junit_strict", "--out", "strict.xml"],
    &["report", "target/windtunnel/s/record.json", "--to", "json"],
    &["report", "target/windtunnel/s/record.json", "--to", "markdown"],
    &["report", "target/windtunnel/s/record.json", "--to", "html", "--out", "again.html"],
    &["run", "spec.toml", "--partition", "1/1"],
    &["merge", "target/windtunnel/shards"],
    &["history", "list"],
    &["history", "show", "1"],
    &["history", "site", "--out", "site"],
    &["calibrate"],
    &["compare", "m", "child"],
    &["audit", "spec.toml"],
    &["preview", "spec.toml", "--full"],
    &["export", "perturbed", "spec.toml", "--out", "perturbed"],
    &["export", "predictions", "spec.toml", "--out", "exported"],
    &["baseline", "accept", "--reason", "\u{1b}[5;99m ::error::pwned", "--force"],
];

#[test]
fn names_of_datasets_and_words_of_children_harm_no_target() {
    let workshop = Workshop::new();
    dataset(&workshop);
    workshop.write("spec.toml", spec("name = \"s\"\n", CHILD));
    for args in COMMANDS {
        let ran = run(&workshop, args);
        let is_refused = ran.code == 2 && !["baseline", "compare"].contains(&args[0]);
        assert!(!is_refused, "{args:?}: {}", ran.stderr);
    }
    let said = run(&workshop, &["run", "spec.toml", "-v"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    for shown in ["\\u{202e}gpj.exe", "#\\u{23}[error]pwned", "\\u{200b}"] {
        let all = format!("{}{}", said.stdout, said.stderr);
        assert!(all.contains(shown), "`{shown}` is not shown: {all}");
    }
    assert!(hold_reports(&workshop.path("target")) >= 4);
    assert!(hold_reports(&workshop.path("found")) >= 2);
    hold_reports(&workshop.path("."));
    let mut command = workshop.command(&["run", "spec.toml", "-v", "--color", "always"]);
    let ran = workshop.finish(command.output().unwrap());
    assert!(!ran.stdout.contains("\u{1b}[5;99m") && ran.stdout.contains("\u{1b}["), "{:?}", ran.stdout);
}

#[test]
fn names_that_datasets_refuse_are_shown_harmlessly() {
    for name in CONTROLS {
        let workshop = Workshop::new();
        dataset(&workshop);
        let text = std::fs::read_to_string(workshop.path("labels.json")).unwrap();
        let mut labels: Value = serde_json::from_str(&text).unwrap();
        labels["images"][0]["file_name"] = json!(name);
        labels["categories"][0]["name"] = json!(name);
        workshop.write("labels.json", labels.to_string());
        workshop.write("spec.toml", spec("name = \"s\"\n", ""));
        for command in ["check", "run", "audit", "list"] {
            run(&workshop, &[command, "spec.toml"]);
        }
        hold_reports(&workshop.path("."));
    }
}

#[test]
fn names_of_specs_harm_no_target() {
    for name in all().map(|name| name.replace('/', "_")) {
        let workshop = Workshop::new();
        dataset(&workshop);
        let file = format!("{name}.toml");
        workshop.write(&file, spec("", ""));
        for command in ["check", "list", "run"] {
            let ran = run(&workshop, &[command, &file]);
            assert!(ran.code < 2, "{command} {file:?}: {}", ran.stderr);
        }
        run(&workshop, &["check", &file, "--resolved"]);
        let record = files(&workshop.path("target")).into_iter().find(|path| path.ends_with("record.json")).unwrap();
        for to in ["console", "markdown", "junit"] {
            assert_eq!(run(&workshop, &["report", record.to_str().unwrap(), "--to", to]).code, 0);
        }
        hold_reports(&workshop.path("target"));
        // The silence has ended when this is told.
        workshop.write("other.toml", spec("name = \"s\"\n", ""));
        workshop.write(&file, spec("name = \"s\"\n", ""));
        let twice = run(&workshop, &["run", &file, "other.toml"]);
        assert!(twice.code == 2 && twice.says("are both called `s`"), "{}", twice.stderr);
        workshop.write(&file, spec("name = \"s\"\n[model.m]\n", ""));
        assert_eq!(run(&workshop, &["run", &file]).code, 2);
        assert_eq!(run(&workshop, &["check", &file]).code, 2);
        assert_eq!(run(&workshop, &[&format!("--{name}")]).code, 2);
        assert_eq!(run(&workshop, &["run", &format!("no{name}")]).code, 2);
        assert_eq!(run(&workshop, &["explain", &name]).code, 2);
    }
}

#[test]
fn texts_of_specs_harm_no_terminal() {
    let workshop = Workshop::new();
    dataset(&workshop);
    for text in all() {
        for wrong in [
            format!("# {text}\nversion = 1\nx = 1 # {text}\n"),
            format!("version = 1\n\"{text}\" = 1\n"),
            text.to_owned(),
        ] {
            workshop.write("wrong.toml", &wrong);
            assert_eq!(run(&workshop, &["check", "wrong.toml"]).code, 2, "{wrong:?}");
        }
    }
}

#[test]
fn answers_of_servers_harm_no_target() {
    for (at, name) in all().enumerate() {
        let server = Loopback::start(move |request, _| match (request.method.as_str(), at % 3) {
            ("GET", _) => Reply::json(
                200,
                &json!({
                    "name": name, "platform": name, "versions": [name], "extensions": [],
                    "inputs": [{"name": name, "datatype": "FP32", "shape": [1, 3, 64, 64]}],
                    "outputs": [{"name": name, "datatype": name, "shape": [1, 7]}],
                }),
            ),
            (_, 0) => Reply::json(500, &json!({"message": name})),
            (_, 1) => Reply::json(200, &json!({"objects": [{"bbox": name}], "predictions": name, "error": name})),
            _ => Reply::Full(400, vec![("Content-Type".into(), "text/html".into())], name.as_bytes().to_vec()),
        });
        let workshop = Workshop::new();
        dataset(&workshop);
        let (url, limits) = (server.url(), "timeout_seconds = 2\nretries = 0\n");
        let models = format!(
            "[model.roboflow]\nkind = \"roboflow\"\nurl = \"{url}\"\nmodel_id = \"cells/1\"\n{limits}\
             [model.http]\nkind = \"http\"\nurl = \"{url}/http\"\nbody = \"json\"\nlist = \"objects\"\nbox_format = \"xywh\"\n{limits}\
             [model.oip]\nkind = \"oip\"\nurl = \"{url}\"\nmodel = \"cells\"\nlabels = [\"a\"]\n{limits}"
        );
        workshop.write("spec.toml", spec("name = \"s\"\n", &models));
        let mut command = workshop.command(&["run", "spec.toml", "-v"]);
        command.env("ROBOFLOW_API_KEY", "key").env("GITHUB_ACTIONS", "true").env("NO_COLOR", "1");
        let ran = workshop.finish(command.output().unwrap());
        assert_ne!(ran.code, 0, "{}", ran.stderr);
        is_harmless("a run of servers", &ran.stderr);
        hold_reports(&workshop.path("target"));
    }
}

#[test]
fn names_in_onnx_files_harm_no_target() {
    let workshop = Workshop::new();
    dataset(&workshop);
    for (at, name) in all().enumerate() {
        workshop.write("m.onnx", onnx_file::called(name));
        // Each of these reads the file in the same way.
        let args: &[&str] = match at % 3 {
            0 => &["check", "spec.toml", "--probe"],
            1 => &["init", "."],
            _ => &["run", "spec.toml"],
        };
        let labels = if at % 2 == 0 { "" } else { "labels = [\"a\"]\n" };
        let models = format!("[model.onnx]\nkind = \"onnx\"\npath = \"m.onnx\"\nengine = \"rten\"\n{labels}");
        workshop.write("spec.toml", spec("name = \"s\"\n", &models));
        for args in [&["check", "spec.toml"], args] {
            let ran = run(&workshop, args);
            assert_ne!(ran.code, 0, "{args:?}: {}", ran.stderr);
        }
    }
    hold_reports(&workshop.path("target"));
}

#[test]
fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let workshop = Workshop::new();
    dataset(&workshop);
    workshop.write("spec.toml", spec("name = \"s\"\n", ""));
    assert_eq!(run(&workshop, &["run", "spec.toml", "--detections", "found"]).code, 1);
    let picture = files(&workshop.path("target/windtunnel/s/failures")).remove(0);
    let detections = workshop.path("found/m/test/clean.json");
    workshop.write("mine", "my own words");
    let mine = workshop.path("mine");
    let shard = workshop.path("target/windtunnel/shards/s-1-of-1.jsonl.gz");
    let record = workshop.path("target/windtunnel/s/record.json");
    let details = workshop.path("windtunnel.baseline.details.json");
    let preview = workshop.path("sheets/test.blur.png");
    let page = workshop.path("pages/windtunnel.1");
    let audit = workshop.path("target/windtunnel/s/audit.html");
    let draft = workshop.path("specs/robustness.toml");
    let exported = workshop.path("perturbed/test/clean");
    let run_all: &[&str] = &["run", "spec.toml", "--detections", "found"];
    let cases: [(&Path, &[&str]); 12] = [
        (&picture, run_all),
        (&detections, run_all),
        (&detections, &["export", "predictions", "spec.toml", "--out", "found"]),
        (&record, run_all),
        (&shard, &["run", "spec.toml", "--partition", "1/1"]),
        (&details, &["baseline", "accept", "--reason", "r", "--force"]),
        (&preview, &["preview", "spec.toml", "--out", "sheets"]),
        (&page, &["man", "--out", "pages"]),
        (&audit, &["audit", "spec.toml"]),
        (&draft, &["init", "."]),
        (&exported, &["export", "perturbed", "spec.toml", "--out", "perturbed"]),
        (&mine, &["report", "target/windtunnel/s/record.json", "--to", "html", "--out", "link.html"]),
    ];
    symlink("mine", workshop.path("link.html")).unwrap();
    for (path, args) in cases {
        let before = std::fs::read(path).ok().filter(|_| *path != *mine);
        if path != mine {
            let _absent = std::fs::remove_file(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink(&mine, path).unwrap();
        }
        let ran = run(&workshop, args);
        let message = format!("{args:?} with {}: {}", path.display(), ran.stderr);
        assert!(ran.code == 2 || ran.code == 3, "{message}");
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "my own words", "{message}");
        assert!(path == mine || path.is_symlink(), "{message}");
        if path != mine {
            std::fs::remove_file(path).unwrap();
        }
        if let Some(bytes) = before {
            std::fs::write(path, bytes).unwrap();
        }
    }
    // Folders that are links, in a folder that is named.
    std::fs::create_dir(workshop.path("elsewhere")).unwrap();
    for folder in ["found/m", "target/windtunnel/s/failures", "target/windtunnel/s/failures/images"] {
        let aside = workshop.path("aside");
        std::fs::rename(workshop.path(folder), &aside).unwrap();
        symlink(workshop.path("elsewhere"), workshop.path(folder)).unwrap();
        let ran = run(&workshop, run_all);
        assert!(ran.code == 2 && ran.says("is a link: nothing is written through it"), "{folder}: {}", ran.stderr);
        assert_eq!(std::fs::read_dir(workshop.path("elsewhere")).unwrap().count(), 0, "{folder}");
        std::fs::remove_file(workshop.path(folder)).unwrap();
        std::fs::rename(&aside, workshop.path(folder)).unwrap();
    }
    assert_eq!(run(&workshop, run_all).code, 1, "without links it goes on");
}

#[test]
fn the_program_prints_and_writes_by_its_doors_alone() {
    let source = crate::support::repository("src/bin");
    let printing = ["println!", "print!(", "anstream::", ".display()", "io::stderr", "io::stdout"];
    let writing = ["fs::write", "File::create", "OpenOptions", ".persist("];
    // What the program writes as an example lies among its sources.
    for path in files(&source).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs")) {
        let text = std::fs::read_to_string(&path).unwrap();
        // A file's own tests write what they try it with.
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let name = path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        let is_in = |doors: &[&str]| doors.iter().any(|door| name.ends_with(door));
        for word in printing.iter().filter(|_| !is_in(&["terminal.rs", "windtunnel/files.rs"])) {
            assert!(!text.contains(word), "{name} has `{word}`");
        }
        // An export and the example are made in a folder that nobody knows of, and GitHub names the files of a step itself.
        let doors = ["windtunnel/files.rs", "export/folder.rs", "export/perturbed.rs", "github.rs", "init/example.rs"];
        for word in writing.iter().filter(|_| !is_in(&doors)) {
            assert!(!text.contains(word), "{name} has `{word}`");
        }
    }
}
