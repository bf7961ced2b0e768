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

use super::pixels::Field;
use super::{Group, Parameter, Perturbation, Rng, Warp};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// Cells along each side.
const CELLS: u32 = 5;

/// See the module's documentation.
#[derive(Debug)]
pub struct GridDistortion;

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

impl Named for GridDistortion {
    fn entry(&self) -> Entry {
        Entry { name: "grid_distortion", summary: "moves the crossings of a grid laid over the picture" }
    }
}

impl Perturbation for GridDistortion {
    fn group(&self) -> Group {
        Group::Geometric
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "limit", unit: "greatest share of a cell", min: 0.01, max: 0.45 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[0.1], &[0.15], &[0.2], &[0.25], &[0.3]])
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("grid_distortion.rs")
    }

    fn warp(&self, size: Size, values: &[f64], rng: Rng) -> Warp {
        field(size, values[0], rng).warp()
    }

    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let size = Size { width: image.width(), height: image.height() };
        field(size, values[0], rng).apply(image)
    }
}
