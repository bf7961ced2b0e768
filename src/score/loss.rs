//! Who lost most between two cells (clean and perturbed, another model and this one): categories by a figure, images by the quality
//! of the answers.

use serde::{Deserialize, Serialize};

use crate::detection::{Category, ImageRecord};
use crate::metric::Better;

/// A category's figure before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryLoss {
    /// The category's name.
    pub category: String,
    /// The figure before: on clean images, of the other model, or accepted.
    pub before: f64,
    /// The figure now.
    pub after: f64,
}

/// The quality of the answer on an image before and after: of objects the F1 of the claims, of classes the probability of
/// the label, 0 where the answer does not name it. Beside another listing it is what that lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageLoss {
    /// The image's file name.
    pub file_name: String,
    /// Before: on the clean image, or of the other model.
    pub before: f64,
    /// Now.
    pub after: f64,
}

/// The categories, those that lost most first; at most `count`, and only those that lost. `before` and `after` tell a
/// category's figure by its position.
pub fn category_losses(
    categories: &[Category],
    better: Better,
    before: impl Fn(usize) -> Option<f64>,
    after: impl Fn(usize) -> Option<f64>,
    count: usize,
) -> Vec<CategoryLoss> {
    let loss = |(at, category): (usize, &Category)| {
        Some(CategoryLoss { category: category.name.clone(), before: before(at)?, after: after(at)? })
    };
    let lost = |loss: &CategoryLoss| better.loss(loss.before, loss.after);
    let losses = categories.iter().enumerate().filter_map(loss);
    let mut losses: Vec<CategoryLoss> = losses.filter(|loss| lost(loss) > 0.0).collect();
    losses.sort_by(|a, b| lost(b).total_cmp(&lost(a)));
    losses.truncate(count);
    losses
}

/// The images that lost most, as positions in `images`; at most `count`, and only those that lost. `before` and
/// `after` are the quality of each image's answer.
pub fn image_losses(images: &[ImageRecord], before: &[f64], after: &[f64], count: usize) -> Vec<(usize, ImageLoss)> {
    let mut losses: Vec<(usize, ImageLoss)> = images
        .iter()
        .zip(before.iter().zip(after))
        .enumerate()
        .filter(|(_, (_, (before, after)))| after < before)
        .map(|(at, (image, (&before, &after)))| (at, ImageLoss { file_name: image.file_name.clone(), before, after }))
        .collect();
    losses.sort_by(|(_, a), (_, b)| (b.before - b.after).total_cmp(&(a.before - a.after)));
    losses.truncate(count);
    losses
}

/// How an answer stands by what a figure counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The number that is told of it: the score of a class, or how many errors.
    pub told: f64,
    /// What that is at best.
    pub best: f64,
    /// Whether it is an error, where an answer is one or none.
    pub is_wrong: Option<bool>,
}

impl Standing {
    /// The best there could be.
    fn at_best(self) -> Self {
        Self { told: self.best, is_wrong: self.is_wrong.map(|_| false), ..self }
    }

    fn off(self) -> f64 {
        (self.told - self.best).abs()
    }
}

/// The images whose errors cost a figure, as positions in `images`; at most `count`: those first that are errors now and were none
/// before, then those that got worse by more. `before` and `after` tell how each image's answer stands, none of images that
/// do not matter; without a `before` all was at its best.
pub fn standing_losses(
    images: &[ImageRecord],
    before: Option<&[Option<Standing>]>,
    after: &[Option<Standing>],
    count: usize,
) -> Vec<(usize, ImageLoss)> {
    let mut losses: Vec<(bool, f64, usize)> = Vec::new();
    let then = |at: usize, now: Standing| before.map_or(Some(now.at_best()), |before| before[at]);
    let both = |at: usize| after[at].and_then(|now| Some((then(at, now)?, now)));
    for at in 0..images.len() {
        let Some((then, now)) = both(at) else { continue };
        let (lost, turned) = (now.off() - then.off(), now.is_wrong == Some(true) && then.is_wrong != Some(true));
        if turned || (now.is_wrong != Some(false) && lost > 0.0) {
            losses.push((turned, lost, at));
        }
    }
    // Stable: of equal ones the order of the dataset decides.
    losses.sort_by(|one, other| other.0.cmp(&one.0).then(other.1.total_cmp(&one.1)));
    losses.truncate(count);
    let told = |(_, _, at): (bool, f64, usize)| {
        let (then, now) = both(at)?;
        Some((at, ImageLoss { file_name: images[at].file_name.clone(), before: then.told, after: now.told }))
    };
    losses.into_iter().filter_map(told).collect()
}
