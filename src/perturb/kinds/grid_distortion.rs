//! # Grid distortion
//!
//! ## What it does
//! Lays a grid of 5 x 5 cells over the picture and moves each inner crossing by a random part of a cell, along each
//! axis at most `limit`; in between linearly. The border stays.
//!
//! ## Field condition
//! Uneven panes and mirrors, crumpled labels, stitched panoramas.
//!
//! ## Parameter and severities
//! `limit`, share of a cell, 0.01..=0.45: 0.1, 0.15, 0.2, 0.25, 0.3.
//!
//! ## Boxes
//! Move with the content: the displacement is undone point by point.
//!
//! ## Reference
//! `GridDistortion` of albumentations 2.0.8 (5 steps, limit 0.3), with both coordinates of each crossing drawn on their
//! own.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::Field;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// Cells along each side.
const CELLS: u32 = 5;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "grid_distortion", summary: "moves the crossings of a grid laid over the picture" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "limit", unit: "greatest share of a cell", min: 0.01, max: 0.45 }],
    ladder: Some([&[0.1], &[0.15], &[0.2], &[0.25], &[0.3]]),
    revision: 1,
    source: include_str!("grid_distortion.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn field(size: Size, limit: f64, mut rng: Rng) -> Field {
    let cell = [size.width, size.height].map(|side| f64::from(side) / f64::from(CELLS));
    let is_inner = |index: u32| (1..CELLS).contains(&index);
    let crossings = (0..=CELLS).flat_map(|row| (0..=CELLS).map(move |column| (column, row)));
    let node = |(column, row)| {
        let drawn = cell.map(|side| (rng.uniform_in(-limit, limit) * side) as f32);
        if is_inner(column) && is_inner(row) { drawn } else { [0.0; 2] }
    };
    Field::new(CELLS as usize + 1, cell.map(|side| side as f32), crossings.map(node).collect())
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    field(size, values[0], rng).warp()
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    field(size, values[0], rng).apply(image)
}
