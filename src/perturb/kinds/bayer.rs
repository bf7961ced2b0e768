//! # Bayer demosaicing
//!
//! ## What it does
//! Keeps one channel per pixel, in the RGGB pattern of colour sensors, and fills in the other two as the mean of the
//! neighbours that have them, borders mirrored. With `cell` above 1 the sensor is as much coarser: the picture is
//! shrunk before and enlarged after, by whole `cell` pixels a side.
//!
//! ## Field condition
//! Simple cameras and converters: false colours and zippers along fine detail and edges.
//!
//! ## Parameter and severities
//! `cell`, pixels per sensor cell, 1..=16 (whole): 1, 2, 3, 4, 6.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Pattern of Bayer (US patent 3971065); bilinear demosaicing as in OpenCV's `COLOR_BayerBG2RGB`.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Border, box_reduced, enlarged_bilinear};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "bayer", summary: "keeps one colour per sensor cell and fills in the others" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "cell", unit: "pixels per sensor cell, whole", min: 1.0, max: 16.0 }],
    ladder: Some([&[1.0], &[2.0], &[3.0], &[4.0], &[6.0]]),
    revision: 1,
    source: include_str!("bayer.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let cell = values[0].round() as u32;
    if cell == 1 {
        return demosaiced(image);
    }
    let (width, height) = image.dimensions();
    let small = box_reduced(image, (width / cell).max(1), (height / cell).max(1));
    enlarged_bilinear(&demosaiced(&small), width, height)
}

/// What a sensor behind RGGB filters sees of the picture, filled in.
fn demosaiced(image: &RgbImage) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let margin = 1;
    let mosaic: Vec<u16> = mosaic(image);
    let stride = width + 2 * margin;
    let mut out = RgbImage::new(image.width(), image.height());
    let (pixels, _) = out.as_chunks_mut::<3>();
    for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
        let above = &mosaic[y * stride..][..stride];
        let here = &mosaic[(y + 1) * stride..][..stride];
        let below = &mosaic[(y + 2) * stride..][..stride];
        for (x, pixel) in row.iter_mut().enumerate() {
            let centre = here[x + 1];
            let across = here[x] + here[x + 2];
            let down = above[x + 1] + below[x + 1];
            let corners = above[x] + above[x + 2] + below[x] + below[x + 2];
            let cross = (across + down + 2) / 4;
            *pixel = match (y % 2, x % 2) {
                (0, 0) => [centre, cross, (corners + 2) / 4],
                (0, _) => [across.div_ceil(2), centre, down.div_ceil(2)],
                (_, 0) => [down.div_ceil(2), centre, across.div_ceil(2)],
                _ => [(corners + 2) / 4, cross, centre],
            }
            .map(|value| value as u8);
        }
    }
    debug_assert_eq!(mosaic.len(), stride * (height + 2 * margin));
    out
}

/// One channel per pixel, with a margin of one mirrored pixel on each side.
fn mosaic(image: &RgbImage) -> Vec<u16> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (pixels, _) = image.as_chunks::<3>();
    let mut mosaic = Vec::with_capacity((width + 2) * (height + 2));
    for y in -1..=height.cast_signed() {
        let y = Border::Mirror.inside(y, height);
        for x in -1..=width.cast_signed() {
            let x = Border::Mirror.inside(x, width);
            mosaic.push(u16::from(pixels[y * width + x][y % 2 + x % 2]));
        }
    }
    mosaic
}
