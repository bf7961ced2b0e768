//! Who lost most between a clean and a perturbed cell: categories by AP, images by F1.

use serde::{Deserialize, Serialize};

use super::CellScore;
use crate::detection::{Category, ImageRecord};
use crate::metric::Metric;

/// A category's figure before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryLoss {
    /// The category's name.
    pub category: String,
    /// The figure on clean images.
    pub clean: f64,
    /// The figure on perturbed images.
    pub perturbed: f64,
}

/// An image's F1 (IoU 0.5, confidence 0.3) before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageLoss {
    /// The image's file name.
    pub file_name: String,
    /// F1 on the clean image.
    pub clean: f64,
    /// F1 on the perturbed image.
    pub perturbed: f64,
}

/// The categories, those that lost most first; at most `count`, and only those that lost.
#[must_use]
pub fn category_losses(
    categories: &[Category],
    metric: &Metric,
    clean: &CellScore,
    perturbed: &CellScore,
    count: usize,
) -> Vec<CategoryLoss> {
    let loss = |category: &Category| {
        let (clean, perturbed) =
            (clean.figure(metric, Some(category.id))?, perturbed.figure(metric, Some(category.id))?);
        Some(CategoryLoss { category: category.name.clone(), clean, perturbed })
    };
    let mut losses: Vec<CategoryLoss> = categories.iter().filter_map(loss).filter(|l| l.perturbed < l.clean).collect();
    losses.sort_by(|a, b| (b.clean - b.perturbed).total_cmp(&(a.clean - a.perturbed)));
    losses.truncate(count);
    losses
}

/// The images that lost most, as positions in `images`; at most `count`, and only those that lost. `clean` and
/// `perturbed` are the F1 of each image before and after.
#[must_use]
pub fn image_losses(images: &[ImageRecord], clean: &[f64], perturbed: &[f64], count: usize) -> Vec<(usize, ImageLoss)> {
    let mut losses: Vec<(usize, ImageLoss)> = images
        .iter()
        .zip(clean.iter().zip(perturbed))
        .enumerate()
        .filter(|(_, (_, (clean, perturbed)))| perturbed < clean)
        .map(|(at, (image, (&clean, &perturbed)))| {
            (at, ImageLoss { file_name: image.file_name.clone(), clean, perturbed })
        })
        .collect();
    losses.sort_by(|(_, a), (_, b)| (b.clean - b.perturbed).total_cmp(&(a.clean - a.perturbed)));
    losses.truncate(count);
    losses
}
