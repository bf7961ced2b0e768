//! # Fog
//!
//! ## What it does
//! Adds uneven white (a plasma cloud), then scales the picture back to its own greatest brightness.
//!
//! ## Field condition
//! Banks of fog, steam, smoke: contrast lost unevenly over the picture.
//!
//! ## Parameter and severities
//! `thickness`, greatest light added, in full scales, 0.05..=10: 1.5, 2, 2.5, 2.5, 3. `smoothness`, the ratio from
//! one octave of the cloud to the next, 1.1..=4: 2, 2, 1.7, 1.5, 1.4.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `fog` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{plasma, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "fog", summary: "lays a cloud of uneven thickness over the picture" },
    group: Group::Weather,
    parameters: &[
        Parameter { name: "thickness", unit: "greatest light added, full scales", min: 0.05, max: 10.0 },
        Parameter { name: "smoothness", unit: "ratio between octaves of the cloud", min: 1.1, max: 4.0 },
    ],
    ladder: Some([&[1.5, 2.0], &[2.0, 2.0], &[2.5, 1.7], &[2.5, 1.5], &[3.0, 1.4]]),
    revision: 1,
    source: include_str!("fog.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let cloud = plasma(width, height, values[1], &mut rng);
    let brightest = f32::from(image.iter().copied().max().unwrap_or(0)) / 255.0;
    let thickness = values[0] as f32;
    let scale = brightest / (brightest + thickness);
    let white = thickness * 255.0 * scale;
    let mut out = image.clone();
    for (pixel, fog) in out.chunks_exact_mut(3).zip(&cloud.values) {
        let light = white * fog;
        for value in pixel {
            *value = truncate(f32::from(*value) * scale + light);
        }
    }
    out
}
