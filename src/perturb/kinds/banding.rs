//! # Banding
//!
//! ## What it does
//! Adds to each row a normal offset of standard deviation `sigma`, and to each column one of half of it, the same for
//! the three channels.
//!
//! ## Field condition
//! Fixed-pattern and row noise of sensors at high gain, electrical interference of the readout.
//!
//! ## Parameter and severities
//! `sigma`, share of full scale, 0.001..=0.5: 0.01, 0.02, 0.04, 0.07, 0.12.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Row and column noise of the sensor model in EMVA Standard 1288 (spatial nonuniformity).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "banding", summary: "adds an offset to each row and column" },
    group: Group::Noise,
    parameters: &[Parameter { name: "sigma", unit: "standard deviation, share of full scale", min: 0.001, max: 0.5 }],
    ladder: Some([&[0.01], &[0.02], &[0.04], &[0.07], &[0.12]]),
    revision: 1,
    source: include_str!("banding.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// How much weaker columns vary than rows: rows are read out one after the other, columns in parallel.
const COLUMN_SHARE: f64 = 0.5;

/// Steps of a level in fixed point: the sum of a value and two offsets fits into 16 bits.
const STEPS: i16 = 32;

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let width = image.width() as usize;
    let rows = offsets(values[0], image.height() as usize, &mut rng);
    let of_columns = offsets(values[0] * COLUMN_SHARE, width, &mut rng);
    let columns: Vec<i16> = of_columns.into_iter().flat_map(|offset| [offset; 3]).collect();
    let mut out = image.clone();
    for (bytes, row) in out.chunks_exact_mut(width * 3).zip(rows) {
        let base = row + STEPS / 2;
        for (byte, column) in bytes.iter_mut().zip(&columns) {
            *byte = ((i16::from(*byte) * STEPS + base + column) >> STEPS.ilog2()).clamp(0, 255) as u8;
        }
    }
    out
}

/// Normal offsets of `sigma` in steps, of at most one full scale.
fn offsets(sigma: f64, count: usize, rng: &mut Rng) -> Vec<i16> {
    let full = 255.0 * f32::from(STEPS);
    let mut normal = vec![0.0; count];
    rng.fill_normal(&mut normal);
    normal.into_iter().map(|x| (x * sigma as f32 * full).clamp(-full, full) as i16).collect()
}
