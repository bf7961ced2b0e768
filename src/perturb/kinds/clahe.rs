//! # Local contrast (CLAHE)
//!
//! ## What it does
//! Equalises the luma of the tiles of an 8x8 grid, contrast limited to `clip_limit`, and blends between tiles. Colour
//! differences stay.
//!
//! ## Field condition
//! Local tone mapping in cameras and viewers; preprocessing for haze or X-rays that training did not have.
//!
//! ## Parameter and severities
//! `clip_limit`, multiple of an even histogram, 1..=40: 1.5, 2, 3, 4, 8.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `CLAHE` of albumentations 2.0.8 and OpenCV (8x8 tiles, clip limit 4 by default), on the luma of BT.601 instead of
//! L*.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::luma;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "clahe", summary: "equalises contrast locally" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "clip_limit", unit: "multiple of an even histogram", min: 1.0, max: 40.0 }],
    ladder: Some([&[1.5], &[2.0], &[3.0], &[4.0], &[8.0]]),
    revision: 1,
    source: include_str!("clahe.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Tiles along each side.
const TILES: usize = 8;

/// One in the fixed point of blending weights.
const ONE: i32 = 256;

/// The new luma of each luma of a tile.
type TileTable = [u8; 256];

/// Between which two tiles a row or column lies, and the weight of the second one.
struct TileBlend {
    first: usize,
    second: usize,
    weight: i32,
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let lumas: Vec<u8> = image.pixels().map(|pixel| luma(pixel.0)).collect();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (columns, rows) = (blend(width), blend(height));
    let tables = tile_tables(&lumas, width, height, values[0]);
    let mut out = image.clone();
    let lines = out.chunks_exact_mut(width * 3).zip(lumas.chunks_exact(width)).zip(&rows);
    for ((pixels, lumas), row) in lines {
        for ((pixel, luma), column) in pixels.chunks_exact_mut(3).zip(lumas).zip(&columns) {
            let shift = mixed(&tables, row, column, *luma) - i32::from(*luma);
            for byte in pixel {
                *byte = (i32::from(*byte) + shift).clamp(0, 255) as u8;
            }
        }
    }
    out
}

/// The place of each of `length` pixels between the centres of tiles; outside of the centres, the nearest tile's.
fn blend(length: usize) -> Vec<TileBlend> {
    let place = |at: usize| {
        let tile = ((at as f64 + 0.5) * TILES as f64 / length as f64 - 0.5).clamp(0.0, (TILES - 1) as f64);
        let first = tile as usize;
        let weight = ((tile - first as f64) * f64::from(ONE)) as i32;
        TileBlend { first, second: (first + 1).min(TILES - 1), weight }
    };
    (0..length).map(place).collect()
}

/// The tables of all tiles, row by row.
fn tile_tables(lumas: &[u8], width: usize, height: usize, clip_limit: f64) -> Vec<TileTable> {
    // In pictures of fewer pixels than tiles, neighbouring tiles share a pixel.
    let range = |tile: usize, length: usize| {
        let start = tile * length / TILES;
        start..((tile + 1) * length / TILES).max(start + 1)
    };
    let table = |tile: usize| {
        let mut counts = [0; 256];
        let columns = range(tile % TILES, width);
        for y in range(tile / TILES, height) {
            for value in &lumas[y * width..][columns.clone()] {
                counts[usize::from(*value)] += 1;
            }
        }
        clipped_table(&counts, clip_limit)
    };
    (0..TILES * TILES).map(table).collect()
}

/// Equalises with each count limited to `clip_limit` times the mean; what is cut off is spread over all values.
fn clipped_table(counts: &[u32; 256], clip_limit: f64) -> TileTable {
    let area = f64::from(counts.iter().sum::<u32>());
    let limit = (clip_limit * area / 256.0).max(1.0);
    let clipped = counts.map(|count| f64::from(count).min(limit));
    let spread = (area - clipped.iter().sum::<f64>()) / 256.0;
    let mut below = 0.0;
    clipped.map(|count| {
        below += count + spread;
        (below * 255.0 / area + 0.5) as u8
    })
}

fn mixed(tables: &[TileTable], row: &TileBlend, column: &TileBlend, luma: u8) -> i32 {
    let of = |y: usize, x: usize| i32::from(tables[y * TILES + x][usize::from(luma)]);
    let across = |y: usize| of(y, column.first) * (ONE - column.weight) + of(y, column.second) * column.weight;
    (across(row.first) * (ONE - row.weight) + across(row.second) * row.weight + ONE * ONE / 2) / (ONE * ONE)
}
