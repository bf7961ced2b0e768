//! # Rolling shutter
//!
//! ## What it does
//! Moves each row sideways by what the camera moved until the row was read: evenly by `skew` from the top row to the
//! bottom one, and to and fro by `wobble` in three swings of random phase. Mirrored at the border.
//!
//! ## Field condition
//! CMOS cameras that pan, ride along or vibrate: drones, vehicles, phones, machines.
//!
//! ## Parameter and severities
//! `skew`, share of the width between first and last row, -0.5..=0.5, and `wobble`, amplitude as share of the width,
//! 0..=0.1: (0.02, 0.002), (0.04, 0.004), (0.07, 0.006), (0.1, 0.008), (0.15, 0.012).
//!
//! ## Boxes
//! Move with the content, row by row.
//!
//! ## Reference
//! The row-wise model of Meingast, Geyer, Sastry: Geometric models of rolling-shutter cameras (2005).

use std::sync::Arc;

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// Swings during one frame: vibration of about 100 Hz at a readout of 30 ms.
const SWINGS: f64 = 3.0;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "rolling_shutter", summary: "moves rows sideways by what the camera moved meanwhile" },
    group: Group::Sensor,
    parameters: &[
        Parameter { name: "skew", unit: "share of the width from first to last row", min: -0.5, max: 0.5 },
        Parameter { name: "wobble", unit: "amplitude, share of the width", min: 0.0, max: 0.1 },
    ],
    ladder: Some([&[0.02, 0.002], &[0.04, 0.004], &[0.07, 0.006], &[0.1, 0.008], &[0.15, 0.012]]),
    revision: 1,
    source: include_str!("rolling_shutter.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

/// How the camera moves while rows are read.
#[derive(Clone, Copy)]
struct Motion {
    height: f64,
    /// Pixels from the first row to the last.
    skew: f64,
    /// Pixels to either side.
    amplitude: f64,
    /// In turns.
    phase: f64,
}

impl Motion {
    fn new(size: Size, values: &[f64], mut rng: Rng) -> Self {
        let width = f64::from(size.width);
        let phase = rng.uniform_in(0.0, 1.0);
        Self { height: f64::from(size.height), skew: values[0] * width, amplitude: values[1] * width, phase }
    }

    /// By how much the row at height `y` is moved to the right.
    fn shift(&self, y: f64) -> f64 {
        let time = y / self.height;
        let angle = (time * SWINGS + self.phase) * std::f64::consts::TAU;
        self.skew * (time - 0.5) + self.amplitude * angle.sin()
    }
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    let motion = Motion::new(size, values, rng);
    Warp::Points(Arc::new(move |x, y| (x + motion.shift(y), y)))
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let motion = Motion::new(size, values, rng);
    remap(image, size, Outside::Reflect, |y, positions| {
        let shift = motion.shift(f64::from(y) + 0.5) as f32;
        for (x, position) in (0_u32..).zip(positions) {
            *position = [x as f32 - shift, y as f32];
        }
    })
}
