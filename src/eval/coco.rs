//! COCO's twelve figures, and those per category, with pycocotools' numbers to double precision.

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
    let ground_truth = COCO::from_dataset(ground_truth(images, categories, annotations));
    let found = ground_truth.load_res_anns(results(images, detections)).map_err(|error| error.to_string())?;
    let mut evaluation = COCOeval::new(ground_truth, found, IouType::Bbox);
    evaluation.evaluate().map_err(|error| error.to_string())?;
    evaluation.accumulate();
    let accumulated = evaluation.accumulated().ok_or("the evaluation gave nothing")?;
    let figures = |slots: &[usize]| DEFINITIONS.map(|definition| definition.mean(accumulated, slots));
    let all: Vec<usize> = (0..accumulated.cat_ids.len()).collect();
    let per_category = categories
        .iter()
        .map(|category| {
            let slot: Vec<usize> = accumulated.cat_ids.iter().position(|&id| id == category.id).into_iter().collect();
            CategoryFigures { category_id: category.id, figures: figures(&slot) }
        })
        .collect();
    Ok(CocoFigures { summary: figures(&all), per_category })
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
    /// The mean over the cells that have ground truth (pycocotools marks the others with -1); `None` if none has.
    fn mean(self, accumulated: &AccumulatedEval, categories: &[usize]) -> Option<f64> {
        let shape = accumulated.shape;
        let ious = self.iou.map_or(0..shape.t, |slot| slot..slot + 1);
        let mut sum = 0.0;
        let mut count = 0_u32;
        let mut add = |value: f64| {
            if value > -1.0 {
                sum += value;
                count += 1;
            }
        };
        for t in ious {
            if self.precision {
                for r in 0..shape.r {
                    for &k in categories {
                        add(accumulated.precision[shape.precision_idx(t, r, k, self.area, self.max_dets)]);
                    }
                }
            } else {
                for &k in categories {
                    add(accumulated.recall[shape.recall_idx(t, k, self.area, self.max_dets)]);
                }
            }
        }
        (count > 0).then(|| sum / f64::from(count))
    }
}

fn ground_truth(images: &[ImageRecord], categories: &[Category], annotations: &[Vec<Annotation>]) -> hotcoco::Dataset {
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
    hotcoco::Dataset {
        annotations: per_image
            .flat_map(|(i, list)| list.iter().map(|a| numbered(i.id, a)).collect::<Vec<_>>())
            .collect(),
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

fn results(images: &[ImageRecord], detections: &[Vec<Detection>]) -> Vec<hotcoco::Annotation> {
    let result = |image_id: u64, detection: &Detection| hotcoco::Annotation {
        image_id,
        category_id: detection.category_id,
        bbox: Some(detection.bbox.into()),
        score: Some(detection.score),
        ..Default::default()
    };
    let per_image = images.iter().zip(detections);
    per_image.flat_map(|(image, list)| list.iter().map(move |detection| result(image.id, detection))).collect()
}
