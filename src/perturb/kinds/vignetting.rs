//! # Vignetting
//!
//! ## What it does
//! Darkens towards the corners by the fourth power of the cosine of the angle of view, as a simple lens does.
//!
//! ## Field condition
//! Wide-angle and cheap lenses, borescopes, wide apertures, a hood that is too long.
//!
//! ## Parameter and severities
//! `loss`, share of the light lost in the corners, 0.02..=0.99: 0.2, 0.4, 0.6, 0.75, 0.9.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! The cosine-fourth law of illumination; no published scale exists.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::truncate;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "vignetting", summary: "darkens the picture towards its corners" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "loss", unit: "share of the light lost in the corners", min: 0.02, max: 0.99 }],
    ladder: Some([&[0.2], &[0.4], &[0.6], &[0.75], &[0.9]]),
    revision: 1,
    source: include_str!("vignetting.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let (width, height) = (image.width() as f32, image.height() as f32);
    // cos^4 = 1 / (1 + tan^2)^2, and tan^2 grows with the square of the distance from the middle.
    let corner = (1.0 / (1.0 - values[0])).sqrt() as f32 - 1.0;
    let scale = corner * 4.0 / (width * width + height * height);
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(3 * image.width() as usize).enumerate() {
        let dy = y as f32 + 0.5 - 0.5 * height;
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let dx = x as f32 + 0.5 - 0.5 * width;
            let slope = 1.0 + scale * (dx * dx + dy * dy);
            let gain = 1.0 / (slope * slope);
            for value in pixel {
                *value = truncate(f32::from(*value) * gain);
            }
        }
    }
    out
}
