//! Preview: samples of a dataset under every level of a perturbation, with their labels, side by side.

use image::RgbImage;

use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::Annotation;
use crate::draw::{Mark, Stroke, Tile, sheet};
use crate::plan::PlannedCondition;
use crate::predict::FrameError;
use crate::run::execute::image_file::decode;

/// A perturbation's samples at all its levels.
pub struct Preview {
    /// The perturbation's name in the spec.
    pub name: String,
    /// Rows of samples, columns of clean and each level.
    pub sheet: RgbImage,
    /// The full-size pictures by condition and image file.
    pub pictures: Vec<(String, String, RgbImage)>,
}

/// The preview of each perturbation among `conditions` (clean first), on `samples` images spread over the dataset.
///
/// # Errors
/// An image cannot be read.
pub fn previews(
    data: &Dataset,
    conditions: &[PlannedCondition],
    seed: u64,
    samples: usize,
) -> Result<Vec<Preview>, FrameError> {
    let mut names: Vec<&str> = conditions.iter().filter_map(|planned| perturbation(&planned.condition)).collect();
    names.dedup();
    let preview = |name: &str| preview(data, conditions, seed, samples, name);
    names.into_iter().map(preview).collect()
}

fn perturbation(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::Clean => None,
        Condition::Perturbed { perturbation, .. } => Some(perturbation),
    }
}

fn preview(
    data: &Dataset,
    conditions: &[PlannedCondition],
    seed: u64,
    samples: usize,
    name: &str,
) -> Result<Preview, FrameError> {
    let is_shown = |planned: &&PlannedCondition| perturbation(&planned.condition).is_none_or(|other| other == name);
    let shown: Vec<&PlannedCondition> = conditions.iter().filter(is_shown).collect();
    let mut rows = Vec::new();
    let mut pictures = Vec::new();
    for at in spread(data.images.len(), samples) {
        let pixels = decode(&data.images[at])?;
        let row: Vec<Tile> = shown.iter().map(|planned| tile(data, planned, seed, at, &pixels)).collect();
        let named = shown.iter().zip(&row).map(|(planned, tile)| {
            (planned.condition.to_string(), data.images[at].file_name.clone(), tile.picture.clone())
        });
        pictures.extend(named);
        rows.push(row);
    }
    let sheet = sheet(name, &rows, &[Stroke::Label, Stroke::Ignored]);
    Ok(Preview { name: name.to_owned(), sheet, pictures })
}

/// `count` positions spread evenly over `len`.
pub fn spread(len: usize, count: usize) -> Vec<usize> {
    let count = count.min(len);
    (0..count).map(|index| index * len / count).collect()
}

fn tile(data: &Dataset, planned: &PlannedCondition, seed: u64, at: usize, pixels: &RgbImage) -> Tile {
    let (image, labels) = (&data.images[at], &data.annotations[at]);
    let picture = planned.picture(seed, image, pixels, &data.boxes(at)).into_owned();
    let stroke = |iscrowd: bool| if iscrowd { Stroke::Ignored } else { Stroke::Label };
    let labels = planned.remaining(seed, image, labels, &data.categories);
    let mark = |label: &Annotation| (Mark::of(label.bbox, &label.shape), stroke(label.iscrowd));
    let marks = labels.iter().filter(|label| !label.is_whole).map(mark).collect();
    let name = |id: u64| data.categories.iter().find(|category| category.id == id).map(|c| c.name.as_str());
    let class = labels.iter().find(|label| label.is_whole).and_then(|label| name(label.category_id));
    let caption = match planned.condition {
        Condition::Clean => [class.unwrap_or_default(), &image.file_name].join(" ").trim_start().to_owned(),
        Condition::Perturbed { .. } => planned.condition.to_string(),
    };
    Tile { picture, marks, caption }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_and_never_more_than_there_are() {
        assert_eq!(spread(10, 3), [0, 3, 6]);
        assert_eq!(spread(2, 5), [0, 1]);
        assert!(spread(0, 3).is_empty());
    }
}
