//! # Sun flare
//!
//! ## What it does
//! Puts the sun at the top of the picture: a white disc with bloom and many fine rays, and a chain of coloured ghosts
//! from it through the middle of the picture.
//!
//! ## Field condition
//! Driving or flying towards the sun; a camera that looks up.
//!
//! ## Parameter and severities
//! `strength`, brightness of bloom, rays and ghosts as a share of full scale, 0.05..=1: 0.2, 0.35, 0.5, 0.7, 0.9.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RandomSunFlare` of albumentations 2.0.8 is its counterpart; the drawing is our own.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Disc, Flare, ghost};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Sunlight.
const COLOUR: [f32; 3] = [1.0, 0.95, 0.82];

/// Lines of rays.
const RAYS: usize = 5;

/// Ghosts: how far along the way from the sun (0) to its mirror image about the middle (1), their radius as a share
/// of the picture's shorter side, and their light.
const GHOSTS: [(f32, f32, [f32; 3]); 6] = [
    (0.3, 0.035, [0.54, 0.36, 0.14]),
    (0.42, 0.02, [0.22, 0.54, 0.40]),
    (0.6, 0.055, [0.18, 0.40, 0.22]),
    (0.78, 0.03, [0.50, 0.29, 0.43]),
    (0.95, 0.09, [0.18, 0.25, 0.47]),
    (1.15, 0.15, [0.29, 0.18, 0.11]),
];

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "sun_flare", summary: "lets the sun shine into the lens" },
    group: Group::Lighting,
    parameters: &[Parameter {
        name: "strength",
        unit: "brightness of rays and ghosts, share of full scale",
        min: 0.05,
        max: 1.0,
    }],
    ladder: Some([&[0.2], &[0.35], &[0.5], &[0.7], &[0.9]]),
    revision: 1,
    source: include_str!("sun_flare.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let (side, strength) = (width.min(height), values[0] as f32);
    let at = (width * rng.uniform_in(0.1, 0.9) as f32, height * rng.uniform_in(0.02, 0.25) as f32);
    let flare = Flare {
        at,
        colour: COLOUR,
        core: (side * (0.025 + 0.025 * strength), 1.4),
        bloom: (side * (0.1 + 0.15 * strength), 0.8 * strength),
        veil: 0.05 * strength,
        rays: (0..RAYS).map(|_| rng.direction()).collect(),
        ray: (side * (0.2 + 0.4 * strength), side * 0.003, 0.5 * strength),
    };
    let mut out = image.clone();
    flare.shine(&mut out);
    for (along, size, light) in GHOSTS {
        let radius = side * size * rng.uniform_in(0.8, 1.25) as f32;
        let place = |sun: f32, side: f32| sun + (side - 2.0 * sun) * along;
        let disc = Disc { x: place(at.0, width), y: place(at.1, height), radius_x: radius, radius_y: radius };
        ghost(&mut out, &disc, light.map(|light| light * strength));
    }
    out
}
