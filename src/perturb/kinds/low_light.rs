//! # Low light
//!
//! ## What it does
//! Takes `stops` from the linear light and draws each channel value from the Poisson law of the photons that remain,
//! where white in full light is `photons` of them.
//!
//! ## Field condition
//! Dusk, night, unlit rooms: darker and grainier at once.
//!
//! ## Parameter and severities
//! `stops`, 0..=10, and `photons`, photons per channel value at white in full light, 10..=100000: (1, 500), (2, 500),
//! (3, 500), (4, 500), (5, 500).
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! The model of photon noise of EMVA Standard 1288, without read noise; sRGB transfer curve (IEC 61966-2-1).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{ByteNoise, kept_noise, to_linear, weigh_poisson};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "low_light", summary: "darkens, with the noise of few photons" },
    group: Group::Lighting,
    parameters: &[
        Parameter { name: "stops", unit: "powers of two of light taken away", min: 0.0, max: 10.0 },
        Parameter {
            name: "photons",
            unit: "photons per channel value at white in full light",
            min: 10.0,
            max: 100_000.0,
        },
    ],
    ladder: Some([&[1.0, 500.0], &[2.0, 500.0], &[3.0, 500.0], &[4.0, 500.0], &[5.0, 500.0]]),
    revision: 1,
    source: include_str!("low_light.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let (left, photons) = ((-values[0]).exp2(), values[1]);
    let make = || {
        let bytes = bytes_of_counts(photons);
        ByteNoise::new(|byte, weights| {
            weigh_poisson(to_linear(f64::from(byte) / 255.0) * left * photons, &bytes, weights);
        })
    };
    kept_noise(KIND.entry.name, values, make).apply(image, rng)
}

/// The byte of each count up to white's.
fn bytes_of_counts(photons: f64) -> Vec<u8> {
    // A byte begins half a level below itself.
    let starts: Vec<f64> = (1..=255).map(|byte| to_linear((f64::from(byte) - 0.5) / 255.0) * photons).collect();
    let counts = 0..=photons.ceil() as u32;
    counts.map(|count| starts.partition_point(|start| *start <= f64::from(count)) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_run_from_black_to_white() {
        let bytes = bytes_of_counts(100.0);
        assert_eq!((bytes[0], bytes[18], bytes[100]), (0, 118, 255));
    }
}
