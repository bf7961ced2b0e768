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
/// the label, 0 where the answer does not name it.
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
