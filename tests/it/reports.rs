//! `windtunnel report`: a record read back gives what the run itself has written.

use crate::support::{Ran, Workshop, small_spec};

const REST: &str = "
[perturbation.blur]
kind = \"gaussian_blur\"
severity = [1, 5]
[[check]]
name = \"<soft> & \\\"odd\\\"\"
on = \"blur\"
max_drop = -0.3
[[check]]
on = \"clean\"
min = 0.2
[[check]]
on = \"clean\"
metric = \"map50\"
min = 0.999
level = \"warn\"
reason = \"later\"
";

/// A record with every outcome, and what the run told of it.
fn workshop() -> (Workshop, Ran) {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    let broken = "[model.z]\nkind = \"onnx\"\npath = \"labels.json\"\n";
    workshop.write("spec.toml", small_spec(&format!("{broken}{REST}")));
    let ran = workshop.run(&["run", "spec.toml", "-q", "--intervals"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    (workshop, ran)
}

const RECORD: &str = "target/windtunnel/small/record.json";

#[test]
fn a_badge_says_what_became_of_the_runs() {
    let (workshop, _) = workshop();
    let badge = workshop.run(&["report", RECORD, "--to", "badge"]);
    assert!(badge.stdout.contains("<title>robustness: could not be judged</title>"), "{}", badge.stdout);
    for (check, told) in [("min = 0.01", "1 passed"), ("min = 0.99", "1 failed")] {
        workshop.write("spec.toml", small_spec(&format!("[[check]]\non = \"clean\"\n{check}\n")));
        workshop.run(&["run", "spec.toml", "-q"]);
        let badge = workshop.run(&["report", "--to", "badge"]);
        assert!(
            badge.code == 0 && badge.stdout.contains(told) && badge.stdout.starts_with("<svg "),
            "{}",
            badge.stdout
        );
    }
}

#[test]
fn temporary_files_that_killed_runs_left_go_once_they_are_old() {
    let workshop = Workshop::new();
    workshop.blood_cells(2);
    workshop.write("spec.toml", small_spec("[[check]]\non = \"clean\"\nmin = 0.1\n"));
    let place = |name: &str| format!("target/windtunnel/small/{name}");
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
    for name in [".windtunnel-aB3xYz", ".windtunnel-notes.txt"] {
        workshop.write(&place(name), "");
        let file = std::fs::File::options().write(true).open(workshop.path(&place(name))).unwrap();
        file.set_modified(old).unwrap();
    }
    workshop.write(&place(".windtunnel-aB3xYy"), "of a run beside this one");
    assert_eq!(workshop.run(&["run", "spec.toml"]).code, 0);
    let is_there = |name: &str| workshop.path(&place(name)).exists();
    assert!(!is_there(".windtunnel-aB3xYz"));
    assert!(is_there(".windtunnel-aB3xYy") && is_there(".windtunnel-notes.txt"));
}

#[test]
fn every_format_is_byte_for_byte_what_the_run_wrote() {
    let (workshop, run) = workshop();
    let written = |name: &str| std::fs::read_to_string(workshop.path("target/windtunnel/small").join(name)).unwrap();
    let report = |to: &str| workshop.run(&["report", RECORD, "--to", to]);
    assert!(report("junit").stdout == written("junit.xml"));
    assert!(report("json").stdout == written("record.json"));
    let console = report("console");
    assert!(console.code == 0 && console.says(&format!("{RECORD}: run of")), "{}", console.stderr);
    let (told, reports) = run.stdout.split_once("reports: ").unwrap();
    assert!(run.says("error: model `z`: "), "what cannot be used comes first: {}", run.stderr);
    assert_eq!(console.stdout, told);
    assert!(reports.contains("junit.xml"));
}

#[test]
fn records_of_several_specs_are_one_junit_report_as_of_one_run() {
    let (workshop, _) = workshop();
    let other = small_spec("[[check]]\non = \"clean\"\nmin = 0.1\n").replace("\"small\"", "\"other\"");
    workshop.write("other.toml", other);
    workshop.run(&["run", "spec.toml", "other.toml", "--junit", "both.xml", "-qq"]);
    let records = [RECORD, "target/windtunnel/other/record.json"];
    let ran = workshop.run(&["report", records[0], records[1], "--to", "junit", "-o", "again/both.xml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let read = |path: &str| std::fs::read_to_string(workshop.path(path)).unwrap();
    assert!(read("again/both.xml") == read("both.xml"));
    let json = workshop.run(&["report", records[0], records[1], "--to", "json"]);
    assert!(json.code == 2 && json.says("`json` holds one run, not 2"), "{}", json.stderr);
    let unnamed = workshop.run(&["report", "--to", "json"]);
    assert!(unnamed.code == 2 && unnamed.says("there are several records"), "{}", unnamed.stderr);
}

#[test]
fn the_only_record_needs_no_name() {
    let (workshop, _) = workshop();
    assert!(workshop.run(&["report", "--to", "json"]).stdout.starts_with("{\n  \"version\": "));
}

#[test]
fn what_is_no_record_of_this_format_is_refused() {
    let (workshop, _) = workshop();
    let text = std::fs::read_to_string(workshop.path(RECORD)).unwrap();
    let refused = |text: &str, reason: &str| {
        workshop.write("other.json", text);
        let ran = workshop.run(&["report", "other.json", "--to", "junit"]);
        assert!(ran.code == 2 && ran.stdout.is_empty() && ran.says(reason), "{reason}: {}", ran.stderr);
    };
    let format = "it is a record of format 99, this program reads format";
    refused(&text.replacen("\"version\": 4", "\"version\": 99", 1), format);
    // Wherever it is cut: inside a number, a word, a text.
    let cuts = [text.len() / 2, text.find('-').unwrap() + 1, text.find("null").unwrap() + 2, text.find("map").unwrap()];
    for cut in cuts {
        refused(&text[..cut], "cannot use other.json: it is no record: it ends in the middle");
    }
    refused("{}", "it is no record: missing field `version`");
    refused("{\"version\": 4}", "it is no record: missing field `tool`");
    let ran = workshop.run(&["report", "other.json", "--to", "juint"]);
    assert!(ran.code == 2 && ran.says("a similar value exists: 'junit'"), "{}", ran.stderr);
    assert_eq!(workshop.run(&["report", "absent.json", "--to", "junit"]).code, 2);
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let (workshop, _) = workshop();
    assert!(!workshop.run(&["report", "--to", "console"]).stdout.contains('\u{1b}'));
    assert!(workshop.run(&["report", "--to", "console", "--color", "always"]).stdout.contains('\u{1b}'));
}
