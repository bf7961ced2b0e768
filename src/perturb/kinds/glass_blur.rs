//! # Glass blur
//!
//! ## What it does
//! Blurs with a Gaussian of `sigma`, then goes `passes` times over the picture from the bottom right and puts in the
//! place of each pixel a neighbour at a random offset of -`reach`..`reach`, then blurs again.
//!
//! ## Field condition
//! Frosted or wet glass, a scratched housing, heat haze close to the lens.
//!
//! ## Parameter and severities
//! `sigma`, pixels, 0.1..=12; `reach`, pixels, 1..=32; `passes`, 1..=10 (both whole): 0.7, 1, 2; 0.9, 2, 1; 1, 2, 3;
//! 1.1, 3, 2; 1.5, 4, 2.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `glass_blur` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019). Its comment says that pixels are exchanged;
//! its code copies one over the other, and so does this. Its draws ignore the seed; these do not.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{gaussian_kernel, gaussian_truncated};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "glass_blur", summary: "scatters pixels among their neighbours between two blurs" },
    group: Group::Blur,
    parameters: &[
        Parameter { name: "sigma", unit: "pixels", min: 0.1, max: 12.0 },
        Parameter { name: "reach", unit: "pixels, whole", min: 1.0, max: 32.0 },
        Parameter { name: "passes", unit: "times, whole", min: 1.0, max: 10.0 },
    ],
    ladder: Some([&[0.7, 1.0, 2.0], &[0.9, 2.0, 1.0], &[1.0, 2.0, 3.0], &[1.1, 3.0, 2.0], &[1.5, 4.0, 2.0]]),
    revision: 1,
    source: include_str!("glass_blur.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let blur = gaussian_kernel(values[0]);
    let mut scattered = gaussian_truncated(image, &blur);
    for _ in 0..values[2].round() as u32 {
        scatter(&mut scattered, values[1].round() as u32, &mut rng);
    }
    gaussian_truncated(&scattered, &blur)
}

/// Copies over each pixel a neighbour at offsets of `-reach <= d < reach`, bottom right first. The margins of the
/// reference: `reach` pixels at the bottom and right, less one; one more than `reach` at the top and left.
fn scatter(image: &mut RgbImage, reach: u32, rng: &mut Rng) {
    let (width, height, reach) = (image.width() as usize, image.height() as usize, reach as usize);
    let (pixels, _) = image.as_chunks_mut::<3>();
    for y in (reach + 1..(height + 1).saturating_sub(reach)).rev() {
        for x in (reach + 1..(width + 1).saturating_sub(reach)).rev() {
            let bits = rng.next_u64();
            let (from_x, from_y) =
                (x + offset(bits as u32, reach) - reach, y + offset((bits >> 32) as u32, reach) - reach);
            pixels[y * width + x] = pixels[from_y * width + from_x];
        }
    }
}

/// A whole number of 0 <= n < 2 `reach`.
fn offset(bits: u32, reach: usize) -> usize {
    ((u64::from(bits) * 2 * reach as u64) >> 32) as usize
}
