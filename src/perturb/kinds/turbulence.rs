//! # Turbulence
//!
//! ## What it does
//! Moves each place by a smooth random displacement of spread `tilt`, alike over some pixels, and blurs by a Gaussian
//! of standard deviation `blur`. Mirrored at the border.
//!
//! ## Field condition
//! Hot air over roads, roofs, runways and engines; far views through a long lens.
//!
//! ## Parameter and severities
//! `tilt`, pixels, 0..=20, and `blur`, pixels, 0..=20: (0.7, 0.5), (1.2, 0.8), (1.8, 1.2), (2.5, 1.6), (3.5, 2).
//!
//! ## Boxes
//! Move with the content: the displacement is undone point by point.
//!
//! ## Reference
//! Tilt and blur of the model of Chan, Chimitt, Mao: A simulator of atmospheric turbulence (2020 to 2023), with one
//! blur for the whole picture; nrtk 1.x has the kind too.

use image::RgbImage;

use crate::detection::Size;
use crate::entry::Entry;
use crate::perturb::pixels::{Field, gaussian_kernel, separable, smooth_field};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng, Warp};

/// Pixels over which places move alike; so many times the tilt where that is strong, so that the picture does not fold.
const SIGMA: f64 = 6.0;

/// See [`SIGMA`]: the displacement then differs by at most 1 pixel a pixel up to 4 standard deviations.
const SIGMA_PER_TILT: f64 = 2.8;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "turbulence", summary: "shimmers and blurs like hot air" },
    group: Group::Blur,
    parameters: &[
        Parameter { name: "tilt", unit: "pixels, spread of the displacement", min: 0.0, max: 20.0 },
        Parameter { name: "blur", unit: "pixels, standard deviation", min: 0.0, max: 20.0 },
    ],
    ladder: Some([&[0.7, 0.5], &[1.2, 0.8], &[1.8, 1.2], &[2.5, 1.6], &[3.5, 2.0]]),
    revision: 1,
    source: include_str!("turbulence.rs"),
    published: None,
    geometry: Geometry::moving(warp),
    action: Action::Picture(apply),
};

fn field(size: Size, tilt: f64, mut rng: Rng) -> Field {
    let sigma = SIGMA.max(SIGMA_PER_TILT * tilt);
    smooth_field(size, [sigma; 2], tilt, &mut rng)
}

fn warp(size: Size, values: &[f64], rng: Rng) -> Warp {
    field(size, values[0], rng).warp()
}

fn apply(image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
    let size = Size { width: image.width(), height: image.height() };
    let tilted = field(size, values[0], rng).apply(image);
    if values[1] > 0.0 { separable(&tilted, &gaussian_kernel(values[1])) } else { tilted }
}
