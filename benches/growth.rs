//! How what is planned, judged, reported and audited grows: each part is timed at half its size and at its size. What
//! grows in proportion doubles; what compares all with all would take four times as long.
//!
//!     cargo bench --bench growth                    # all, with the sizes below
//!     cargo bench --bench growth -- frames 4000     # one of them, another size
//!
//! `checks`: a spec of 10,000 checks, read and planned. `cases`: 80 checks on 125 conditions and 8 models, 80,000 cases,
//! planned, run on empty result files, judged, and reported in every form. `frames`: an audit of 20,000 frames of a fixed
//! camera, in which noise and a small object change and the light drifts: every one is like the one before. `alike`: as
//! many pictures whose hashes are the same and which are not like each other, the worst for whoever looks for copies.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

#[path = "support/made_up.rs"]
mod made_up;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use image::{Rgb, RgbImage};
use made_up::{CATEGORIES, Quiet, labels, lay_out, resolved};
use serde_json::{Value, json};
use windtunnel::report::{
    MAX_SUMMARY, Style, audit_console, audit_html, audit_json, console, html, json as json_report, junit, markdown,
};
use windtunnel::run::{Audited, Context, Threads, audit_data, run};

/// Conditions of the specs with many checks.
const CONDITIONS: usize = 125;
/// Models of the spec with many cases.
const MODELS: usize = 8;
/// Sides of a frame, pixels.
const FRAME: (u32, u32) = (160, 120);
/// How reports for a terminal look.
const STYLE: Style = Style { colored: false, width: 100, is_verbose: false };

/// The name of what is measured, its size, and what measures it, seconds.
type Part = (&'static str, usize, fn(usize) -> f64);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let size = |default: usize| args.get(1).and_then(|size| size.parse().ok()).unwrap_or(default);
    let wanted = args.first().map(String::as_str);
    let is_wanted = |part: &str| wanted.is_none_or(|wanted| wanted == part);
    let parts: [Part; 4] =
        [("checks", 10_000, checks), ("cases", 80_000, cases), ("frames", 20_000, frames), ("alike", 20_000, alike)];
    assert!(parts.iter().any(|(part, ..)| is_wanted(part)), "there is no such part");
    for (part, default, measure) in parts.into_iter().filter(|(part, ..)| is_wanted(part)) {
        let size = size(default);
        let (half, whole) = (measure(size / 2), measure(size));
        println!("{part:7} {:6}: {half:6.2} s   {size:6}: {whole:6.2} s   x {:.1}", size / 2, whole / half);
    }
}

/// A folder with small pictures with labels of all categories, and empty results for every condition.
fn few_pictures(models: usize, checks: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    lay_out(folder.path(), 120, "kind = \"pixelate\"\nscale = 0.5");
    let levels: Vec<String> = (0..CONDITIONS).map(level).collect();
    for condition in levels.iter().map(|level| format!("p@{level}")).chain(["clean".to_owned()]) {
        std::fs::write(folder.path().join(format!("results/{condition}.json")), "[]").expect("space on disk");
    }
    let mut spec =
        "version = 1\nname = \"growth\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
                    "
        .to_owned();
    for model in 0..models {
        let path = "results/{condition}.json";
        let _infallible = writeln!(spec, "[model.m{model}]\nkind = \"precomputed\"\npath = \"{path}\"");
    }
    let _infallible =
        writeln!(spec, "[perturbation.p]\nkind = \"pixelate\"\nscale = [{}]\n{checks}", levels.join(", "));
    std::fs::write(folder.path().join("spec.toml"), spec).expect("space on disk");
    folder
}

/// The levels of the perturbation, as they are written.
fn level(at: usize) -> String {
    ((200 + at) as f64 / 1000.0).to_string()
}

/// Seconds to read and plan so many checks, each with a case of its own.
fn checks(count: usize) -> f64 {
    let mut text = String::new();
    for at in 0..count {
        let (condition, category) = (level(at % CONDITIONS), 1 + at / CONDITIONS % CATEGORIES as usize);
        let of_category = format!("category = \"class {category}\"\nmetric = \"map50\"");
        let _infallible = writeln!(text, "[[check]]\non = \"p@{condition}\"\n{of_category}\nmax = 0.5");
    }
    let folder = few_pictures(1, &text);
    let started = Instant::now();
    let plan = resolved(&folder.path().join("spec.toml"));
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(plan.cases.len(), count);
    seconds
}

