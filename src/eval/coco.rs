//! COCO's twelve figures, and those per category, with pycocotools' numbers to double precision.

use std::collections::{HashMap, HashSet};

use hotcoco::params::IouType;
use hotcoco::{AccumulatedEval, COCO, COCOeval};
use serde::{Deserialize, Serialize};

use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// COCO's figures over all categories, each 0..=1, or `None` where there is no ground truth to measure on.
pub type Summary = [Option<f64>; 12];

/// COCO's figures of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CocoFigures {
    /// In pycocotools' order: AP, AP50, AP75, AP small, medium, large, AR1, AR10, AR100, AR small, medium, large.
    pub summary: Summary,
    /// In the order of the dataset's categories.
    pub per_category: Vec<CategoryFigures>,
}

/// COCO's figures of one category, in the order of [`CocoFigures::summary`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryFigures {
    /// The dataset's id.
    pub category_id: u64,
    /// See [`Summary`].
    pub figures: Summary,
}

/// Evaluates the detections of one cell. `annotations` and `detections` are per image, in the order of `images`;
/// detections of a higher score come first, equal scores in the order given.
///
/// # Errors
/// hotcoco refuses the input; its message.
pub fn evaluate(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &[Vec<Annotation>],
    detections: &[Vec<Detection>],
) -> Result<CocoFigures, String> {
    let mut tallies: Vec<Tallies> = Vec::with_capacity(categories.len());
    for some in portions(categories, detections) {
        let ids: HashSet<u64> = some.iter().map(|category| category.id).collect();
        let ground_truth = COCO::from_dataset(ground_truth(images, some, annotations, &ids));
        let found = results(images, detections, &ids);
        let found = ground_truth.load_res_anns(found).map_err(|error| error.to_string())?;
        let mut evaluation = COCOeval::new(ground_truth, found, IouType::Bbox);
        evaluation.evaluate().map_err(|error| error.to_string())?;
        evaluation.accumulate();
        let accumulated = evaluation.accumulated().ok_or("the evaluation gave nothing")?;
        let slot = |category: &Category| accumulated.cat_ids.iter().position(|&id| id == category.id);
        let tally = |category| DEFINITIONS.map(|definition| definition.tally(accumulated, slot(category)));
        tallies.extend(some.iter().map(tally));
    }
    let per_category = categories
        .iter()
        .zip(&tallies)
        .map(|(category, tallies)| CategoryFigures { category_id: category.id, figures: tallies.map(Tally::mean) });
    let all = |at: usize| tallies.iter().fold(Tally::default(), |sum, tallies| sum.plus(tallies[at]));
    Ok(CocoFigures { summary: std::array::from_fn(|at| all(at).mean()), per_category: per_category.collect() })
}

/// Detections evaluated together: hotcoco keeps a few kilobytes for each while it works.
const PORTION: usize = 25_000;

/// The categories in portions of about [`PORTION`] detections. COCO's figures of a category depend on no other one, so
/// memory can be bounded without changing any.
fn portions<'c>(categories: &'c [Category], detections: &[Vec<Detection>]) -> Vec<&'c [Category]> {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for detection in detections.iter().flatten() {
        *counts.entry(detection.category_id).or_default() += 1;
    }
    let mut portions = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (at, category) in categories.iter().enumerate() {
        sum += counts.get(&category.id).copied().unwrap_or_default();
        if sum >= PORTION || at + 1 == categories.len() {
            portions.push(&categories[start..=at]);
            (start, sum) = (at + 1, 0);
        }
    }
    portions
}

/// The figures of one category before the mean is taken, in the order of [`CocoFigures::summary`].
type Tallies = [Tally; 12];

/// Values summed, and how many.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    sum: f64,
    count: u32,
}

impl Tally {
    /// pycocotools marks what has no ground truth with -1.
    fn add(&mut self, value: f64) {
        if value > -1.0 {
            self.sum += value;
            self.count += 1;
        }
    }

    fn plus(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, count: self.count + other.count }
    }

    fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

