//! # Spatter
//!
//! ## What it does
//! Lays patches cut from blurred noise over the picture: bright water with shaded rims, or opaque brown mud.
//!
//! ## Field condition
//! Splashes of rain or road dirt on the lens or the window in front of it.
//!
//! ## Parameter and severities
//! `density`, mean of the noise, 0..=1: 0.65, 0.65, 0.65, 0.65, 0.67. `spread`, its standard deviation, 0.01..=1:
//! 0.3, 0.3, 0.3, 0.3, 0.4. `patch_size`, sigma of its blur in pixels, 0.3..=20: 4, 3, 2, 1, 1. `threshold`, above
//! which there is a patch, 0.01..=1: 0.69, 0.68, 0.68, 0.65, 0.65. `strength`, brightness of water as a share of full
//! scale, or softness of mud in pixels, 0.1..=5: 0.6, 0.6, 0.5, 1.5, 1.5. `mud`, 0..=1 (0 water, 1 mud): 0, 0, 0, 1, 1.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `spatter` of imagecorruptions 1.1.2 (Hendrycks & Dietterich 2019).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::{Plane, canny, distances, gaussian_kernel, truncate};
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// Pale turquoise.
const WATER: [f32; 3] = [175.0, 238.0, 238.0];

/// Brown.
const MUD: [f32; 3] = [63.0, 42.0, 20.0];

/// Thresholds of the edges of drops, of 255 times the Sobel gradient.
const EDGES: (i16, i16) = (50, 150);

/// Shading reaches this many pixels from an edge.
const REACH: f32 = 20.0;

/// Light from the top left: the relief by which drops look round.
const RELIEF: [[i32; 3]; 3] = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]];

/// Mud thinner than this after softening falls off.
const LEAST_MUD: f32 = 0.8;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "spatter", summary: "splashes water or mud on the lens" },
    group: Group::Weather,
    parameters: &[
        Parameter { name: "density", unit: "mean of the noise the patches are cut from", min: 0.0, max: 1.0 },
        Parameter { name: "spread", unit: "standard deviation of that noise", min: 0.01, max: 1.0 },
        Parameter { name: "patch_size", unit: "sigma of its blur, pixels", min: 0.3, max: 20.0 },
        Parameter { name: "threshold", unit: "of the noise, no patches below", min: 0.01, max: 1.0 },
        Parameter { name: "strength", unit: "brightness of water, or softness of mud in pixels", min: 0.1, max: 5.0 },
        Parameter { name: "mud", unit: "0 water, 1 mud", min: 0.0, max: 1.0 },
    ],
    ladder: Some([
        &[0.65, 0.3, 4.0, 0.69, 0.6, 0.0],
        &[0.65, 0.3, 3.0, 0.68, 0.6, 0.0],
        &[0.65, 0.3, 2.0, 0.68, 0.5, 0.0],
        &[0.65, 0.3, 1.0, 0.65, 1.5, 1.0],
        &[0.67, 0.4, 1.0, 0.65, 1.5, 1.0],
    ]),
    revision: 1,
    source: include_str!("spatter.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let noise = Plane::normal(width, height, values[0], values[1], &mut rng);
    let liquid = noise.blurred(&gaussian_kernel(values[2]));
    let threshold = values[3] as f32;
    let mut out = image.clone();
    if values[5] < 0.5 {
        let water = water(liquid, threshold, values[4] as f32);
        lay(&mut out, &water, WATER, |value, water, colour| value + water * colour);
    } else {
        let mud = mud(liquid, threshold, values[4]);
        lay(&mut out, &mud, MUD, |value, mud, colour| value + mud * (colour - value));
    }
    out
}

fn lay(out: &mut RgbImage, layer: &[f32], colour: [f32; 3], mix: impl Fn(f32, f32, f32) -> f32) {
    for (pixel, share) in out.chunks_exact_mut(3).zip(layer) {
        for (value, colour) in pixel.iter_mut().zip(colour) {
            *value = truncate(mix(f32::from(*value), *share, colour));
        }
    }
}