/// Seconds to plan, run, judge and report so many cases.
fn cases(count: usize) -> f64 {
    let mut text = String::new();
    for category in 1..=count / CONDITIONS / MODELS {
        let of_category = format!("category = \"class {category}\"\nmetric = \"map50\"");
        let _infallible = writeln!(text, "[[check]]\non = \"all\"\n{of_category}\nmax = 0.5");
    }
    let folder = few_pictures(MODELS, &text);
    let started = Instant::now();
    let plan = resolved(&folder.path().join("spec.toml"));
    assert_eq!(plan.cases.len(), count);
    let planned = started.elapsed().as_secs_f64();
    let record = run(&plan, &context(&Threads::new(2).expect("two threads"))).record;
    let judged = started.elapsed().as_secs_f64();
    assert!(record.setup.is_empty(), "{:?}", record.setup);
    let here = Path::new("");
    let reports = [
        json_report(&record),
        junit(&[(&record, here)]).expect("a report"),
        markdown(&[&record], MAX_SUMMARY),
        html(&record, here, &[]),
        console(&record, here, STYLE),
    ];
    assert!(reports.iter().all(|report| !report.is_empty()));
    let whole = started.elapsed().as_secs_f64();
    println!(
        "  {count} cases: planned {planned:.2} s, run {:.2} s, reported {:.2} s",
        judged - planned,
        whole - judged
    );
    whole
}

/// Seconds to audit so many frames of a fixed camera.
fn frames(count: usize) -> f64 {
    audited(count, &|at, x, y| {
        let scene = 60 + x / 2 + (x / 20 * 37 + y / 15 * 53) % 90;
        // Drifts slowly, is nowhere the same twice, and something walks by.
        let seed = (x * 7919 + y * 104_729).wrapping_add(at.wrapping_mul(15_485_863));
        let (drift, noise) = (at / 400 % 20, seed.wrapping_mul(2_654_435_761) >> 29);
        let (walker, is_there) = (at * 3 % FRAME.0, y > 60 && y < 84);
        if is_there && x.abs_diff(walker) < 6 { 20 } else { scene + drift + noise }
    })
}

/// Seconds to audit so many pictures of one hash.
fn alike(count: usize) -> f64 {
    audited(count, &|at, x, y| x / 2 + (at.wrapping_mul(2_654_435_761) >> (y / 15 * 3) & 7) * 20 + (at >> (x / 40) & 1))
}

/// Seconds to audit so many pictures, of which `luma` (picture, column, row) makes the pixels.
fn audited(count: usize, luma: &dyn Fn(u32, u32, u32) -> u32) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("images")).expect("a folder");
    let file_name = |id: u64| format!("{id:06}.bmp");
    for at in 0..count as u32 {
        let picture = RgbImage::from_fn(FRAME.0, FRAME.1, |x, y| Rgb([luma(at, x, y).min(255) as u8; 3]));
        picture.save(folder.path().join("images").join(file_name(u64::from(at)))).expect("space on disk");
    }
    let categories: Vec<Value> =
        (1..=CATEGORIES).map(|id| json!({ "id": id, "name": format!("class {id}") })).collect();
    let labels = labels(count as u64, file_name, FRAME, &categories);
    std::fs::write(folder.path().join("labels.json"), labels.to_string()).expect("space on disk");
    std::fs::write(folder.path().join("clean.json"), "[]").expect("space on disk");
    let spec = "version = 1\nname = \"growth\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
                [model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n\
                [[check]]\nmetric = \"duplicates\"\nmax = 0\n";
    std::fs::write(folder.path().join("spec.toml"), spec).expect("space on disk");
    let started = Instant::now();
    let plan = resolved(&folder.path().join("spec.toml")).into_audit(false);
    let Audited { audit, pictures } = audit_data(&plan, &context(&Threads::new(2).expect("two threads")));
    let looked = started.elapsed().as_secs_f64();
    let written = audit_json(&audit).len() + audit_html(&audit, &pictures).len() + audit_console(&audit, STYLE).len();
    let whole = started.elapsed().as_secs_f64();
    println!("  {count} pictures: looked at {looked:.2} s, {written} bytes of reports {:.2} s", whole - looked);
    println!("  {}", audit.cases[0].message);
    whole
}

fn context(threads: &Threads) -> Context<'_> {
    static GOES_ON: AtomicBool = AtomicBool::new(false);
    Context {
        threads,
        clock: &std::time::Duration::default,
        events: &Quiet,
        interrupted: &GOES_ON,
        store: None,
        is_offline: false,
        is_drawing_all: false,
        is_failing_fast: false,
    }
}
