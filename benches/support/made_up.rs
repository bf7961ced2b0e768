//! A dataset and a model that are made up, for benches of what lies around the model.

// Each bench uses its part.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cpu_time::ThreadTime;
use image::RgbImage;
use serde_json::{Value, json};
use windtunnel::answer::Answer;
use windtunnel::condition::Condition;
use windtunnel::detection::{BBox, Detection, Shape};
use windtunnel::digest::Digest;
use windtunnel::plan::{Plan, Selection, Unresolved, resolve};
use windtunnel::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Vocabulary};
use windtunnel::run::Events;
use windtunnel::spec::{Source, load};

/// Sides of the pictures.
pub const SIDE: u32 = 64;
/// How many categories labels and answers are of.
pub const CATEGORIES: u64 = 80;
const LABELS_PER_IMAGE: u64 = 7;

/// The plan of the spec at `path`, its first model replaced.
pub fn plan(path: &Path, model: MadeUp) -> Plan {
    let mut plan = resolved(path);
    plan.models[windtunnel::position::ModelAt(0)].state = Ok(Box::new(model));
    plan
}

/// The plan of the spec at `path`.
pub fn resolved(path: &Path) -> Plan {
    let source = Source::new(path, std::fs::read_to_string(path).expect("the spec"));
    let (spec, mistakes) = load(&source).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(&source, false)));
    let selection = Selection { filter: Vec::new(), only: None, seed: None, variables: &|_| None, today: None };
    match resolve(&spec, mistakes, &selection) {
        Ok(plan) => plan,
        Err(Unresolved::Invalid(mistakes)) => panic!("{}", mistakes.render(&source, false)),
        Err(Unresolved::NothingSelected) => panic!("the spec has no checks"),
    }
}

/// Small pictures (making pixels is not what is measured), labels and a spec whose model is put in later.
pub fn lay_out(folder: &Path, images: u64, perturbation: &str) {
    let file_name = |id: u64| format!("{id}.png");
    std::fs::create_dir(folder.join("images")).expect("a folder");
    for id in 0..images {
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            image::Rgb([(x * 3 + id as u32) as u8, (y * 3) as u8, (x * y / 16 + (id >> 8) as u32) as u8])
        });
        picture.save(folder.join("images").join(file_name(id))).expect("space on disk");
    }
    let category = |id: u64| json!({ "id": id, "name": format!("class {id}") });
    let categories: Vec<Value> = (1..=CATEGORIES).map(category).collect();
    let labels = labels(images, file_name, (SIDE, SIDE), &categories);
    std::fs::write(folder.join("labels.json"), labels.to_string()).expect("space on disk");
    std::fs::create_dir(folder.join("results")).expect("a folder");
    let spec = format!(
        "version = 1\nname = \"store\"\n[dataset.d]\nformat = \"coco\"\npath = \"labels.json\"\nimages = \"images\"\n\
         [model.m]\nkind = \"precomputed\"\npath = \"results/{{condition}}.json\"\n\
         [perturbation.p]\n{perturbation}\n[[check]]\non = \"all\"\nmax = 0.5\n"
    );
    std::fs::write(folder.join("spec.toml"), spec).expect("space on disk");
}

/// Labels for so many images of one size: COCO instances.
pub fn labels(
    images: u64,
    file_name: impl Fn(u64) -> String,
    (width, height): (u32, u32),
    categories: &[Value],
) -> Value {
    let image = |id: u64| json!({ "id": id, "file_name": file_name(id), "width": width, "height": height });
    let labels = (0..images * LABELS_PER_IMAGE).map(|id| {
        let mut random = Mixed(id);
        let bbox = random.bbox(f64::from(width.min(height)));
        let category = &categories[random.below(categories.len() as u64) as usize];
        json!({
            "id": id + 1, "image_id": id / LABELS_PER_IMAGE, "category_id": category["id"], "bbox": bbox,
            "area": bbox.area(), "iscrowd": 0,
        })
    });
    json!({
        "images": (0..images).map(image).collect::<Vec<Value>>(),
        "annotations": labels.collect::<Vec<Value>>(),
        "categories": categories,
    })
}

/// Answers that follow from image and condition alone.
pub struct MadeUp {
    /// The time of the processor that an answer takes.
    pub busy: Option<Duration>,
    /// How many objects it finds in a frame.
    pub detections: u64,
    /// Boxes lie within a square of this side, pixels.
    pub side: u32,
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
    ) -> Result<Answer, PredictError> {
        let started = ThreadTime::now();
        let salt = match frame.condition {
            Condition::Clean => 0,
            Condition::Perturbed { perturbation, level } => {
                format!("{perturbation}{level}").bytes().fold(1_u64, |sum, byte| sum * 31 % 65_521 + u64::from(byte))
            }
        };
        let mut random = Mixed(frame.image.id << 20 | salt);
        let detections = (0..self.detections).map(|rank| Detection {
            category_id: 1 + random.below(CATEGORIES),
            bbox: random.bbox(f64::from(self.side)),
            shape: Shape::Box,
            score: 1.0 - rank as f64 / self.detections as f64,
        });
        let detections = detections.collect();
        if let Some(busy) = self.busy {
            spin(&started, busy);
        }
        Ok(Answer::Objects(detections))
    }
}

/// Keeps the thread's core busy until `busy` of the processor's time has passed since `started`.
pub fn spin(started: &ThreadTime, busy: Duration) {
    while started.elapsed() < busy {
        std::hint::spin_loop();
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

/// Tells nobody how far a run is.
pub struct Quiet;

impl Events for Quiet {
    fn started(&self, _images: usize, _predictions: usize) {}
    fn predicted(&self, _predictions: usize) {}
    fn dropped(&self, _predictions: usize) {}
    fn scoring(&self) {}
}

/// The most memory this process has had, kB, where the system tells.
pub fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
