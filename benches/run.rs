//! What a run costs beside its model, and whether its memory grows with the dataset.
//!
//!     cargo bench --bench run                      # both
//!     cargo bench --bench run -- overhead 30       # a model of 30 ms per frame
//!     cargo bench --bench run -- memory 100        # 100 detections per frame
//!
//! `overhead`: a made-up model that keeps a core busy for so long per frame runs over the pictures of coco-mini under clean
//! and ten perturbations, with a new store, on two threads; beside it the same frames of work alone, on two threads too.
//! The two alternate; wall times and the processor's are compared. `memory`: 1,000 and 10,000 small pictures under clean
//! and one perturbation, each in a process of its own: the peak when the last frame is answered, and of the whole run, which
//! scores after that. The detections that a run keeps (21 bytes each) are taken off.

#[path = "support/made_up.rs"]
mod made_up;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use made_up::{MadeUp, Quiet, SIDE, lay_out, peak_kilobytes, plan, spin};
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
/// As a run keeps a detection of a category id below 128.
const BYTES_PER_DETECTION: u64 = 21;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = |at: usize| args.get(at).and_then(|number| number.parse().ok());
    // As the program has them.
    let threads = Threads::with_this(THREADS).expect("two threads");
    match args.first().map(String::as_str) {
        Some("overhead") => overhead(number(1).unwrap_or(30), &threads),
        Some("memory") => memory(number(1).unwrap_or(10)),
        Some("peak") => peak(Path::new(&args[2]), number(1).expect("a number of detections"), &threads),
        Some(other) => panic!("`{other}` is neither `overhead` nor `memory`"),
        None => {
            overhead(30, &threads);
            memory(10);
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
    assert!(finished.record.exit_code <= 1, "{:?} {:?}", finished.record.setup, finished.record.cases[0].message);
    finished
}

/// The sizes of datasets whose memory is compared.
const SIZES: [u64; 2] = [1_000, 10_000];

fn memory(detections: u64) {
    let peaks = SIZES.map(|images| {
        let folder = tempfile::tempdir().expect("a folder");
        lay_out(folder.path(), images, "kind = \"brightness\"\ndelta = 0.1");
        let program = std::env::current_exe().expect("the bench's own path");
        let count = detections.to_string();
        let told = Command::new(program).args(["peak", &count]).arg(folder.path()).output().expect("the bench starts");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let told = String::from_utf8_lossy(&told.stdout);
        let peaks: Vec<u64> = told.split_whitespace().map(|peak| peak.parse().expect("a number of kB")).collect();
        let kept = images * 2 * detections * BYTES_PER_DETECTION / 1024;
        println!(
            "memory: {images} images, {detections} detections per frame: {} kB when answered, {} kB in all; {kept} kB of \
             it are detections",
            peaks[0], peaks[1]
        );
        [peaks[0] - kept, peaks[1] - kept].map(|rest| rest as f64)
    });
    println!(
        "memory: without the detections, {} images take {:.2} of what {} take when answered, {:.2} in all",
        SIZES[1],
        peaks[1][0] / peaks[0][0],
        SIZES[0],
        peaks[1][1] / peaks[0][1]
    );
}

/// Runs the spec in `folder`, and tells the most memory that the process has had, kB: until scoring began, and in all.
fn peak(folder: &Path, detections: u64, threads: &Threads) {
    let plan = plan(&folder.join("spec.toml"), MadeUp { busy: None, detections, side: SIDE });
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
