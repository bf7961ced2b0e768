//! One figure of a cell, per category, for any weighting of its images.

use std::sync::Arc;

use super::curve::{Curve, needed};
use super::ranking::Ranking;

/// How a precision-recall curve becomes a number.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// The mean precision at these recalls, interpolated.
    Interpolated(Vec<f64>),
    /// The area under the interpolated curve.
    Area,
    /// The recall it ends at.
    Recall,
}

/// What one figure is computed from, without what only other figures need: of a detection 4 bytes, and 4 more for each
/// IoU at which it is right.
#[derive(Debug, Clone)]
pub struct View {
    images: usize,
    reading: Reading,
    thresholds: usize,
    categories: Arc<Vec<Ranking>>,
}

impl View {
    /// A view of rankings with `thresholds` thresholds each.
    pub(super) fn new(images: usize, reading: Reading, thresholds: usize, categories: Arc<Vec<Ranking>>) -> Self {
        Self { images, reading, thresholds, categories }
    }

    /// Views of one figure on the same images, each of some categories, as one of all of them in this order.
    ///
    /// # Panics
    /// `views` is empty.
    pub fn joined(views: Vec<Self>) -> Self {
        let mut views = views.into_iter();
        let first = views.next().expect("at least one view");
        let mut categories = Arc::unwrap_or_clone(first.categories);
        views.for_each(|view| categories.extend(Arc::unwrap_or_clone(view.categories)));
        Self { categories: Arc::new(categories), ..first }
    }

    /// The figure of each category, 0..=1, when image `i` counts `weights[i]` times: exactly as if it were in the dataset
    /// that often, its copies side by side. `None` where no object is left. The mean over categories is the caller's.
    ///
    /// # Panics
    /// Another number of weights than of images.
    pub fn weighted(&self, weights: &[u32]) -> Vec<Option<f64>> {
        assert_eq!(weights.len(), self.images, "a weight for each image");
        let mut scratch = Scratch::default();
        self.categories.iter().map(|ranking| self.figure(ranking, weights, &mut scratch)).collect()
    }

    fn figure(&self, ranking: &Ranking, weights: &[u32], scratch: &mut Scratch) -> Option<f64> {
        let objects = ranking.objects(weights);
        if objects == 0 {
            return None;
        }
        match &self.reading {
            Reading::Interpolated(recalls) => {
                needed(recalls, objects, &mut scratch.needed);
                ranking.count(weights, &mut scratch.seen);
            }
            Reading::Area => ranking.count(weights, &mut scratch.seen),
            Reading::Recall => {}
        }
        let at_threshold = |slot| match self.reading {
            Reading::Interpolated(_) => {
                ranking.draw(slot, &scratch.seen, &mut scratch.curve);
                scratch.curve.interpolated(&scratch.needed)
            }
            Reading::Area => {
                ranking.draw(slot, &scratch.seen, &mut scratch.curve);
                scratch.curve.area(objects)
            }
            Reading::Recall => ranking.right(slot, weights) as f64 / objects as f64,
        };
        Some((0..self.thresholds).map(at_threshold).sum::<f64>() / self.thresholds as f64)
    }
}

/// Memory used again from category to category.
#[derive(Default)]
struct Scratch {
    seen: Vec<u64>,
    needed: Vec<u64>,
    curve: Curve,
}
