//! What a run costs beside its model, and whether its memory grows with the dataset.
//!
//!     cargo bench --bench run                      # both
//!     cargo bench --bench run -- overhead 30       # a model of 30 ms per frame
//!     cargo bench --bench run -- memory            # ten minutes
//!
//! `overhead`: a made-up model that keeps a core busy for so long per frame runs over the pictures of coco-mini under clean
//! and ten perturbations, with a new store, on two threads; beside it the same frames of work alone, on two threads too.
//! The two alternate; wall times and the processor's are compared. `memory`: fastestdet (rten) on 1,000 and 10,000
//! pictures of 640x480 under clean and one perturbation, on two threads, each in a process of its own: the peak when the
//! last frame is answered, and of the whole run, which scores after that. The detections, which a run keeps until it has
//! scored them, are set apart by two runs, of at most 10 and at most 100 a frame: what grows with them is left out.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

#[path = "support/made_up.rs"]
mod made_up;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use made_up::{MadeUp, Quiet, labels, peak_kilobytes, plan, resolved, spin};
use windtunnel::exit::Exit;
use windtunnel::plan::Plan;
use windtunnel::run::{Context, Events, Finished, Threads, run};
use windtunnel::store::Store;

const THREADS: usize = 2;
const TURNS: usize = 3;
/// The ten perturbations of `benches/peers/pipeline.py`.
const KINDS: [&str; 10] = [
    "gaussian_noise",
    "gaussian_blur",
    "motion_blur",
    "defocus_blur",
    "brightness",
    "contrast",
    "jpeg_compression",
    "pixelate",
    "fog",
    "snow",
];
/// Width and height of the pictures for `memory`, pixels.
const SIZE: (u32, u32) = (640, 480);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = |at: usize| args.get(at).and_then(|number| number.parse().ok());
    // As the program has them.
    let threads = Threads::with_this(THREADS).expect("two threads");
    match args.first().map(String::as_str) {
        Some("overhead") => overhead(number(1).unwrap_or(30), &threads),
        Some("memory") => memory(),
        Some("peak") => peak(Path::new(&args[1]), &threads),
        Some(other) => panic!("`{other}` is neither `overhead` nor `memory`"),
        None => {
            overhead(30, &threads);
            memory();
        }
    }
}

fn overhead(milliseconds: u64, threads: &Threads) {
    let busy = Duration::from_millis(milliseconds);
    let folder = tempfile::tempdir().expect("a folder");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/coco-mini");
    let kinds = KINDS.map(|kind| format!("[perturbation.{kind}]\nkind = \"{kind}\"\nseverity = 3\n")).concat();
    let spec = format!(
        "version = 1\nname = \"overhead\"\n[dataset.d]\nformat = \"coco\"\npath = \"{0}/annotations/val.json\"\n\
         images = \"{0}/images\"\n[model.m]\nkind = \"precomputed\"\npath = \"{{condition}}.json\"\n{kinds}\
         [[check]]\non = \"all\"\nmax = 0.9\n",
        examples.display()
    );
    std::fs::write(folder.path().join("spec.toml"), spec).expect("space on disk");
    let mut ratios = Vec::new();
    for turn in 0..TURNS {
        let model = MadeUp { busy: Some(busy), detections: 100, side: 300 };
        let store = Store::open(&folder.path().join(format!("{turn}.sqlite"))).expect("a store");
        let plan = plan(&folder.path().join("spec.toml"), model);
        let (frames, wall, cpu) = measured(|| timed(&plan, Some(&store), &Quiet, threads).record.times.asked);
        let ((), alone, cpu_alone) = measured(|| work_alone(frames, busy));
        println!(
            "overhead: {frames} frames of {milliseconds} ms on {THREADS} threads: wall {wall:.2} s, alone {alone:.2} s: {:.3}; \
             processor {cpu:.2} s, alone {cpu_alone:.2} s: {:.3}",
            wall / alone,
            cpu / cpu_alone
        );
        ratios.push(cpu / cpu_alone);
    }
    ratios.sort_by(f64::total_cmp);
    println!("overhead: {:.3} of the model's time alone (the processor's, median of {TURNS})", ratios[TURNS / 2]);
}

/// What `work` gives, its wall seconds and those of the processor.
fn measured<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (started, processor) = (Instant::now(), ProcessTime::now());
    let result = work();
    (result, started.elapsed().as_secs_f64(), processor.elapsed().as_secs_f64())
}

fn work_alone(frames: usize, busy: Duration) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for _ in (thread..frames).step_by(THREADS) {
                    spin(&ThreadTime::now(), busy);
                }
            });
        }
    });
}

