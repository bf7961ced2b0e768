//! Gallery: the pictures of a failed case one by one, without boxes, and the boxes beside them: reports draw them.

use std::collections::HashSet;

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::exhibit::{PICTURES, Picture};
use super::shots::{Pane, Shots};
use crate::draw::jpeg_of_quality;
use crate::position::CellAt;
use crate::record::{GalleryRecord, PairRecord, ShotRecord};
use crate::score::ImageLoss;

/// The longer side of a picture, pixels: what half a wide screen shows, with something left for who looks closer.
pub const LONGER_SIDE: u32 = 640;

/// JPEG quality: what was done to the picture shows, and a report holds many.
pub const QUALITY: u8 = 72;

/// An image of a case as the model saw it.
pub struct Lost<'a> {
    /// Its position in the dataset.
    pub image: usize,
    /// What it lost.
    pub loss: &'a ImageLoss,
    /// On the side that is held against.
    pub before: Option<RgbImage>,
    /// On the side that failed.
    pub after: RgbImage,
}

/// The gallery of a case that is held against `before`, and the pictures that are not among `drawn` yet.
pub fn gallery(
    shots: &Shots<'_>,
    sheet: String,
    (before, after): (Option<&Pane>, &Pane),
    images: &[Lost<'_>],
    drawn: &mut HashSet<String>,
) -> Option<(GalleryRecord, Vec<Picture>)> {
    let mut pictures = Vec::new();
    let mut shot = |side: &Pane, image: usize, picture: &RgbImage| {
        let (width, height) = picture.dimensions();
        let path = path(shots, side.cell(), image);
        // Two models may be shown on one picture.
        if drawn.insert(path.clone()) {
            let bytes = jpeg_of_quality(&scaled(picture, LONGER_SIDE), QUALITY)?;
            pictures.push(Picture { path: path.clone(), bytes });
        }
        Some(ShotRecord {
            model: shots.model(side),
            condition: shots.condition(side),
            picture: path,
            width,
            height,
            quality: shots.told_quality(side, image)?,
            boxes: shots.boxes(side, image)?,
            below: shots.below(side, image)?,
        })
    };
    let pair = |lost: &Lost<'_>| {
        let before = match before.zip(lost.before.as_ref()) {
            Some((before, picture)) => Some(shot(before, lost.image, picture)?),
            None => None,
        };
        let after = shot(after, lost.image, &lost.after)?;
        Some(PairRecord { file_name: lost.loss.file_name.clone(), before, after })
    };
    let pairs = images.iter().map(pair).collect::<Option<Vec<_>>>()?;
    Some((GalleryRecord { sheet, pairs }, pictures))
}

/// The same for every model: what a picture shows depends on the image and the condition alone.
fn path(shots: &Shots<'_>, cell: CellAt, image: usize) -> String {
    let cell = &shots.findings.plan.cells[cell];
    let dataset = &shots.findings.plan.datasets[cell.dataset].name;
    format!("{PICTURES}/images/{dataset}.{}.{image}.jpg", shots.findings.plan.conditions[cell.condition].condition)
}

/// `picture` with its longer side at most `longest` pixels.
pub fn scaled(picture: &RgbImage, longest: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= longest {
        return picture.clone();
    }
    let scaled = |side: u32| (side * longest / longer).max(1);
    imageops::resize(picture, scaled(width), scaled(height), FilterType::Triangle)
}
