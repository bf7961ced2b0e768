//! TIDE's split of the errors of a cell: how much AP50 each kind costs. By hotcoco, which follows the authors' `tidecv`.
//!
//! Bolya et al., *TIDE: A General Toolbox for Identifying Object Detection Errors* (2020).

use std::borrow::Cow;

use hotcoco::params::IouType;
use hotcoco::{COCO, COCOeval};
use serde::{Deserialize, Serialize};

use super::per_image::{Categorized, PerImage, is_of, lists};
use super::table::check;
use crate::detection::{Annotation, Category, Detection, ImageRecord};

/// IoU from which a detection has found an object.
const FOUND: f64 = 0.5;

/// IoU up to which a detection is on background.
const BACKGROUND: f64 = 0.1;

/// Average precision at IoU 0.5 and what it would gain, 0..=1, if all errors of one kind were mended and no others. The
/// gains do not add up to what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tide {
    /// AP at IoU 0.5, the mean over categories.
    pub ap50: f64,
    /// `Cls`: placed on an object of another category.
    pub classification: f64,
    /// `Loc`: the right category, but placed badly: an IoU of 0.1 to 0.5.
    pub localization: f64,
    /// `Both`: placed badly on an object of another category.
    pub both: f64,
    /// `Dupe`: on an object that a detection of a higher score has found.
    pub duplicate: f64,
    /// `Bkg`: on no object.
    pub background: f64,
    /// `Miss`: objects that no detection found, nor would find with its place or category mended.
    pub missed: f64,
}

