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
