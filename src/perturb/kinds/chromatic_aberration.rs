//! # Chromatic aberration
//!
//! ## What it does
//! Enlarges the red channel about the centre by `spread` and shrinks the blue one by as much; green stays. Coloured
//! fringes grow toward the corners. Edge pixels are repeated outside.
//!
//! ## Field condition
//! Simple wide-angle and zoom lenses, endoscopes, dash cameras.
//!
//! ## Parameter and severities
//! `spread`, share of the distance from the centre, -0.05..=0.05: 0.002, 0.004, 0.008, 0.012, 0.02.
//!
//! ## Boxes
//! Stay: the content of the green channel does not move.
//!
//! ## Reference
//! Lateral chromatic aberration; `ChromaticAberration` of albumentations 2.0.8, whose coefficients go to 0.02.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Bits of the way between two pixels.
const BITS: u32 = 8;

/// One pixel in those.
const ONE: u32 = 1 << BITS;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "chromatic_aberration", summary: "pulls the colours apart toward the corners" },
    group: Group::Color,
    parameters: &[Parameter { name: "spread", unit: "share of the distance from the centre", min: -0.05, max: 0.05 }],
    ladder: Some([&[0.002], &[0.004], &[0.008], &[0.012], &[0.02]]),
    revision: 1,
    source: include_str!("chromatic_aberration.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Two neighbours along an axis and the way from the first to the second.
struct ShiftedPlace {
    before: usize,
    after: usize,
    way: u32,
}

/// Where each pixel of an axis comes from if its content is enlarged by `factor` about the middle.
fn places(length: usize, factor: f64) -> Vec<ShiftedPlace> {
    let middle = (length as f64 - 1.0) / 2.0;
    let place = |index: usize| {
        let from = (middle + (index as f64 - middle) / factor).clamp(0.0, length as f64 - 1.0);
        let fixed = (from * f64::from(ONE) + 0.5) as usize;
        let before = fixed >> BITS;
        ShiftedPlace { before, after: (before + 1).min(length - 1), way: fixed as u32 & (ONE - 1) }
    };
    (0..length).map(place).collect()
}

/// A channel of two rows, mixed, times [`ONE`]; `raw` begins with the channel's first value.
fn mix_rows(raw: &[u8], stride: usize, row: &ShiftedPlace, line: &mut [u32]) {
    let (above, below) = (raw[row.before * stride..].iter().step_by(3), raw[row.after * stride..].iter().step_by(3));
    for ((slot, a), b) in line.iter_mut().zip(above).zip(below) {
        *slot = u32::from(*a) * (ONE - row.way) + u32::from(*b) * row.way;
    }
}

/// Rows and columns are scaled on their own, so positions along a row and along a column are two small tables.
fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let stride = width * 3;
    let mut out = image.clone();
    for (channel, factor) in [(0, 1.0 + values[0]), (2, 1.0 - values[0])] {
        let (columns, rows) = (places(width, factor), places(height, factor));
        let mut line = vec![0_u32; width];
        for (out_row, row) in out.chunks_exact_mut(stride).zip(&rows) {
            mix_rows(&image.as_raw()[channel..], stride, row, &mut line);
            for (pixel, column) in out_row.chunks_exact_mut(3).zip(&columns) {
                let value = line[column.before] * (ONE - column.way) + line[column.after] * column.way;
                pixel[channel] = ((value + ONE * ONE / 2) >> (2 * BITS)) as u8;
            }
        }
    }
    out
}
