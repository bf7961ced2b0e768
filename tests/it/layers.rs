//! Imports run downward only: every room's imports are held against the floors.

use std::path::{Path, PathBuf};

use crate::support::repository;

/// The rooms, floor by floor, lowest first. A room imports from lower floors only; the words of the first may use
/// each other.
const FLOORS: [&[&str]; 7] = [
    &[
        "answer",
        "digest",
        "entry",
        "exit",
        "failure",
        "file",
        "condition",
        "detection",
        "json",
        "number",
        "packed",
        "position",
        "stopwatch",
        "task",
        "untrusted",
    ],
    &["spec"],
    &["dataset", "perturb", "eval", "metric", "draw", "store", "slice"],
    &["predict", "score", "gate", "baseline", "audit"],
    &["plan", "record", "catalog"],
    &["run", "report"],
    &["fuzzing"],
];

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("room `{room}` is on no floor"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A file without its comments and tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// The rooms named after `crate::` in a file.
fn imports(text: &str) -> Vec<String> {
    let code = code(text);
    let after = code.match_indices("crate::").map(|(at, found)| &code[at + found.len()..]);
    after.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn imports_run_downward_only() {
    let src = repository("src");
    let mut wrong = Vec::new();
    for file in sources(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if matches!(room, "lib" | "bin") {
            continue;
        }
        for import in imports(&std::fs::read_to_string(&file).unwrap()) {
            let same_room = import == room;
            if !same_room && floor(&import) >= floor(room) && floor(room) > 0 {
                wrong.push(format!("{} imports {import}, which is not below {room}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reporters_see_records_alone() {
    for file in sources(&repository("src/report")) {
        for import in imports(&std::fs::read_to_string(&file).unwrap()) {
            let allowed = [
                "record",
                "baseline",
                "condition",
                "digest",
                "entry",
                "exit",
                "file",
                "gate",
                "failure",
                "number",
                "report",
                "untrusted",
            ]
            .contains(&import.as_str());
            assert!(allowed, "{} imports {import}", file.display());
        }
    }
}

#[test]
fn the_library_never_prints_exits_or_reads_environment_and_clock() {
    let forbidden = ["println!", "eprintln!", "process::exit", "std::env::var", "SystemTime::now", "Instant::now"];
    let src = repository("src");
    for file in sources(&src).into_iter().filter(|file| !file.starts_with(src.join("bin"))) {
        let text = code(&std::fs::read_to_string(&file).unwrap());
        for word in forbidden {
            assert!(!text.contains(word), "{} has `{word}`", file.display());
        }
    }
}
