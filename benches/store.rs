//! What the store of answers costs, and how long a run takes that finds everything in it.
//!
//!     cargo bench --bench store                    # both, with the sizes below
//!     cargo bench --bench store -- cached 500      # the cached run on fewer images
//!
//! `cost`: a model of 5 ms per frame on 200 images and 11 conditions, with and without a store, turn and turn about;
//! the extra time is told as a share of the run. `cached`: 5,000 images under clean and 75 corruptions, 100 detections
//! per frame, 80 categories, answered from the store, scored, judged and reported. The answers are made up by a model of
//! this file: the store, not a network, is what is measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use image::RgbImage;
use serde_json::{Value, json};
use windtunnel::condition::Condition;
use windtunnel::detection::{BBox, Detection};
use windtunnel::digest::Digest;
use windtunnel::plan::{Plan, Selection, Unresolved, resolve};
use windtunnel::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Vocabulary};
use windtunnel::report::json as report_json;
use windtunnel::run::{Context, Events, Finished, run};
use windtunnel::spec::{Source, load};
use windtunnel::store::Store;

/// Sides of the pictures: small, since making pixels is not what is measured.
const SIDE: u32 = 64;
const CATEGORIES: u64 = 80;
const DETECTIONS: u64 = 100;
const LABELS_PER_IMAGE: u64 = 7;

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
    println!("  record {size} bytes, peak memory {}", peak_memory());
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
    let plan = plan(folder, busy);
    let finished = run(
        &plan,
        &Context {
            threads: 2,
            clock: &|| started.elapsed(),
            events: &Quiet,
            interrupted: &AtomicBool::new(false),
            store,
            is_offline: false,
            is_drawing_all: false,
            is_failing_fast: false,
        },
    );
    assert!(finished.record.exit_code <= 1, "{:?} {:?}", finished.record.setup, finished.record.cases[0].message);
    (started.elapsed().as_secs_f64(), finished)
}

fn plan(folder: &Path, busy: Option<Duration>) -> Plan {
    let path = folder.join("spec.toml");
    let source = Source::new(&path, std::fs::read_to_string(&path).expect("the spec"));
    let (spec, mistakes) = load(&source).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(&source, false)));
    let selection = Selection { filter: Vec::new(), only: None, seed: None, variables: &|_| None, today: None };
    let mut plan = match resolve(&spec, mistakes, &selection) {
        Ok(plan) => plan,
        Err(Unresolved::Invalid(mistakes)) => panic!("{}", mistakes.render(&source, false)),
        Err(Unresolved::NothingSelected) => panic!("the spec has no checks"),
    };
    plan.models[0].state = Ok(Box::new(MadeUp { busy }));
    plan
}

/// Images, labels and a spec whose model is put in later.
fn lay_out(folder: &Path, images: u64, perturbation: &str) {
    let side = f64::from(SIDE);
    let file_name = |id: u64| format!("{id}.png");
    std::fs::create_dir(folder.join("images")).expect("a folder");
    for id in 0..images {
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            image::Rgb([(x * 3 + id as u32) as u8, (y * 3) as u8, (x * y / 16 + (id >> 8) as u32) as u8])
        });
        picture.save(folder.join("images").join(file_name(id))).expect("space on disk");
    }
    let image = |id: u64| json!({ "id": id, "file_name": file_name(id), "width": SIDE, "height": SIDE });
    let labels = (0..images * LABELS_PER_IMAGE).map(|id| {
        let mut random = Mixed(id);
        let bbox = random.bbox(side);
        json!({
            "id": id + 1, "image_id": id / LABELS_PER_IMAGE, "category_id": 1 + random.below(CATEGORIES),
            "bbox": bbox, "area": bbox.area(), "iscrowd": 0,
        })
    });
    let category = |id: u64| json!({ "id": id, "name": format!("class {id}") });
    let dataset = json!({
        "images": (0..images).map(image).collect::<Vec<Value>>(),
        "annotations": labels.collect::<Vec<Value>>(),
        "categories": (1..=CATEGORIES).map(category).collect::<Vec<Value>>(),
    });
    std::fs::write(folder.join("labels.json"), dataset.to_string()).expect("space on disk");
    std::fs::create_dir(folder.join("results")).expect("a folder");
    let spec = format!(
        "version = 1\nname = \"store\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
         [model.m]\nkind = \"precomputed\"\npath = \"results/{{condition}}.json\"\n\
         [perturbation.p]\n{perturbation}\n[[check]]\non = \"all\"\nmax = 0.5\n"
    );
    std::fs::write(folder.join("spec.toml"), spec).expect("space on disk");
}

/// Answers that follow from image and condition alone.
struct MadeUp {
    /// How long an answer keeps a core busy.
    busy: Option<Duration>,
}

impl Predictor for MadeUp {
    fn card(&self) -> ModelCard {
        ModelCard { kind: "made up".into(), digest: Some(Digest::of_bytes(b"made up")), settings: BTreeMap::new() }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Ids
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn predict(
        &self,
        frame: &Frame<'_>,
        _categories: &CategoryMap,
        _stop: &AtomicBool,
    ) -> Result<Vec<Detection>, PredictError> {
        let started = Instant::now();
        let salt = match frame.condition {
            Condition::Clean => 0,
            Condition::Perturbed { perturbation, level } => {
                format!("{perturbation}{level}").bytes().fold(1_u64, |sum, byte| sum * 31 % 65_521 + u64::from(byte))
            }
        };
        let mut random = Mixed(frame.image.id << 20 | salt);
        let detections = (0..DETECTIONS).map(|rank| Detection {
            category_id: 1 + random.below(CATEGORIES),
            bbox: random.bbox(f64::from(SIDE)),
            score: 1.0 - rank as f64 / DETECTIONS as f64,
        });
        let detections = detections.collect();
        while self.busy.is_some_and(|busy| started.elapsed() < busy) {
            std::hint::spin_loop();
        }
        Ok(detections)
    }
}

/// Made-up numbers (SplitMix64).
struct Mixed(u64);

impl Mixed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn bbox(&mut self, side: f64) -> BBox {
        let (width, height) = (side * (0.1 + 0.4 * self.share()), side * (0.1 + 0.4 * self.share()));
        BBox { x: (side - width) * self.share(), y: (side - height) * self.share(), width, height }
    }
}

struct Quiet;

impl Events for Quiet {
    fn started(&self, _images: usize, _predictions: usize) {}
    fn predicted(&self, _predictions: usize) {}
    fn dropped(&self, _predictions: usize) {}
    fn scoring(&self) {}
}

/// The most memory this process has had, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".to_owned(), |kib| kib.trim().to_owned())
}
