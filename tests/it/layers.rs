//! Imports run downward only, and never in a circle: every file's imports are held against the floors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::imports::{Arrow, Crate, circles};
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

/// Rooms whose files still import each other in circles. To be emptied.
const KNOTTED: [&str; 3] = ["eval", "predict", "run"];

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("room `{room}` is on no floor"))
}

/// The room of a file: the library's first file has none.
fn room(file: &[String]) -> &str {
    file.first().map_or("", String::as_str)
}

fn library() -> Crate {
    Crate::read(&repository("src/lib.rs"))
}

fn program() -> Crate {
    Crate::read(&repository("src/bin/windtunnel/main.rs"))
}

fn describe(arrow: &Arrow) -> String {
    format!("{} imports {} of {}", arrow.from.join("/"), arrow.name, arrow.to.join("/"))
}

#[test]
fn imports_run_downward_only() {
    let upward = |arrow: &&Arrow| {
        let (from, to) = (room(&arrow.from), room(&arrow.to));
        from != to && from != "mod" && floor(to) >= floor(from) && floor(from) > 0
    };
    let wrong: Vec<_> = library().arrows().iter().filter(upward).map(describe).collect();
    assert!(wrong.is_empty(), "from a floor that is not below:\n{}", wrong.join("\n"));
}

#[test]
fn no_imports_run_in_a_circle() {
    let library = circles(&library().arrows()).into_iter().map(|circle| (room(&circle[0].from).to_owned(), circle));
    let program = circles(&program().arrows()).into_iter().map(|circle| ("program".to_owned(), circle));
    let (tied, wrong): (Vec<_>, Vec<_>) =
        library.chain(program).partition(|(room, _)| KNOTTED.contains(&room.as_str()));
    let wrong: Vec<_> = wrong.iter().flat_map(|(_, circle)| circle).map(describe).collect();
    assert!(wrong.is_empty(), "what two files need of each other is a third thing:\n{}", wrong.join("\n"));
    let untied: Vec<_> = KNOTTED.iter().filter(|room| tied.iter().all(|(other, _)| other != *room)).collect();
    assert!(untied.is_empty(), "{untied:?} have no circle any more and can leave the list");
}

#[test]
fn reporters_see_records_alone() {
    let below = [
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
    ];
    let is_wrong = |arrow: &&Arrow| room(&arrow.from) == "report" && !below.contains(&room(&arrow.to));
    let wrong: Vec<_> = library().arrows().iter().filter(is_wrong).map(describe).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file below a folder.
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
