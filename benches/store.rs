//! What the store of answers costs, and how long a run takes that finds everything in it.
//!
//!     cargo bench --bench store                    # both, with the sizes below
//!     cargo bench --bench store -- cached 500      # the cached run on fewer images
//!
//! `cost`: a model of 5 ms per frame on 200 images and 11 conditions, with and without a store, turn and turn about;
//! the extra time is told as a share of the run. `cached`: 5,000 images under clean and 75 corruptions, 100 detections
//! per frame, 80 categories, answered from the store, scored, judged and reported. The answers are made up by a model of
//! this file: the store, not a network, is what is measured.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

#[path = "support/made_up.rs"]
mod made_up;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use made_up::{MadeUp, Quiet, SIDE, lay_out, peak_kilobytes, plan};
use windtunnel::exit::Exit;
use windtunnel::report::json as report_json;
use windtunnel::run::{Context, Finished, Threads, run};
use windtunnel::store::Store;

const DETECTIONS: u64 = 100;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let images = args.get(1).and_then(|count| count.parse().ok());
    match args.first().map(String::as_str) {
        Some("fill") => fill(Path::new(&args[2]), images.expect("a number of images")),
        Some("cost") => cost(images.unwrap_or(200)),
        Some("cached") => cached(images.unwrap_or(5_000)),
        Some(other) => panic!("`{other}` is neither `cost` nor `cached`"),
        None => {
            cost(200);
            cached(5_000);
        }
    }
}

fn cost(images: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    lay_out(
        folder.path(),
        images,
        "kind = \"pixelate\"\nscale = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75]",
    );
    let busy = Some(Duration::from_millis(5));
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..3 {
        for (with_store, times) in times.iter_mut().enumerate() {
            let path = folder.path().join(format!("{turn}.sqlite"));
            let store = (with_store == 1).then(|| Store::open(&path).expect("a store"));
            times.push(timed(folder.path(), busy, store.as_ref()).0);
        }
    }
    let [without, with] = times.map(|times| times.into_iter().fold(f64::INFINITY, f64::min));
    let frames = images * 11;
    println!("cost: {frames} frames of 5 ms, {DETECTIONS} detections each, best of 3 turns");
    println!("  without a store {without:.2} s, with one {with:.2} s: {:+.2} %", 100.0 * (with / without - 1.0));
}

fn cached(images: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    lay_out(folder.path(), images, "preset = \"imagenet_c\"");
    // A process of its own, so that what it needs of memory is not counted here.
    let program = std::env::current_exe().expect("the bench's own path");
    let count = images.to_string();
    let filled = std::process::Command::new(program).args(["fill", &count]).arg(folder.path()).status();
    assert!(filled.expect("the bench starts").success());
    let store = Store::open(&folder.path().join("store.sqlite")).expect("a store");
    let (seconds, finished) = timed(folder.path(), None, Some(&store));
    let times = &finished.record.times;
    assert_eq!(times.asked, 0);
    let size = report_json(&finished.record).len();
    println!("cached: {} frames from the store, {DETECTIONS} detections each", times.from_store);
    println!("  {seconds:.1} s, of which scoring, judging, drawing {:.1} s", times.score_seconds);
    println!("  record {size} bytes, peak memory {} kB", peak_kilobytes().unwrap_or_default());
}

fn fill(folder: &Path, _images: u64) {
    let store = Store::open(&folder.join("store.sqlite")).expect("a store");
    let (seconds, finished) = timed(folder, None, Some(&store));
    let size = std::fs::metadata(store.path()).expect("the store").len() >> 20;
    println!("filled: {} frames asked in {seconds:.1} s, {size} MiB", finished.record.times.asked);
}

/// Runs the spec in `folder` with the made-up model.
fn timed(folder: &Path, busy: Option<Duration>, store: Option<&Store>) -> (f64, Finished) {
    let started = Instant::now();
    let plan = plan(&folder.join("spec.toml"), MadeUp { busy, detections: DETECTIONS, side: SIDE });
    let finished = run(
        &plan,
        &Context {
            threads: &Threads::new(2).expect("two threads"),
            clock: &|| started.elapsed(),
            events: &Quiet,
            interrupted: &AtomicBool::new(false),
            store,
            is_offline: false,
            is_drawing_all: false,
            is_failing_fast: false,
        },
    );
    assert!(
        matches!(finished.record.exit_code, Exit::Passed | Exit::Failed),
        "{:?} {:?}",
        finished.record.setup,
        finished.record.cases[0].message
    );
    (started.elapsed().as_secs_f64(), finished)
}
