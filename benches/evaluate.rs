//! What it costs to evaluate a cell of COCO val's size, and to evaluate it again with resampled images, one thread.
//!
//! ```sh
//! cargo bench --bench evaluate                                  # made-up labels and detections of that size
//! cargo bench --bench evaluate -- LABELS.json RESULTS.json      # COCO files
//! ```
//!
//! hotcoco alone is given the same cell in its own types; ours and its turns alternate, and the best of each is told.

#[path = "../examples/support/coco_json.rs"]
mod coco_json;

use std::hint::black_box;
use std::time::Instant;

use coco_json::Dataset;
use hotcoco::params::IouType;
use hotcoco::{COCO, COCOeval};
use windtunnel::detection::{Annotation, BBox, Category, Detection, ImageRecord};
use windtunnel::eval::{MatchTable, Resamples, View, VocTable, VocVersion};

const IMAGES: usize = 5_000;
const CATEGORIES: u64 = 80;
const OBJECTS: usize = 7;
const DETECTIONS: usize = 100;
const TURNS: usize = 5;
const RESAMPLES: usize = 100;

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

fn measure(dataset: &Dataset, detections: &[Vec<Detection>]) -> Result<(), String> {
    let Dataset { images, categories, annotations } = dataset;
    let found: usize = detections.iter().map(Vec::len).sum();
    println!("{} images, {} categories, {found} detections; ms, best of {TURNS}", images.len(), categories.len());
    let mut best = [f64::INFINITY; 4];
    for _ in 0..TURNS {
        let (times, ours) = ours(dataset, detections)?;
        let (other_times, theirs) = theirs(dataset, detections)?;
        assert!((ours - theirs).abs() < 1e-9, "the two disagree: {ours}, {theirs}");
        for (best, time) in best.iter_mut().zip(times.into_iter().chain(other_times)) {
            *best = best.min(time);
        }
    }
    let [building, both, filling, alone] = best;
    println!("  hotcoco alone: evaluate and accumulate {alone:.0} (and {filling:.0} to fill its types)");
    println!("  the match table {building:.0}, with the twelve figures {both:.0}: {:.2} of hotcoco's", both / alone);
    let table = MatchTable::build(images, categories, annotations, detections)?;
    for (name, slot) in [("map", 0), ("map50", 1), ("map_large", 5), ("mar_100", 8)] {
        resample(name, images.len(), || Ok(table.view(slot)))?;
    }
    resample("voc12", images.len(), || {
        Ok(VocTable::build(images, categories, annotations, detections)?.view(VocVersion::Voc12))
    })
}

/// Milliseconds of the table and of table and figures; and mAP.
fn ours(dataset: &Dataset, detections: &[Vec<Detection>]) -> Result<([f64; 2], f64), String> {
    let started = Instant::now();
    let table = MatchTable::build(&dataset.images, &dataset.categories, &dataset.annotations, detections)?;
    let building = ms(started);
    let figures = black_box(table.figures());
    Ok(([building, ms(started)], figures.summary[0].unwrap_or_default()))
}

/// Milliseconds of filling hotcoco's types and of its evaluation; and mAP.
fn theirs(dataset: &Dataset, detections: &[Vec<Detection>]) -> Result<([f64; 2], f64), String> {
    let started = Instant::now();
    let truth = COCO::from_dataset(ground_truth(dataset));
    let found = truth.load_res_anns(results(&dataset.images, detections)).map_err(|error| error.to_string())?;
    let filling = ms(started);
    let started = Instant::now();
    let mut evaluation = COCOeval::new(truth, found, IouType::Bbox);
    evaluation.evaluate().map_err(|error| error.to_string())?;
    evaluation.accumulate();
    let alone = ms(started);
    let accumulated = evaluation.accumulated().ok_or("hotcoco accumulated nothing")?;
    let shape = accumulated.shape;
    let places = (0..shape.k).flat_map(|k| (0..shape.t * shape.r).map(move |at| (at / shape.r, at % shape.r, k)));
    let values = places.map(|(t, r, k)| accumulated.precision[shape.precision_idx(t, r, k, 0, 2)]);
    let values: Vec<f64> = values.filter(|&value| value > -1.0).collect();
    Ok(([filling, alone], values.iter().sum::<f64>() / values.len() as f64))
}

/// Tells what a view costs, and a resample by it.
fn resample(name: &str, images: usize, view: impl Fn() -> Result<View, String>) -> Result<(), String> {
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

fn ground_truth(dataset: &Dataset) -> hotcoco::Dataset {
    let image = |image: &ImageRecord| hotcoco::Image {
        id: image.id,
        width: image.width,
        height: image.height,
        ..Default::default()
    };
    let category =
        |category: &Category| hotcoco::Category { id: category.id, name: category.name.clone(), ..Default::default() };
    let listed = dataset.images.iter().zip(&dataset.annotations);
    let listed = listed.flat_map(|(image, list)| list.iter().map(|annotation| (image.id, annotation)));
    let annotation = |(id, (image_id, annotation)): (u64, (u64, &Annotation))| hotcoco::Annotation {
        id,
        image_id,
        category_id: annotation.category_id,
        bbox: Some(annotation.bbox.into()),
        area: Some(annotation.area),
        iscrowd: annotation.iscrowd,
        ..Default::default()
    };
    hotcoco::Dataset {
        annotations: (1..).zip(listed).map(annotation).collect(),
        images: dataset.images.iter().map(image).collect(),
        categories: dataset.categories.iter().map(category).collect(),
        ..Default::default()
    }
}

fn results(images: &[ImageRecord], detections: &[Vec<Detection>]) -> Vec<hotcoco::Annotation> {
    let listed = images.iter().zip(detections).flat_map(|(image, list)| list.iter().map(|one| (image.id, one)));
    let result = |(image_id, detection): (u64, &Detection)| hotcoco::Annotation {
        image_id,
        category_id: detection.category_id,
        bbox: Some(detection.bbox.into()),
        score: Some(detection.score),
        ..Default::default()
    };
    listed.map(result).collect()
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
    };
    let images: Vec<ImageRecord> = (0..IMAGES).map(image).collect();
    let object = |random: &mut Mixed| {
        let bbox = random.bbox();
        let category_id = category(random);
        Annotation { category_id, bbox, area: bbox.area() * 0.6, iscrowd: random.share() < 0.012 }
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
        Detection { category_id, bbox, score: (1.0 - rank as f64 / DETECTIONS as f64) * random.share().sqrt() }
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
