//! The figures of every cell. A cell that could not be measured holds its failure, never a number.

use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{CocoFigures, evaluate};
use crate::failure::{Failure, FailureKind, Measured};
use crate::metric::Metric;

/// Figures of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellScore {
    /// COCO's.
    pub figures: CocoFigures,
}

/// Figures or failures of all cells, in the order of the plan.
#[derive(Debug, Clone, Default)]
pub struct Scorecard {
    /// Per cell.
    pub cells: Vec<Measured<CellScore>>,
}

impl CellScore {
    /// A figure over all categories, or of one (by its id); `None` where there is no ground truth for it.
    #[must_use]
    pub fn figure(&self, metric: &Metric, category: Option<u64>) -> Option<f64> {
        match category {
            None => self.figures.summary[metric.slot],
            Some(id) => {
                let of_category = self.figures.per_category.iter().find(|figures| figures.category_id == id)?;
                of_category.figures[metric.slot]
            }
        }
    }

    /// The categories that have a figure.
    #[must_use]
    pub fn measured(&self, metric: &Metric) -> Vec<u64> {
        let measured = self.figures.per_category.iter().filter(|category| category.figures[metric.slot].is_some());
        measured.map(|category| category.category_id).collect()
    }

    /// The mean of a figure over some categories; `None` if none of them has it. Over all that have one it is the
    /// figure over all categories, as every category weighs the same in COCO's means.
    #[must_use]
    pub fn mean_over(&self, metric: &Metric, categories: &[u64]) -> Option<f64> {
        let figures = categories.iter().filter_map(|id| self.figure(metric, Some(*id)));
        let figures: Vec<f64> = figures.collect();
        (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64)
    }
}

/// The figures of two cells over the categories that both have: a mean over other categories is another quantity.
/// `None` where there is no such category.
#[must_use]
pub fn compared(metric: &Metric, one: &CellScore, other: &CellScore) -> Option<(f64, f64)> {
    let (of_one, of_other) = (one.measured(metric), other.measured(metric));
    if of_one == of_other {
        return Some((one.figure(metric, None)?, other.figure(metric, None)?));
    }
    let common: Vec<u64> = of_one.into_iter().filter(|id| of_other.contains(id)).collect();
    Some((one.mean_over(metric, &common)?, other.mean_over(metric, &common)?))
}

/// Scores one cell; `annotations` and `detections` are per image, detections by falling score.
#[must_use]
pub fn score_cell(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &[Vec<Annotation>],
    detections: &[Vec<Detection>],
) -> Measured<CellScore> {
    match evaluate(images, categories, annotations, detections) {
        Ok(figures) => Measured::Value(CellScore { figures }),
        Err(error) => {
            let message = format!("the detections cannot be scored: {error}");
            Measured::Failed(Failure::new(FailureKind::Inference, message))
        }
    }
}
