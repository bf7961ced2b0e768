//! Imports run downward only, and never in a circle: every file's imports are held against the floors.

use crate::imports::{Arrow, Crate, circles};
use crate::support::repository;

/// The rooms, floor by floor, lowest first. A room imports from lower floors only; the words of the first may use
/// each other.
const FLOORS: [&[&str]; 8] = [
    &[
        "answer",
        "digest",
        "entry",
        "exit",
        "failure",
        "file",
        "filter",
        "followed",
        "framing",
        "condition",
        "detection",
        "instructions",
        "json",
        "number",
        "packed",
        "position",
        "size",
        "stopwatch",
        "task",
        "untrusted",
    ],
    &["spec"],
    &["resizing"],
    &["dataset", "perturb", "eval", "metric", "draw", "store", "slice"],
    &["predict", "score", "gate", "baseline", "audit"],
    &["plan", "record", "catalog"],
    &["run", "report"],
    &["fuzzing"],
];

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
    let circles = circles(&library().arrows()).into_iter().chain(circles(&program().arrows()));
    let wrong: Vec<_> = circles.flatten().map(|arrow| describe(&arrow)).collect();
    assert!(wrong.is_empty(), "what two files need of each other is a third thing:\n{}", wrong.join("\n"));
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
    let named = library().rooms_named();
    let is_wrong = |(file, named): &&(Vec<String>, String)| room(file) == "report" && !below.contains(&named.as_str());
    let wrong: Vec<_> = named.iter().filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
