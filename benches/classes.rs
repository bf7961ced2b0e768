//! What it takes to score a classifier of 1,000 classes on many images under the 75 conditions of ImageNet-C, all answers in
//! the store.
//!
//!     cargo bench --bench classes            # 50,000 images: half an hour, 3 GB of disk
//!     cargo bench --bench classes -- 5000
//!
//! A made-up classifier answers pictures of 16x16 first, which fills the store. Then a process of its own runs the same spec
//! from the store alone: its time, and the most memory that it has had.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

#[path = "support/made_up.rs"]
mod made_up;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use image::RgbImage;
use made_up::{Quiet, peak_kilobytes, resolved};
use serde_json::json;
use windtunnel::answer::{Answer, ClassScore, ScoredClass, Scores};
use windtunnel::digest::Digest;
use windtunnel::exit::Exit;
use windtunnel::plan::Plan;
use windtunnel::position::ModelAt;
use windtunnel::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Vocabulary};
use windtunnel::run::{Context, Finished, Threads, run};
use windtunnel::store::Store;

const CLASSES: u64 = 1000;
const SIDE: u32 = 16;
const THREADS: usize = 2;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let threads = Threads::with_this(THREADS).expect("two threads");
    if let [word, folder] = args.as_slice()
        && word == "recall"
    {
        let (seconds, finished) = timed(Path::new(folder), &threads, true);
        println!(
            "{seconds} {} {}",
            peak_kilobytes().expect("a system that tells the peak"),
            finished.record.times.from_store
        );
        return;
    }
    let images: u64 = args.first().and_then(|count| count.parse().ok()).unwrap_or(50_000);
    let folder = tempfile::tempdir().expect("a folder");
    lay_out(folder.path(), images);
    let (seconds, finished) = timed(folder.path(), &threads, false);
    let answers = finished.record.times.asked;
    println!("answered and kept: {answers} answers in {seconds:.0} s");
    drop(finished);
    let program = std::env::current_exe().expect("the bench's own path");
    let told = Command::new(program).arg("recall").arg(folder.path()).output().expect("the bench starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8_lossy(&told.stdout);
    let mut told = told.split_whitespace().map(|number| number.parse::<f64>().expect("a number"));
    let [seconds, peak, from_store]: [f64; 3] = std::array::from_fn(|_| told.next().expect("three numbers"));
    assert_eq!(from_store as usize, answers, "all of it is from the store");
    println!("scored from the store: {answers} answers in {seconds:.0} s, at most {:.0} MB", peak / 1000.0);
}

/// Pictures, a label for each, and a spec whose model is put in later.
fn lay_out(folder: &Path, images: u64) {
    std::fs::create_dir(folder.join("images")).expect("a folder");
    let file_name = |id: u64| format!("{id}.png");
    for id in 0..images {
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            image::Rgb([(x * 13 + id as u32) as u8, (y * 13 + (id >> 8) as u32) as u8, (x * y) as u8])
        });
        picture.save(folder.join("images").join(file_name(id))).expect("space on disk");
    }
    let image = |id: u64| json!({ "id": id + 1, "file_name": file_name(id), "width": SIDE, "height": SIDE });
    let label = |id: u64| json!({ "id": id + 1, "image_id": id + 1, "category_id": 1 + id % CLASSES, "bbox": [0, 0, SIDE, SIDE], "area": 256, "iscrowd": 0 });
    let category = |id: u64| json!({ "id": id, "name": format!("class {id}") });
    let labels = json!({
        "images": (0..images).map(image).collect::<Vec<_>>(),
        "annotations": (0..images).map(label).collect::<Vec<_>>(),
        "categories": (1..=CLASSES).map(category).collect::<Vec<_>>(),
    });
    std::fs::write(folder.join("labels.json"), labels.to_string()).expect("space on disk");
    let spec = "version = 1\nname = \"classes\"\ntask = \"classify\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\n\
                images = \"images\"\ncrops = 1.0\n[model.m]\nkind = \"subprocess\"\ncommand = [\"none\"]\n\
                [perturbation.c]\npreset = \"imagenet_c\"\n\
                [[check]]\non = \"c\"\nmetric = \"mce\"\nmax = 1000\n[[check]]\non = \"clean\"\nmetric = \"top5\"\nmin = 0.001\n\
                [[check]]\non = \"c\"\nmetric = \"nll\"\nmax = 1000\naggregate = \"mean\"\n";
    std::fs::write(folder.join("spec.toml"), spec).expect("space on disk");
}

fn timed(folder: &Path, threads: &Threads, is_offline: bool) -> (f64, Finished) {
    let started = Instant::now();
    let store = Store::open(&folder.join("store.sqlite")).expect("a store");
    let mut plan: Plan = resolved(&folder.join("spec.toml"));
    plan.models[ModelAt(0)].state = Ok(Box::new(MadeUpClassifier));
    let finished = run(
        &plan,
        &Context {
            threads,
            clock: &|| started.elapsed(),
            events: &Quiet,
            interrupted: &AtomicBool::new(false),
            store: Some(&store),
            is_offline,
            is_drawing_all: false,
            is_failing_fast: false,
        },
    );
    assert!(matches!(finished.record.exit_code, Exit::Passed | Exit::Failed), "{:?}", finished.record.cases[0].message);
    (started.elapsed().as_secs_f64(), finished)
}

/// Scores that follow from image and condition alone: one class stands out, the others share the rest unevenly.
struct MadeUpClassifier;

impl Predictor for MadeUpClassifier {
    fn card(&self) -> ModelCard {
        ModelCard { kind: "made up".into(), digest: Some(Digest::of_bytes(b"classes")), settings: BTreeMap::new() }
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::Ids
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn predict(&self, frame: &Frame<'_>, _: &CategoryMap, _: &AtomicBool) -> Result<Answer, PredictError> {
        let salt = frame.condition.to_string().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        let mut state = frame.image.id.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let said = (next() * CLASSES as f64) as u64;
        let mut weights: Vec<f64> = (0..CLASSES).map(|_| next().powi(4)).collect();
        weights[said as usize] += 100.0;
        let sum: f64 = weights.iter().sum();
        let score = |(at, weight): (u64, f64)| ClassScore { class: ScoredClass::Category(at + 1), score: weight / sum };
        let scored = (0..).zip(weights).map(score).collect();
        Scores::of_all(scored).map(Answer::Scores).map_err(|error| PredictError::Inference(error.to_string()))
    }
}
