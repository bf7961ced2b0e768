//! # Lens dirt
//!
//! ## What it does
//! Lays specks of dust and dirt on the lens: out of focus, soft-edged, half transparent, brown-grey, some smeared
//! sideways.
//!
//! ## Field condition
//! A lens or cover glass that nobody has wiped: road dust, dried drops, fingerprints.
//!
//! ## Parameter and severities
//! `coverage`, share of the picture behind specks, 0.002..=0.8: 0.04, 0.08, 0.15, 0.25, 0.4.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Own; no published scale exists.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Disc, Plane, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The colour of road dust in shade.
const DIRT: [f32; 3] = [72.0, 64.0, 54.0];

/// Smallest and largest radius as shares of the picture's shorter side; small ones are far more frequent.
const RADII: (f32, f32) = (0.006, 0.07);

/// How opaque specks are.
const OPACITIES: (f64, f64) = (0.2, 0.75);

/// The share of the radius over which a speck fades is about one over twice this.
const SOFTNESS: f32 = 1.8;

/// More specks than any coverage asks for.
const MOST: usize = 8000;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "lens_dirt", summary: "lays dust and dirt on the lens" },
    group: Group::Sensor,
    parameters: &[Parameter { name: "coverage", unit: "share of the picture", min: 0.002, max: 0.8 }],
    ladder: Some([&[0.04], &[0.08], &[0.15], &[0.25], &[0.4]]),
    revision: 1,
    source: include_str!("lens_dirt.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let mut clear = Plane::filled(image.width() as usize, image.height() as usize, 1.0);
    let (width, height) = (image.width() as f32, image.height() as f32);
    let mut left = values[0] as f32 * width * height;
    for _ in 0..MOST {
        if left <= 0.0 {
            break;
        }
        let speck = speck(width, height, &mut rng);
        let opacity = rng.uniform_in(OPACITIES.0, OPACITIES.1) as f32;
        speck.for_each(clear.width, clear.height, |x, y, u, v| {
            let share = ((1.0 - u * u - v * v) * SOFTNESS).min(1.0);
            clear.values[y * clear.width + x] *= 1.0 - opacity * share;
        });
        left -= std::f32::consts::PI * speck.radius_x * speck.radius_y;
    }
    let mut out = image.clone();
    for (pixel, clear) in out.chunks_exact_mut(3).zip(&clear.values) {
        for (value, dirt) in pixel.iter_mut().zip(DIRT) {
            *value = truncate(dirt + (f32::from(*value) - dirt) * clear);
        }
    }
    out
}

fn speck(width: f32, height: f32, rng: &mut Rng) -> Disc {
    let share = rng.uniform();
    let radius = width.min(height) * (RADII.0 + (RADII.1 - RADII.0) * share * share * share);
    let stretch = rng.uniform_in(0.7, 1.5) as f32;
    let (x, y) = (width * rng.uniform(), height * rng.uniform());
    Disc { x, y, radius_x: radius * stretch, radius_y: radius / stretch }
}
