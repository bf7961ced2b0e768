//! # Frost
//!
//! ## What it does
//! Mixes the picture with an ice texture: clouds and feathers of crystals, drawn anew for every picture.
//!
//! ## Field condition
//! Frost on the lens or on the window in front of it.
//!
//! ## Parameter and severities
//! `picture`, weight of the picture, 0..=1: 1, 0.8, 0.7, 0.65, 0.6. `ice`, weight of the texture, 0..=1: 0.4, 0.6,
//! 0.7, 0.7, 0.75.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `frost` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019), which crops one of five photographs. The texture
//! here is drawn, free of their licences; its brightness has the mean and the spread of theirs.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{ice, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Mean red, green and blue of the reference's five photographs.
const COLOUR: [f32; 3] = [146.0, 167.0, 179.0];

/// From photograph to photograph the mean varies, within about this much of theirs.
const TONES: f32 = 55.0;

/// The standard deviation within a photograph, mean of the five.
const CONTRAST: f32 = 27.0;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "frost", summary: "grows ice over the lens" },
    group: Group::Weather,
    parameters: &[
        Parameter { name: "picture", unit: "weight of the picture", min: 0.0, max: 1.0 },
        Parameter { name: "ice", unit: "weight of the ice", min: 0.0, max: 1.0 },
    ],
    ladder: Some([&[1.0, 0.4], &[0.8, 0.6], &[0.7, 0.7], &[0.65, 0.7], &[0.6, 0.75]]),
    revision: 1,
    source: include_str!("frost.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let tone = TONES * (2.0 * rng.uniform() - 1.0);
    let texture = ice(image.width() as usize, image.height() as usize, &mut rng);
    let (picture, weight) = (values[0] as f32, values[1] as f32);
    let colour = COLOUR.map(|mean| mean + tone);
    let mut out = image.clone();
    for (pixel, ice) in out.chunks_exact_mut(3).zip(&texture.values) {
        for (value, mean) in pixel.iter_mut().zip(colour) {
            let ice = (mean + CONTRAST * ice).clamp(0.0, 255.0);
            *value = truncate(picture * f32::from(*value) + weight * ice);
        }
    }
    out
}
