//! # Lens distortion
//!
//! ## What it does
//! Bends the picture as a lens does: a place at distance r from the centre (1 at the corner) shows what was at r (1 + k
//! r^2), scaled so that the picture stays filled. Barrel for k > 0, pincushion for k < 0.
//!
//! ## Field condition
//! Wide-angle and action cameras, cheap lenses, calibrations that are missing or wrong.
//!
//! ## Parameter and severities
//! `k`, of r^2, -0.3..=0.5: 0.05, 0.1, 0.15, 0.2, 0.3.
//!
//! ## Boxes
//! The enclosing box of the bent inscribed ellipse; with a pincushion, objects at the border may leave the picture.
//!
//! ## Reference
//! The radial term of Brown (1971), as in OpenCV; `OpticalDistortion` of albumentations 2.0.8.

use std::sync::Arc;

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Outside, remap};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "lens_distortion", summary: "bends the picture as a lens does" },
    group: Group::Geometric,
    parameters: &[Parameter { name: "k", unit: "radial coefficient, barrel above 0", min: -0.3, max: 0.5 }],
    ladder: Some([&[0.05], &[0.1], &[0.15], &[0.2], &[0.3]]),
    revision: 1,
    source: include_str!("lens_distortion.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

/// Halvings of the interval in the search for a radius: to 1e-12 of the diagonal.
const HALVINGS: u32 = 40;

#[derive(Clone, Copy)]
struct Lens {
    centre: (f64, f64),
    /// One over half the diagonal.
    unit: f64,
    k: f64,
    /// What keeps the corners in place under a barrel, whose centre is enlarged; a pincushion needs no such thing.
    scale: f64,
}

impl Lens {
    fn new(size: Size, k: f64) -> Self {
        let centre = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        let unit = 1.0 / (centre.0 * centre.0 + centre.1 * centre.1).sqrt();
        Self { centre, unit, k, scale: 1.0 / (1.0 + k.max(0.0)) }
    }

    /// Where a point of the new picture comes from.
    fn origin(&self, x: f64, y: f64) -> (f64, f64) {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let r2 = (dx * dx + dy * dy) * (self.unit * self.unit);
        let factor = (1.0 + self.k * r2) * self.scale;
        (self.centre.0 + dx * factor, self.centre.1 + dy * factor)
    }

    /// Where a point of the old picture goes.
    fn destination(&self, x: f64, y: f64) -> (f64, f64) {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let from = (dx * dx + dy * dy).sqrt() * self.unit;
        let factor = if from > 0.0 { self.radius(from) / from } else { 1.0 / self.scale };
        (self.centre.0 + dx * factor, self.centre.1 + dy * factor)
    }

    /// The new radius of what was at `from`. Outside the corners the map goes on along its tangent, so that it has an
    /// inverse everywhere.
    fn radius(&self, from: f64) -> f64 {
        let (edge, slope) = ((1.0 + self.k) * self.scale, (1.0 + 3.0 * self.k) * self.scale);
        if from >= edge {
            return 1.0 + (from - edge) / slope;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            let is_beyond = middle * (1.0 + self.k * middle * middle) * self.scale > from;
            (low, high) = if is_beyond { (low, middle) } else { (middle, high) };
        }
        f64::midpoint(low, high)
    }
}

fn warp(size: Size, values: &[f64], _: Rng) -> Warp {
    let lens = Lens::new(size, values[0]);
    Warp::Points(Arc::new(move |x, y| lens.destination(x, y)))
}

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let lens = Lens::new(size, values[0]);
    remap(image, size, Outside::Reflect, |y, positions| {
        for (x, position) in (0_u32..).zip(positions) {
            let (sx, sy) = lens.origin(f64::from(x) + 0.5, f64::from(y) + 0.5);
            *position = [(sx - 0.5) as f32, (sy - 0.5) as f32];
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_go_where_the_pixels_come_from() {
        for k in [-0.3, -0.1, 0.2, 0.5] {
            let lens = Lens::new(Size { width: 64, height: 48 }, k);
            for (x, y) in [(32.0, 24.0), (40.0, 10.0), (5.0, 44.0)] {
                let (there_x, there_y) = lens.origin(x, y);
                let (back_x, back_y) = lens.destination(there_x, there_y);
                assert!((back_x - x).hypot(back_y - y) < 1e-6, "k {k}: {x} {y}");
            }
        }
    }
}
