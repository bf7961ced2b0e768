//! # Glare
//!
//! ## What it does
//! Puts a strong light into the upper part of the picture, as a lens shows it: a burnt-out core, bloom, six rays of the
//! aperture, a faint ghost, and a veil that takes contrast everywhere.
//!
//! ## Field condition
//! Low sun, headlights, lamps and their reflections on glass, water or metal.
//!
//! ## Parameter and severities
//! `strength`, brightness of the bloom as a share of full scale, 0.05..=1: 0.2, 0.4, 0.6, 0.8, 1.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! Scattering after the stray-light model common in optics (a core and a Lorentzian bloom); no published scale exists.
//! The veil is that of veiling glare (ISO 9358).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Disc, Flare, ghost};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// A warm white.
const COLOUR: [f32; 3] = [1.0, 0.96, 0.86];

/// The veil as a share of the bloom: a few per cent in a clean lens, more in a dirty one.
const VEIL: f32 = 0.12;

/// The green of an antireflective coating.
const GHOST: [f32; 3] = [0.10, 0.18, 0.13];

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "glare", summary: "shines a strong light into the lens" },
    group: Group::Lighting,
    parameters: &[Parameter {
        name: "strength",
        unit: "brightness of the bloom, share of full scale",
        min: 0.05,
        max: 1.0,
    }],
    ladder: Some([&[0.2], &[0.4], &[0.6], &[0.8], &[1.0]]),
    revision: 1,
    source: include_str!("glare.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let (side, strength) = (width.min(height), values[0] as f32);
    let at = (width * rng.uniform_in(0.12, 0.88) as f32, height * rng.uniform_in(0.08, 0.5) as f32);
    let (x, y) = rng.direction();
    // Six blades give three lines of rays, 60 degrees apart.
    let (cos, sin) = (0.5, 0.866_025_4);
    let rays = vec![(x, y), (x * cos - y * sin, x * sin + y * cos), (x * cos + y * sin, y * cos - x * sin)];
    let flare = Flare {
        at,
        colour: COLOUR,
        core: (side * (0.012 + 0.028 * strength), 1.3),
        bloom: (side * (0.08 + 0.17 * strength), strength),
        veil: VEIL * strength,
        rays,
        ray: (side * (0.15 + 0.3 * strength), side * 0.004, 0.9 * strength),
    };
    let mut out = image.clone();
    flare.shine(&mut out);
    let radius = side * 0.09;
    let disc = Disc { x: width - at.0, y: height - at.1, radius_x: radius, radius_y: radius };
    ghost(&mut out, &disc, GHOST.map(|light| light * strength));
    out
}