/// Where in the accumulated arrays a figure comes from, as in pycocotools' `summarize`.
#[derive(Clone, Copy)]
struct Definition {
    /// Precision or recall.
    precision: bool,
    /// A slot of the IoU grid 0.50:0.05:0.95, or all of it.
    iou: Option<usize>,
    /// A slot of the area ranges all, small, medium, large.
    area: usize,
    /// A slot of the detection caps 1, 10, 100.
    max_dets: usize,
}

const fn average_precision(iou: Option<usize>, area: usize) -> Definition {
    Definition { precision: true, iou, area, max_dets: 2 }
}

const fn average_recall(area: usize, max_dets: usize) -> Definition {
    Definition { precision: false, iou: None, area, max_dets }
}

/// In the order of [`CocoFigures::summary`].
const DEFINITIONS: [Definition; 12] = [
    average_precision(None, 0),
    average_precision(Some(0), 0),
    average_precision(Some(5), 0),
    average_precision(None, 1),
    average_precision(None, 2),
    average_precision(None, 3),
    average_recall(0, 0),
    average_recall(0, 1),
    average_recall(0, 2),
    average_recall(1, 2),
    average_recall(2, 2),
    average_recall(3, 2),
];

impl Definition {
    /// The values of one category, which has a slot of the arrays if it was evaluated.
    fn tally(self, accumulated: &AccumulatedEval, category: Option<usize>) -> Tally {
        let mut tally = Tally::default();
        let Some(k) = category else { return tally };
        let shape = accumulated.shape;
        for t in self.iou.map_or(0..shape.t, |slot| slot..slot + 1) {
            if self.precision {
                for r in 0..shape.r {
                    tally.add(accumulated.precision[shape.precision_idx(t, r, k, self.area, self.max_dets)]);
                }
            } else {
                tally.add(accumulated.recall[shape.recall_idx(t, k, self.area, self.max_dets)]);
            }
        }
        tally
    }
}

/// The labels of the categories `ids`.
fn ground_truth(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &[Vec<Annotation>],
    ids: &HashSet<u64>,
) -> hotcoco::Dataset {
    let mut next_id = 0;
    let mut numbered = |image_id: u64, annotation: &Annotation| {
        next_id += 1;
        hotcoco::Annotation {
            id: next_id,
            image_id,
            category_id: annotation.category_id,
            bbox: Some(annotation.bbox.into()),
            area: Some(annotation.area),
            iscrowd: annotation.iscrowd,
            ..Default::default()
        }
    };
    let per_image = images.iter().zip(annotations);
    let listed = per_image.flat_map(|(image, list)| list.iter().map(|annotation| (image.id, annotation)));
    let listed = listed.filter(|(_, annotation)| ids.contains(&annotation.category_id));
    hotcoco::Dataset {
        annotations: listed.map(|(image, annotation)| numbered(image, annotation)).collect(),
        images: images.iter().map(image).collect(),
        categories: categories.iter().map(category).collect(),
        ..Default::default()
    }
}

fn image(record: &ImageRecord) -> hotcoco::Image {
    hotcoco::Image { id: record.id, width: record.width, height: record.height, ..Default::default() }
}

fn category(category: &Category) -> hotcoco::Category {
    hotcoco::Category { id: category.id, name: category.name.clone(), ..Default::default() }
}

/// The detections of the categories `ids`.
fn results(images: &[ImageRecord], detections: &[Vec<Detection>], ids: &HashSet<u64>) -> Vec<hotcoco::Annotation> {
    let result = |image_id: u64, detection: &Detection| hotcoco::Annotation {
        image_id,
        category_id: detection.category_id,
        bbox: Some(detection.bbox.into()),
        score: Some(detection.score),
        ..Default::default()
    };
    let per_image = images.iter().zip(detections);
    let listed = per_image.flat_map(|(image, list)| list.iter().map(|detection| (image.id, detection)));
    let listed = listed.filter(|(_, detection)| ids.contains(&detection.category_id));
    listed.map(|(image, detection)| result(image, detection)).collect()
}
