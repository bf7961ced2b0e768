//! Pictures of what an audit found: two images that are one side by side, and a label with the detection that doubts it.

use std::collections::HashMap;

use image::RgbImage;
use image::imageops::{self, FilterType};

use crate::dataset::Dataset;
use crate::detection::{BBox, ImageRecord};
use crate::draw::{Mark, Stroke, jpeg_of_quality};
use crate::plan::Plan;
use crate::record::{
    AuditPicture, DataAudit, DatasetAudit, Doubt, Known, Pair, Scenes, Shown, Suspect, Unfound, copies,
};
use crate::run::execute::image_file::decode;

/// Pictures of each list of a dataset; half as many of each sort of suspect labels.
const EACH: usize = 20;

/// The height of two pictures side by side, pixels.
const PAIR_HEIGHT: u32 = 150;

/// The side of the square around a label, pixels of its picture.
const CROP: u32 = 220;

/// JPEG quality: a page holds many.
const QUALITY: u8 = 75;

/// How much of its surroundings a label is shown with, in its own sizes.
const AROUND: f64 = 1.2;

/// The least side of what is shown around a label, pixels of the image.
const LEAST: f64 = 48.0;

/// The first findings of each list of `audit`, drawn; those whose images cannot be decoded any more are left out.
pub fn pictures(plan: &Plan, audit: &DataAudit) -> Vec<AuditPicture> {
    plan.datasets
        .iter()
        .zip(&audit.datasets)
        .filter_map(|(planned, found)| Some((planned.state.as_ref().ok()?, found)))
        .flat_map(|(data, found)| of_dataset(plan, data, found))
        .collect()
}

fn of_dataset(plan: &Plan, data: &Dataset, found: &DatasetAudit) -> Vec<AuditPicture> {
    let mut drawn = Vec::new();
    let mut add = |shows: Shown, place: usize, bytes: Option<Vec<u8>>| {
        drawn.extend(bytes.map(|bytes| AuditPicture { dataset: found.name.clone(), shows, place, bytes }));
    };
    let own = Shelf::of(data);
    let others = plan.datasets.iter().filter(|planned| planned.name != found.name);
    let datasets: HashMap<&str, Shelf<'_>> =
        others.filter_map(|planned| Some((planned.name.as_str(), Shelf::of(planned.state.as_ref().ok()?)))).collect();
    let planned = plan.datasets.iter().find(|planned| planned.name == found.name);
    let splits: Vec<(&str, Dataset)> = planned
        .into_iter()
        .flat_map(|planned| &planned.others)
        .filter(|split| is_shown(found, &split.name))
        .filter_map(|split| Some((split.name.as_str(), split.opened.read().ok()?)))
        .collect();
    let splits: HashMap<&str, Shelf<'_>> = splits.iter().map(|(name, data)| (*name, Shelf::of(data))).collect();
    let other = |split: &str| datasets.get(split).or_else(|| splits.get(split));
    let leakage = found.leakage.as_ref().and_then(Known::found).map(Vec::as_slice).unwrap_or_default();
    for (place, pair) in copies(leakage).iter().map(|group| (group[0], &leakage[group[0]])).take(EACH) {
        let shelf = pair.split.as_deref().and_then(other);
        add(Shown::Leakage, place, shelf.and_then(|shelf| side_by_side(&own, shelf, pair)));
    }
    let duplicates = found.duplicates.as_ref().and_then(Known::found).map(Vec::as_slice).unwrap_or_default();
    for (place, pair) in copies(duplicates).iter().map(|group| (group[0], &duplicates[group[0]])).take(EACH) {
        add(Shown::Duplicate, place, side_by_side(&own, &own, pair));
    }
    for (place, pair) in found.near.iter().enumerate().take(EACH) {
        let shelf = pair.split.as_deref().map_or(Some(&own), other);
        add(Shown::Near, place, shelf.and_then(|shelf| side_by_side(&own, shelf, pair)));
    }
    let suspects = found.suspects.as_ref().and_then(Known::found);
    let (labels, unfound) = suspects.map(|s| (s.labels.as_slice(), s.unfound.as_slice())).unwrap_or_default();
    let scenes = Scenes::of(found);
    let firsts: Vec<usize> = scenes.suspects(labels).iter().map(|group| group[0]).collect();
    for doubt in Doubt::ALL {
        let of_sort = firsts.iter().map(|&at| (at, &labels[at])).filter(|(_, one)| one.doubt == doubt);
        for (place, suspect) in of_sort.take(EACH / 2) {
            add(Shown::Suspect, place, doubted(&own, suspect));
        }
    }
    for (place, label) in scenes.unfound(unfound).iter().map(|group| (group[0], &unfound[group[0]])).take(EACH / 2) {
        add(Shown::Unfound, place, missed(&own, label));
    }
    drawn
}

