//! What it costs to evaluate a cell of COCO val's size, and to evaluate it again with resampled images, one thread.
//!
//! ```sh
//! cargo bench --bench evaluate                                  # made-up labels and detections of that size
//! cargo bench --bench evaluate -- LABELS.json RESULTS.json      # COCO files
//! ```
//!
//! The best of several turns is told. Other evaluators on a set of the same size: `benches/peers/evaluate.py`.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a bench measures time and prints it")]

#[path = "../examples/support/coco_json.rs"]
mod coco_json;

use std::hint::black_box;
use std::time::Instant;

use coco_json::Dataset;
use windtunnel::detection::{Annotation, BBox, Category, Detection, ImageRecord, Shape};
use windtunnel::eval::{MatchTable, Resamples, Similarity, Unscorable, View, VocTable, VocVersion, label_errors, tide};

const IMAGES: usize = 5_000;
const CATEGORIES: u64 = 80;
const OBJECTS: usize = 7;
const DETECTIONS: usize = 100;
const TURNS: usize = 5;
const RESAMPLES: usize = 100;
/// The score from which a detection contradicts a label.
const CONFIDENT: f64 = 0.5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let (dataset, detections) = match args.as_slice() {
        [labels, results] => {
            let dataset = Dataset::read(labels)?;
            let detections = dataset.detections(results)?;
            (dataset, detections)
        }
        _ => made_up(),
    };
    rayon::ThreadPoolBuilder::new().num_threads(1).build()?.install(|| measure(&dataset, &detections))?;
    Ok(())
}

fn measure(dataset: &Dataset, detections: &[Vec<Detection>]) -> Result<(), Unscorable> {
    let Dataset { images, categories, annotations } = dataset;
    let found: usize = detections.iter().map(Vec::len).sum();
    println!("{} images, {} categories, {found} detections; ms, best of {TURNS}", images.len(), categories.len());
    let mut best = [f64::INFINITY; 4];
    for _ in 0..TURNS {
        for (best, time) in best.iter_mut().zip(turn(dataset, detections)?) {
            *best = best.min(time);
        }
    }
    let [building, both, split, doubted] = best;
    println!("  the match table {building:.0}, with the twelve figures {both:.0}");
    println!("  TIDE's split {split:.0}, label errors {doubted:.0}");
    let table = MatchTable::build(images, categories, annotations, detections)?;
    for (name, slot) in [("map", 0), ("map50", 1), ("map_large", 5), ("mar_100", 8)] {
        resample(name, images.len(), || Ok(table.view(slot)))?;
    }
    resample("voc12", images.len(), || {
        Ok(VocTable::build(Similarity::Boxes, images, categories, annotations, detections)?.view(VocVersion::Voc12))
    })
}

/// Milliseconds of the table, of table and figures, of TIDE's split, and of the label errors.
fn turn(dataset: &Dataset, detections: &[Vec<Detection>]) -> Result<[f64; 4], Unscorable> {
    let Dataset { images, categories, annotations } = dataset;
    let started = Instant::now();
    let table = MatchTable::build(images, categories, annotations, detections)?;
    let building = ms(started);
    black_box(table.figures());
    let both = ms(started);
    let started = Instant::now();
    black_box(tide(Similarity::Boxes, images, categories, annotations, detections)?);
    let split = ms(started);
    let started = Instant::now();
    black_box(label_errors(Similarity::Boxes, images, categories, annotations, detections, CONFIDENT)?);
    Ok([building, both, split, ms(started)])
}

/// Tells what a view costs, and a resample by it.
fn resample(name: &str, images: usize, view: impl Fn() -> Result<View, Unscorable>) -> Result<(), Unscorable> {
    let started = Instant::now();
    let view = view()?;
    let viewed = ms(started);
    let started = Instant::now();
    for weights in Resamples::new(images, RESAMPLES, 0).iter() {
        drop(black_box(view.weighted(&weights)));
    }
    println!("  {name}: a view {viewed:.0}, a resample {:.2}", ms(started) / RESAMPLES as f64);
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// A few categories are frequent; a fifth of the detections are near an object.
fn made_up() -> (Dataset, Vec<Vec<Detection>>) {
    let mut random = Mixed(1);
    let category =
        |random: &mut Mixed| 1 + (CATEGORIES as f64 * random.share() * random.share() * random.share()) as u64;
    let image = |id: usize| ImageRecord {
        id: id as u64 * 3 + 1,
        file_name: id.to_string(),
        path: id.to_string().into(),
        width: 640,
        height: 480,
        framing: None,
    };
    let images: Vec<ImageRecord> = (0..IMAGES).map(image).collect();
    let object = |random: &mut Mixed| {
        let bbox = random.bbox();
        let category_id = category(random);
        let iscrowd = random.share() < 0.012;
        Annotation { category_id, bbox, shape: Shape::Box, area: bbox.area() * 0.6, iscrowd, is_whole: false }
    };
    let annotations: Vec<Vec<Annotation>> =
        (0..IMAGES).map(|_| (0..OBJECTS).map(|_| object(&mut random)).collect()).collect();
    let found = |objects: &Vec<Annotation>, random: &mut Mixed, rank: usize| {
        let near = &objects[rank % OBJECTS];
        let (category_id, bbox) = if random.share() < 0.2 {
            (near.category_id, random.near(&near.bbox))
        } else {
            (category(random), random.bbox())
        };
        Detection {
            category_id,
            bbox,
            shape: Shape::Box,
            score: (1.0 - rank as f64 / DETECTIONS as f64) * random.share().sqrt(),
        }
    };
    let of_image = |objects: &Vec<Annotation>| {
        let mut list: Vec<Detection> = (0..DETECTIONS).map(|rank| found(objects, &mut random, rank)).collect();
        list.sort_by(|one, other| other.score.total_cmp(&one.score));
        list
    };
    let detections = annotations.iter().map(of_image).collect();
    let categories = (1..=CATEGORIES).map(|id| Category { id, name: id.to_string() }).collect();
    (Dataset { images, categories, annotations }, detections)
}

/// Made-up numbers (SplitMix64).
struct Mixed(u64);

impl Mixed {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn bbox(&mut self) -> BBox {
        let (width, height) = (8.0 + 300.0 * self.share().powi(2), 8.0 + 240.0 * self.share().powi(2));
        BBox { x: (640.0 - width) * self.share(), y: (480.0 - height) * self.share(), width, height }
    }

    fn near(&mut self, bbox: &BBox) -> BBox {
        let mut off = |side: f64| side * 0.3 * (self.share() - 0.5);
        BBox { x: bbox.x + off(bbox.width), y: bbox.y + off(bbox.height), ..*bbox }
    }
}
