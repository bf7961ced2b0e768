//! # Interlacing
//!
//! ## What it does
//! Moves the even rows to the left and the odd rows to the right, by half of `shift` each, borders replicated.
//!
//! ## Field condition
//! Interlaced cameras, capture cards and broadcasts: the fields are taken one after the other while things move.
//!
//! ## Parameter and severities
//! `shift` between the fields, pixels, 1..=200 (whole): 2, 4, 8, 12, 20.
//!
//! ## Boxes
//! Stay: the fields part to both sides.
//!
//! ## Reference
//! ITU-R BT.601 (a frame is two fields of alternate lines); the shifts are ours.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "interlacing", summary: "parts odd and even rows, as fields of a moving picture" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "shift", unit: "pixels between the fields, whole", min: 1.0, max: 200.0 }],
    ladder: Some([&[2.0], &[4.0], &[8.0], &[12.0], &[20.0]]),
    revision: 1,
    source: include_str!("interlacing.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let shift = values[0].round() as usize;
    let (left, right) = (shift / 2, shift - shift / 2);
    let width = image.width() as usize;
    let mut out = image.clone();
    let (pixels, _) = out.as_chunks_mut::<3>();
    let (source, _) = image.as_chunks::<3>();
    for (y, (out, row)) in pixels.chunks_exact_mut(width).zip(source.chunks_exact(width)).enumerate() {
        if y % 2 == 0 {
            let by = left.min(width);
            out[..width - by].copy_from_slice(&row[by..]);
            out[width - by..].fill(row[width - 1]);
        } else {
            let by = right.min(width);
            out[by..].copy_from_slice(&row[..width - by]);
            out[..by].fill(row[0]);
        }
    }
    out
}