fn is_shown(found: &DatasetAudit, split: &str) -> bool {
    let pairs = found.leakage.as_ref().and_then(Known::found).map(Vec::as_slice).unwrap_or_default();
    let shown = copies(pairs);
    shown.iter().take(EACH).map(|group| &pairs[group[0]]).any(|pair| pair.split.as_deref() == Some(split))
}

/// Images by their file names.
struct Shelf<'a>(HashMap<&'a str, &'a ImageRecord>);

impl<'a> Shelf<'a> {
    fn of(data: &'a Dataset) -> Self {
        Self(data.images.iter().map(|image| (image.file_name.as_str(), image)).collect())
    }

    fn pixels(&self, file_name: &str) -> Option<RgbImage> {
        decode(self.0.get(file_name)?).ok()
    }
}

fn side_by_side(own: &Shelf<'_>, other: &Shelf<'_>, pair: &Pair) -> Option<Vec<u8>> {
    let small = |pixels: RgbImage| {
        let width = f64::from(PAIR_HEIGHT) * f64::from(pixels.width()) / f64::from(pixels.height());
        let width = width.round().clamp(1.0, f64::from(3 * PAIR_HEIGHT)) as u32;
        imageops::resize(&pixels, width, PAIR_HEIGHT, FilterType::Triangle)
    };
    let (left, right) = (small(own.pixels(&pair.image)?), small(other.pixels(&pair.other)?));
    let gap = 4;
    let mut canvas = RgbImage::from_pixel(left.width() + gap + right.width(), PAIR_HEIGHT, image::Rgb([255; 3]));
    imageops::replace(&mut canvas, &left, 0, 0);
    imageops::replace(&mut canvas, &right, i64::from(left.width() + gap), 0);
    jpeg_of_quality(&canvas, QUALITY)
}

/// The label, dashed, and the detection, dotted.
fn doubted(own: &Shelf<'_>, suspect: &Suspect) -> Option<Vec<u8>> {
    let label = suspect.label_bbox.map(|bbox| (bbox, Stroke::Missed));
    let boxes: Vec<(BBox, Stroke)> = label.into_iter().chain([(suspect.bbox, Stroke::False)]).collect();
    crop(&own.pixels(&suspect.image)?, &boxes)
}

fn missed(own: &Shelf<'_>, label: &Unfound) -> Option<Vec<u8>> {
    crop(&own.pixels(&label.image)?, &[(label.bbox, Stroke::Missed)])
}

/// The surroundings of `boxes`, enlarged or reduced to a square, with them.
fn crop(pixels: &RgbImage, boxes: &[(BBox, Stroke)]) -> Option<Vec<u8>> {
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let fold = |of: fn(&BBox) -> f64, pick: fn(f64, f64) -> f64| boxes.iter().map(|(bbox, _)| of(bbox)).reduce(pick);
    let (x0, y0) = (fold(|b| b.x, f64::min)?, fold(|b| b.y, f64::min)?);
    let (x1, y1) = (fold(BBox::right, f64::max)?, fold(BBox::bottom, f64::max)?);
    let side = ((x1 - x0).max(y1 - y0) * (1.0 + AROUND)).max(LEAST).min(width.min(height)).floor().max(1.0);
    let start = |low: f64, high: f64, most: f64| ((low + high - side) / 2.0).clamp(0.0, most - side).floor();
    let (left, top) = (start(x0, x1, width), start(y0, y1, height));
    let view = imageops::crop_imm(pixels, left as u32, top as u32, side as u32, side as u32).to_image();
    let mut small = imageops::resize(&view, CROP, CROP, FilterType::Triangle);
    let scale = f64::from(CROP) / side;
    for (bbox, stroke) in boxes {
        let moved = [(bbox.x - left) * scale, (bbox.y - top) * scale, bbox.width * scale, bbox.height * scale];
        Mark::Box(moved.into()).draw(&mut small, *stroke);
    }
    jpeg_of_quality(&small, QUALITY)
}