fn timed(plan: &Plan, store: Option<&Store>, events: &dyn Events, threads: &Threads) -> Finished {
    let started = Instant::now();
    let finished = run(
        plan,
        &Context {
            threads,
            clock: &|| started.elapsed(),
            events,
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
    finished
}

/// The sizes of datasets whose memory is compared.
const SIZES: [u64; 2] = [1_000, 10_000];

/// The most detections in a frame.
const DETECTIONS: [u64; 2] = [10, 100];

fn memory() {
    let folder = tempfile::tempdir().expect("a folder");
    lay_out_pictures(folder.path());
    let peaks = DETECTIONS.map(|detections| SIZES.map(|images| peaks(folder.path(), images, detections)));
    let more = DETECTIONS[1] as f64 / DETECTIONS[0] as f64;
    // Of a line through both, where there are none.
    let without = |at: usize, size: usize| (more * peaks[0][size][at] - peaks[1][size][at]) / (more - 1.0);
    let ratio = |at: usize| without(at, 1) / without(at, 0);
    println!(
        "memory: without the detections, {} images take {:.2} of what {} take when answered, {:.2} in all",
        SIZES[1],
        ratio(0),
        SIZES[0],
        ratio(1)
    );
}

/// The peaks of a run: when the last frame is answered, and in all, kB.
fn peaks(folder: &Path, images: u64, detections: u64) -> [f64; 2] {
    let spec = folder.join("spec.toml");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/models/fastestdet.onnx");
    let text = format!(
        "version = 1\nname = \"memory\"\n[dataset.d]\nformat = \"coco\"\npath = \"{images}.json\"\nimages = \"images\"\n\
         [model.m]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"{}\"\nlabels = \"coco\"\nconfidence = 0.01\n\
         max_detections = {detections}\n[perturbation.p]\nkind = \"brightness\"\ndelta = 0.1\n\
         [[check]]\non = \"all\"\nmax = 0.9\n",
        model.display()
    );
    std::fs::write(&spec, text).expect("space on disk");
    let program = std::env::current_exe().expect("the bench's own path");
    let told = Command::new(program).arg("peak").arg(&spec).output().expect("the bench starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8_lossy(&told.stdout);
    let mut told = told.split_whitespace().map(|peak| peak.parse().expect("a number of kB"));
    let peaks: [f64; 2] = std::array::from_fn(|_| told.next().expect("two peaks"));
    println!(
        "memory: {images} images, at most {detections} detections a frame: {} kB when answered, {} kB in all",
        peaks[0], peaks[1]
    );
    peaks
}

/// As many pictures as the larger dataset has, of coco-mini's, and labels for both.
fn lay_out_pictures(folder: &Path) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/coco-mini");
    let (images, count) = (folder.join("images"), *SIZES.iter().max().expect("two sizes"));
    std::fs::create_dir(&images).expect("a folder");
    let listed = std::fs::read_dir(examples.join("images")).expect("the example's pictures");
    let mut sources: Vec<_> = listed.map(|entry| entry.expect("a file").path()).collect();
    sources.sort();
    let file_name = |id: u64| format!("{id}.jpg");
    for id in 0..count {
        let (to, from) = (images.join(file_name(id)), images.join(file_name(id % sources.len() as u64)));
        match sources.get(id as usize) {
            Some(source) => {
                let picture = image::open(source).expect("a picture");
                let picture = picture.resize_exact(SIZE.0, SIZE.1, image::imageops::FilterType::Triangle).to_rgb8();
                picture.save(to).expect("space on disk");
            }
            None => std::fs::hard_link(from, to).expect("a folder with hard links"),
        }
    }
    let shipped = std::fs::read(examples.join("annotations/val.json")).expect("the example's labels");
    let shipped: serde_json::Value = serde_json::from_slice(&shipped).expect("JSON");
    let categories = shipped["categories"].as_array().expect("categories");
    for images in SIZES {
        let labels = labels(images, file_name, SIZE, categories);
        std::fs::write(folder.join(format!("{images}.json")), labels.to_string()).expect("space on disk");
    }
}

/// Runs the spec at `path`, and tells the most memory that the process has had, kB: until scoring began, and in all.
fn peak(path: &Path, threads: &Threads) {
    let plan = resolved(path);
    let answered = Answered(AtomicU64::new(0));
    drop(timed(&plan, None, &answered, threads));
    println!("{} {}", answered.0.into_inner(), told_peak());
}

fn told_peak() -> u64 {
    peak_kilobytes().expect("a system that tells the peak of memory")
}

/// Notes the peak of memory when the last frame is answered.
struct Answered(AtomicU64);

impl Events for Answered {
    fn started(&self, _images: usize, _predictions: usize) {}
    fn predicted(&self, _predictions: usize) {}
    fn dropped(&self, _predictions: usize) {}
    fn scoring(&self) {
        self.0.store(told_peak(), Ordering::Relaxed);
    }
}