/// How opaque the mud is: patches above `threshold`, softened, their thin rims cut off.
fn mud(mut liquid: Plane, threshold: f32, softness: f64) -> Vec<f32> {
    liquid.values.iter_mut().for_each(|value| *value = if *value > threshold { 1.0 } else { 0.0 });
    let mut soft = liquid.blurred(&gaussian_kernel(softness)).values;
    for value in &mut soft {
        *value = if *value < LEAST_MUD { 0.0 } else { *value };
    }
    soft
}

/// How bright the water is: drops above `threshold`, shaded by the relief of the distance to their edges, the
/// brightest `strength`.
fn water(liquid: Plane, threshold: f32, strength: f32) -> Vec<f32> {
    let width = liquid.width;
    let byte = |value: &f32| if *value < threshold { 0 } else { (value * 255.0) as u8 };
    let drops: Vec<u8> = liquid.values.iter().map(byte).collect();
    let depth = distances(&canny(&drops, width, EDGES.0, EDGES.1), width, REACH);
    let mut shade = around(&depth, width, |rows| (rows.as_flattened().iter().sum::<f32>() * (1.0 / 9.0) + 1e-3) as u8);
    equalize(&mut shade);
    let relief = around(&shade, width, |rows| {
        let terms = rows.as_flattened().iter().zip(RELIEF.as_flattened());
        terms.map(|(value, weight)| i32::from(*value) * weight).sum::<i32>().clamp(0, 255) as u8
    });
    let round = around(&relief, width, |rows| {
        let sum: u32 = rows.as_flattened().iter().map(|value| u32::from(*value)).sum();
        ((2 * sum + 9) / 18) as u8
    });
    let mut light = liquid.values;
    for ((light, shade), drop) in light.iter_mut().zip(&round).zip(&drops) {
        *light = f32::from(*shade) * f32::from(*drop);
    }
    let brightest = light.iter().copied().fold(1.0, f32::max);
    let scale = strength / brightest;
    for value in &mut light {
        *value *= scale;
    }
    light
}

/// Each value replaced by `combine` of the 3x3 values around it; beyond the border the picture is mirrored about its
/// outermost pixels.
fn around<T: Copy, U>(values: &[T], width: usize, combine: impl Fn([[T; 3]; 3]) -> U) -> Vec<U> {
    let height = values.len() / width;
    let neighbours = |at: usize, end: usize| match end {
        1 => [0; 3],
        _ => [if at == 0 { 1 } else { at - 1 }, at, if at + 1 == end { end - 2 } else { at + 1 }],
    };
    let mut out = Vec::with_capacity(values.len());
    for y in 0..height {
        let rows = neighbours(y, height).map(|y| &values[y * width..][..width]);
        let at = |x: usize| rows.map(|row| neighbours(x, width).map(|x| row[x]));
        out.push(combine(at(0)));
        let inner = rows[0].windows(3).zip(rows[1].windows(3)).zip(rows[2].windows(3));
        out.extend(inner.map(|((a, b), c)| combine([[a[0], a[1], a[2]], [b[0], b[1], b[2]], [c[0], c[1], c[2]]])));
        if width > 1 {
            out.push(combine(at(width - 1)));
        }
    }
    out
}

/// Histogram equalisation as OpenCV does it.
fn equalize(values: &mut [u8]) {
    let mut counts = [0_u32; 256];
    for value in values.iter() {
        counts[usize::from(*value)] += 1;
    }
    let first = counts.iter().position(|count| *count > 0).unwrap_or(0);
    let others = values.len() as u32 - counts[first];
    if others == 0 {
        return;
    }
    let scale = 255.0 / others as f32;
    let mut table = [0_u8; 256];
    let mut sum = 0;
    for value in first + 1..256 {
        sum += counts[value];
        table[value] = (sum as f32 * scale).round_ties_even() as u8;
    }
    for value in values {
        *value = table[usize::from(*value)];
    }
}