/// Splits the errors of one cell. `annotations` and `detections` are per image, in the order of `images`; all of them are
/// looked at together, which takes about 650 bytes of memory for each detection.
///
/// # Errors
/// See [`super::MatchTable::build`]; and what hotcoco refuses, with its message.
pub fn tide(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<Tide, String> {
    check(images, annotations, detections)?;
    let ground_truth = COCO::from_dataset(ground_truth(images, categories, annotations));
    let found =
        ground_truth.load_res_anns(results(images, categories, detections)).map_err(|error| error.to_string())?;
    let mut evaluation = COCOeval::new(ground_truth, found, IouType::Bbox);
    evaluation.params.iou_thrs = vec![FOUND];
    evaluation.params.area_ranges.truncate(1);
    evaluation.evaluate().map_err(|error| error.to_string())?;
    let errors = evaluation.tide_errors(FOUND, BACKGROUND).map_err(|error| error.to_string())?;
    let gain =
        |kind: &str| errors.delta_ap.get(kind).copied().ok_or_else(|| format!("hotcoco tells no `{kind}` errors"));
    Ok(Tide {
        ap50: errors.ap_base,
        classification: gain("Cls")?,
        localization: gain("Loc")?,
        both: gain("Both")?,
        duplicate: gain("Dupe")?,
        background: gain("Bkg")?,
        missed: gain("Miss")?,
    })
}

pub(super) fn ground_truth(
    images: &[ImageRecord],
    categories: &[Category],
    annotations: &(impl PerImage<Annotation> + ?Sized),
) -> hotcoco::Dataset {
    let listed = listed(images, annotations).filter(|(_, one)| is_of(one.category_id, categories));
    let annotation = |(id, (image_id, annotation)): (u64, (u64, Annotation))| hotcoco::Annotation {
        id,
        image_id,
        category_id: annotation.category_id,
        bbox: Some(annotation.bbox.into()),
        area: Some(annotation.area),
        iscrowd: annotation.iscrowd,
        ..Default::default()
    };
    hotcoco::Dataset {
        annotations: (1..).zip(listed).map(annotation).collect(),
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

pub(super) fn results(
    images: &[ImageRecord],
    categories: &[Category],
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Vec<hotcoco::Annotation> {
    let listed = listed(images, detections).filter(|(_, one)| is_of(one.category_id, categories));
    let result = |(image_id, detection): (u64, Detection)| hotcoco::Annotation {
        image_id,
        category_id: detection.category_id,
        bbox: Some(detection.bbox.into()),
        score: Some(detection.score),
        ..Default::default()
    };
    listed.map(result).collect()
}

/// What lies in lists per image, with the image's id.
fn listed<'a, T: Categorized + 'a>(
    images: &'a [ImageRecord],
    of_images: &'a (impl PerImage<T> + ?Sized),
) -> impl Iterator<Item = (u64, T)> + 'a {
    let of_image = |(image, list): (&ImageRecord, Cow<'a, [T]>)| {
        let id = image.id;
        list.into_owned().into_iter().map(move |one| (id, one))
    };
    images.iter().zip(lists(of_images)).flat_map(of_image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::BBox;

    fn bbox(x: f64) -> BBox {
        BBox::from([x, 0.0, 10.0, 10.0])
    }

    fn annotation(category_id: u64, x: f64) -> Annotation {
        Annotation { category_id, bbox: bbox(x), area: 100.0, iscrowd: false }
    }

    fn detection(category_id: u64, x: f64, score: f64) -> Detection {
        Detection { category_id, bbox: bbox(x), score }
    }

    fn split(detections: Vec<Detection>) -> Tide {
        let image = ImageRecord { id: 1, file_name: "a".into(), path: "a".into(), width: 900, height: 20 };
        let categories = [1, 2].map(|id| Category { id, name: id.to_string() });
        // Two objects of each category.
        let annotations = vec![annotation(1, 0.0), annotation(1, 100.0), annotation(2, 200.0), annotation(2, 300.0)];
        tide(&[image], &categories, &[annotations], &[detections]).unwrap()
    }

    /// All four found, with scores below those of the errors.
    fn perfect() -> Vec<Detection> {
        [(1, 0.0), (1, 100.0), (2, 200.0), (2, 300.0)].map(|(id, x)| detection(id, x, 0.5)).into()
    }

    fn gains(tide: &Tide) -> [f64; 6] {
        [tide.classification, tide.localization, tide.both, tide.duplicate, tide.background, tide.missed]
    }

    #[test]
    fn without_errors_nothing_can_be_gained() {
        let tide = split(perfect());
        assert!((tide.ap50 - 1.0).abs() < 1e-9);
        assert_eq!(gains(&tide), [0.0; 6]);
    }

    #[test]
    fn a_detection_of_high_score_on_background_costs_half_the_precision_of_the_first_object() {
        let mut found = perfect();
        found.push(detection(1, 600.0, 0.9));
        let tide = split(found);
        // Precision of category 1 becomes 2/3 at every recall, 5/6 in the mean of the two.
        assert!((tide.ap50 - 5.0 / 6.0).abs() < 1e-9, "{tide:?}");
        assert!((tide.background - (1.0 - tide.ap50)).abs() < 1e-9, "{tide:?}");
        assert_eq!(gains(&tide).iter().filter(|&&gain| gain > 1e-9).count(), 1, "{tide:?}");
    }

    #[test]
    fn each_kind_of_error_is_told_as_itself() {
        let with = |one: Detection| [perfect(), vec![one]].concat();
        let without_first = |one: Detection| [perfect()[1..].to_vec(), vec![one]].concat();
        let duplicate = vec![detection(1, 0.0, 0.9), detection(1, 1.0, 0.8), detection(1, 100.0, 0.7)];
        let cases = [
            (without_first(detection(2, 0.0, 0.9)), 0),
            (without_first(detection(1, 6.0, 0.9)), 1),
            (with(detection(1, 206.0, 0.9)), 2),
            ([duplicate, perfect()[2..].to_vec()].concat(), 3),
            (with(detection(1, 600.0, 0.9)), 4),
            (perfect()[1..].to_vec(), 5),
        ];
        for (found, kind) in cases {
            let tide = split(found);
            let most = gains(&tide).iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at);
            assert_eq!(most, Some(kind), "{tide:?}");
            assert!(gains(&tide)[kind] > 0.05, "{tide:?}");
        }
    }
}
