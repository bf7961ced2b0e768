//! # Water drops
//!
//! ## What it does
//! Lays drops on the lens: each shows a small, blurred scene upside down, dark at its rim, with a highlight.
//!
//! ## Field condition
//! Rain, spray or condensation on the lens or on its cover glass.
//!
//! ## Parameter and severities
//! `coverage`, share of the picture behind drops, 0.002..=0.6: 0.02, 0.05, 0.1, 0.16, 0.25.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `WaterDropletPerturber` of nrtk 1.1 is its counterpart; the drawing is our own.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Disc, gaussian_kernel, separable, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Blur of the scene in a drop, sigma as a share of the picture's shorter side.
const BLUR: f64 = 0.004;

/// Smallest and largest radius as shares of the picture's shorter side; small ones are more frequent.
const RADII: (f32, f32) = (0.012, 0.06);

/// A drop is a strong lens: the scene in it is so many times smaller.
const SHRINKING: f32 = 3.0;

/// More drops than any coverage asks for.
const MOST: usize = 4000;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "water_drops", summary: "lays water drops on the lens" },
    group: Group::Weather,
    parameters: &[Parameter { name: "coverage", unit: "share of the picture", min: 0.002, max: 0.6 }],
    ladder: Some([&[0.02], &[0.05], &[0.1], &[0.16], &[0.25]]),
    revision: 1,
    source: include_str!("water_drops.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let side = width.min(height);
    let blurred = separable(image, &gaussian_kernel(f64::from(side) * BLUR));
    let mut out = image.clone();
    let mut left = values[0] as f32 * width * height;
    for _ in 0..MOST {
        if left <= 0.0 {
            break;
        }
        let share = rng.uniform();
        let radius = side * (RADII.0 + (RADII.1 - RADII.0) * share * share);
        let (x, y) = (width * rng.uniform(), height * rng.uniform());
        let drop = Disc { x, y, radius_x: radius, radius_y: radius * rng.uniform_in(0.95, 1.3) as f32 };
        lay(&mut out, &blurred, &drop);
        left -= std::f32::consts::PI * drop.radius_x * drop.radius_y;
    }
    out
}

fn lay(out: &mut RgbImage, scene: &RgbImage, drop: &Disc) {
    let (width, height) = (out.width() as usize, out.height() as usize);
    let (reach_x, reach_y) = (SHRINKING * drop.radius_x, SHRINKING * drop.radius_y);
    drop.for_each(width, height, |x, y, u, v| {
        let from = |middle: f32, offset: f32, side: usize| ((middle - offset).max(0.0) as usize).min(side - 1);
        let source = 3 * (from(drop.y, v * reach_y, height) * width + from(drop.x, u * reach_x, width));
        let squared = u * u + v * v;
        let opacity = ((1.0 - squared) * 3.0).min(1.0);
        let shade = (1.0 - 0.5 * squared * squared) * (1.0 + 0.2 * v);
        let (glint_x, glint_y) = (u + 0.35, v + 0.4);
        let glint = (1.0 - 18.0 * (glint_x * glint_x + glint_y * glint_y)).max(0.0) * 200.0;
        let at = 3 * (y * width + x);
        let pixel = &mut out.as_mut()[at..at + 3];
        for (value, behind) in pixel.iter_mut().zip(&scene.as_raw()[source..source + 3]) {
            let before = f32::from(*value);
            let seen = (f32::from(*behind) * shade + glint).min(255.0);
            *value = truncate(before + opacity * (seen - before));
        }
    });
}
