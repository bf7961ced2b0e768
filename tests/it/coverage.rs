//! How often a bootstrap interval covers the truth, by simulation: made-up cells of one population, again and again.
//!
//! An image has a difficulty that all its objects share, one to six objects of three categories, and false alarms. The
//! perturbed cell is of the same images: the same objects are hard, but more of them are lost, placed badly or given low
//! scores. The truth is the figure of 300,000 images.

use rayon::prelude::*;
use windtunnel::detection::{Annotation, BBox, Category, Detection, ImageRecord, Shape};
use windtunnel::eval::{Interval, MatchTable, Resamples, View};

const SETS: u64 = 500;
const RESAMPLES: usize = 1_000;
const IMAGES: usize = 200;
const POPULATION: usize = 300_000;
const LEVEL: f64 = 0.95;

/// Figures by their slot, map and map50.
const SLOTS: [usize; 2] = [0, 1];

/// What intervals are made for: each slot's clean figure, then each slot's drop.
const QUANTITIES: [&str; 4] = ["map", "map50", "drop of map", "drop of map50"];

/// How many sets an interval covers the truth in, and how many it lies below or above it in.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    covers: u32,
    below: u32,
    above: u32,
}

impl Tally {
    fn add(&mut self, interval: Interval, truth: f64) {
        let count = if interval.high < truth {
            &mut self.below
        } else if interval.low > truth {
            &mut self.above
        } else {
            &mut self.covers
        };
        *count += 1;
    }

    fn share(&self) -> f64 {
        f64::from(self.covers) / f64::from(self.covers + self.below + self.above)
    }
}

#[test]
#[ignore = "takes minutes without optimisation; .ci/run runs it in release"]
fn a_95_percent_interval_covers_the_truth_in_93_to_97_of_100_sets() {
    let truth = quantities(&views(u64::MAX, POPULATION), &vec![1; POPULATION]);
    let (plain, corrected) = simulate(IMAGES, &truth);
    for (at, name) in QUANTITIES.iter().enumerate() {
        let (plain, corrected) = (plain[at], corrected[at]);
        println!("{IMAGES} images, {name} {:.4}: percentile {plain:?}, bias-corrected {corrected:?}", truth[at]);
        let recommended = if name.starts_with("drop") { plain } else { corrected };
        assert!((0.93..=0.97).contains(&recommended.share()), "{name}: {recommended:?}");
    }
}

/// Tallies of the percentile and of the bias-corrected intervals.
fn simulate(images: usize, truth: &[f64; 4]) -> ([Tally; 4], [Tally; 4]) {
    let resamples: Vec<Vec<u32>> = Resamples::new(images, RESAMPLES, 0).iter().collect();
    let intervals = |set: u64| {
        let views = views(set << 32 | images as u64, images);
        let estimates = quantities(&views, &vec![1; images]);
        let values: Vec<[f64; 4]> = resamples.iter().map(|weights| quantities(&views, weights)).collect();
        std::array::from_fn(|at| {
            let values: Vec<f64> = values.iter().map(|values| values[at]).collect();
            let corrected = Interval::bias_corrected(&values, estimates[at], LEVEL).unwrap();
            (Interval::percentile(&values, LEVEL).unwrap(), corrected)
        })
    };
    let of_sets: Vec<[(Interval, Interval); 4]> = (0..SETS).into_par_iter().map(intervals).collect();
    let mut tallies = ([Tally::default(); 4], [Tally::default(); 4]);
    for of_set in of_sets {
        for (at, (plain, corrected)) in of_set.into_iter().enumerate() {
            tallies.0[at].add(plain, truth[at]);
            tallies.1[at].add(corrected, truth[at]);
        }
    }
    tallies
}

/// Clean views of [`SLOTS`], then perturbed ones.
fn views(seed: u64, images: usize) -> Vec<View> {
    let mut random = Mixed(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
    let (mut annotations, mut clean, mut perturbed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..images {
        let scene = Scene::new(&mut random);
        clean.push(scene.detections(0.0, &mut random));
        perturbed.push(scene.detections(0.9, &mut random));
        annotations.push(scene.objects.into_iter().map(|(annotation, _)| annotation).collect());
    }
    let image = |id: u64| ImageRecord {
        id,
        file_name: id.to_string(),
        path: "".into(),
        width: 600,
        height: 600,
        framing: None,
    };
    let images: Vec<ImageRecord> = (0..images as u64).map(image).collect();
    let categories = [1, 2, 3].map(|id| Category { id, name: id.to_string() });
    let table = |detections: &[_]| MatchTable::build(&images, &categories, &annotations, detections).unwrap();
    let tables = [table(&clean), table(&perturbed)];
    tables.iter().flat_map(|table| SLOTS.map(|slot| table.view(slot))).collect()
}

/// [`QUANTITIES`] under a weighting.
fn quantities(views: &[View], weights: &[u32]) -> [f64; 4] {
    let figure = |view: &View| {
        let figures: Vec<f64> = view.weighted(weights).into_iter().flatten().collect();
        figures.iter().sum::<f64>() / figures.len() as f64
    };
    let [map, map50, perturbed_map, perturbed_map50] = std::array::from_fn(|at| figure(&views[at]));
    [map, map50, map - perturbed_map, map50 - perturbed_map50]
}

/// An image: its objects, each with how hard it is.
struct Scene {
    difficulty: f64,
    objects: Vec<(Annotation, f64)>,
}

impl Scene {
    fn new(random: &mut Mixed) -> Self {
        let difficulty = 0.8 * random.normal();
        let count = 1 + (6.0 * random.share()) as usize;
        let object = |_| {
            let (bbox, category_id) = (random.bbox(), 1 + (3.0 * random.share()) as u64);
            (
                Annotation { category_id, bbox, shape: Shape::Box, area: bbox.area(), iscrowd: false, is_whole: false },
                difficulty + 0.7 * random.normal(),
            )
        };
        Self { difficulty, objects: (0..count).map(object).collect() }
    }

    /// What a model says whose sight is worsened by `harm`.
    fn detections(&self, harm: f64, random: &mut Mixed) -> Vec<Detection> {
        let mut found = Vec::new();
        for (object, hardness) in &self.objects {
            if random.share() < logistic(2.0 - hardness - harm) {
                let bbox = random.near(&object.bbox, 0.07 * (0.3 * hardness + 0.5 * harm).exp());
                let score = logistic(1.0 - 0.7 * hardness - 0.5 * harm + 0.8 * random.normal());
                found.push(Detection { category_id: object.category_id, bbox, shape: Shape::Box, score });
            }
        }
        for _ in 0..(4.0 * random.share()) as usize {
            let score = logistic(-1.2 + 0.4 * self.difficulty + random.normal());
            found.push(Detection {
                category_id: 1 + (3.0 * random.share()) as u64,
                bbox: random.bbox(),
                shape: Shape::Box,
                score,
            });
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
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

    /// Box and Muller's.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    fn bbox(&mut self) -> BBox {
        let (width, height) = (20.0 + 120.0 * self.share(), 20.0 + 120.0 * self.share());
        BBox { x: (600.0 - width) * self.share(), y: (600.0 - height) * self.share(), width, height }
    }

    fn near(&mut self, bbox: &BBox, off: f64) -> BBox {
        BBox {
            x: bbox.x + off * bbox.width * self.normal(),
            y: bbox.y + off * bbox.height * self.normal(),
            width: bbox.width * (off * self.normal()).exp(),
            height: bbox.height * (off * self.normal()).exp(),
        }
    }
}
