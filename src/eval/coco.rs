//! COCO's twelve figures, and those per category, with pycocotools' numbers to double precision.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::check::Unscorable;
use super::greedy::Outcomes;
use super::grid::{DEFINITIONS, Definition, Quantity, recall_thresholds};
use super::per_image::PerImage;
use super::ranking::{Ranked, Ranking, runs};
use super::table::{CategoryTable, MatchTable, Row};
use super::view::{Reading, View};
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
/// See [`MatchTable::build`].
pub fn evaluate(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<CocoFigures, Unscorable> {
    MatchTable::build(images, categories, annotations, detections).map(|table| table.figures())
}

impl MatchTable {
    /// COCO's figures, pycocotools' numbers to double precision.
    pub fn figures(&self) -> CocoFigures {
        let once = vec![1; self.images()];
        let by_slot: Vec<Vec<Option<f64>>> = (0..DEFINITIONS.len()).map(|slot| self.weighted(slot, &once)).collect();
        let of_category = |(at, &category_id): (usize, &u64)| CategoryFigures {
            category_id,
            figures: std::array::from_fn(|slot| by_slot[slot][at]),
        };
        CocoFigures {
            summary: std::array::from_fn(|slot| mean(&by_slot[slot])),
            per_category: self.category_ids.iter().enumerate().map(of_category).collect(),
        }
    }

    /// What the figure `slot` (in the order of [`super::Summary`]) is computed from, for many weightings.
    ///
    /// # Panics
    /// There is no such slot.
    pub fn view(&self, slot: usize) -> View {
        view(self, &DEFINITIONS[slot], |_| true)
    }

    /// The same on the objects of `part`, and on the images of which `keeps` holds (by position) alone.
    ///
    /// # Panics
    /// There is no such slot or part.
    pub fn view_of(&self, slot: usize, part: usize, keeps: impl Fn(usize) -> bool) -> View {
        view(self, &DEFINITIONS[slot].in_part(part), |image| keeps(image as usize))
    }

    /// The figure `slot` of each category when image `i` counts `weights[i]` times, see [`View::weighted`].
    ///
    /// # Panics
    /// There is no such slot, or another number of weights than of images.
    pub fn weighted(&self, slot: usize, weights: &[u32]) -> Vec<Option<f64>> {
        self.view(slot).weighted(weights)
    }
}

/// A figure on the images that `keeps` names.
fn view(table: &MatchTable, definition: &Definition, keeps: impl Fn(u32) -> bool) -> View {
    let reading = match definition.quantity {
        Quantity::Precision => Reading::Interpolated(recall_thresholds().to_vec()),
        Quantity::Recall => Reading::Recall,
    };
    let most = table.params.max_dets[definition.cap];
    let of_category = |category| ranking(category, &table.outcomes, definition, most, &keeps);
    let categories = table.categories.iter().map(of_category).collect();
    View::new(table.images(), reading, definition.ious().len(), Arc::new(categories))
}

fn ranking(
    category: &CategoryTable,
    outcomes: &[Outcomes],
    definition: &Definition,
    most: usize,
    keeps: &impl Fn(u32) -> bool,
) -> Ranking {
    let first = definition.ious().start;
    let is_in = |row: &Row| usize::from(row.rank) < most && keeps(row.image);
    let mut run = runs();
    let numbered = category.rows.iter().map(|row| (row, run(row.is_tied)));
    let ranked = numbered.filter(|(row, _)| is_in(row)).map(|(row, run)| {
        let outcome = outcomes[row.outcomes as usize][definition.area];
        Ranked { image: row.image, run, right: outcome.right() >> first, ignored: outcome.ignored() >> first }
    });
    let objects = category.objects.iter().map(|objects| (objects.image, objects.counts[definition.area]));
    let objects = objects.filter(|&(image, count)| count > 0 && keeps(image));
    Ranking::new(definition.ious().len(), ranked, objects.collect())
}

/// The mean of what there is; `None` of nothing.
fn mean(values: &[Option<f64>]) -> Option<f64> {
    let there: Vec<f64> = values.iter().copied().flatten().collect();
    (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
}
