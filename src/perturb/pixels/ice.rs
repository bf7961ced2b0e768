//! Window frost: clouds of thin and thick ice, grown over with feathers of crystals.

use super::{Plane, plasma};
use crate::perturb::Rng;

/// The picture size that a texture covers at its natural scale; larger pictures get it enlarged, as a larger window
/// does not have more frost flowers on it.
const NATURAL: (f64, f64) = (640.0, 480.0);

/// Pixels per feather.
const AREA_PER_FEATHER: usize = 190;

/// Lengths of the stems of feathers, in pixels.
const STEMS: (f64, f64) = (12.0, 70.0);

/// Side branches stand every few pixels along the stem, at this angle to it (cosine and sine of 50 degrees: ice grows
/// branches at 60, seen a little slanted).
const BRANCH_EVERY: f32 = 3.0;
const BRANCH_TURN: (f32, f32) = (0.642_8, 0.766_0);

/// The length of a side branch as a share of what remains of the stem.
const BRANCH_SHARE: f32 = 0.34;

/// How much the clouds weigh against the feathers, and how smooth they are.
const CLOUD_WEIGHT: f32 = 0.9;
const CLOUD_DECAY: f64 = 1.5;

/// The ice at which half of the greatest whiteness is reached.
const FULL: f32 = 2.0;

/// A texture of mean 0 and standard deviation 1.
pub fn ice(width: usize, height: usize, rng: &mut Rng) -> Plane {
    let scale = (width as f64 / NATURAL.0).max(height as f64 / NATURAL.1).max(1.0);
    let natural = |side: usize| (side as f64 / scale).ceil() as usize;
    let mut plane = plasma(natural(width), natural(height), CLOUD_DECAY, rng);
    plane.values.iter_mut().for_each(|value| *value *= CLOUD_WEIGHT);
    for _ in 0..plane.values.len().div_ceil(AREA_PER_FEATHER) {
        grow(&mut plane, rng);
    }
    // Overgrown ice does not grow whiter without end.
    plane.values.iter_mut().for_each(|value| *value /= *value + FULL);
    if scale > 1.0 {
        plane = plane.enlarged(width, height);
    }
    normalize(&mut plane);
    plane
}

fn normalize(plane: &mut Plane) {
    let count = plane.values.len() as f64;
    let mean = plane.values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let squares = plane.values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>();
    let scale = 1.0 / (squares / count).sqrt().max(1e-6);
    plane.values.iter_mut().for_each(|value| *value = ((f64::from(*value) - mean) * scale) as f32);
}

/// One feather: a stem that tapers off, with two rows of side branches.
fn grow(plane: &mut Plane, rng: &mut Rng) {
    let start = (rng.uniform() * plane.width as f32, rng.uniform() * plane.height as f32);
    let (x, y) = rng.direction();
    let length = rng.uniform_in(STEMS.0, STEMS.1) as f32;
    let light = 0.3 + 1.5 * rng.uniform();
    needle(plane, start, (x, y), length, light);
    let (cos, sin) = BRANCH_TURN;
    let mut along = 1.0;
    while along < length {
        let rest = length - along;
        for sin in [sin, -sin] {
            let direction = (x * cos - y * sin, x * sin + y * cos);
            // A pixel off the stem, so that the stem is not a string of beads.
            let root = (start.0 + x * along + direction.0, start.1 + y * along + direction.1);
            needle(plane, root, direction, rest * BRANCH_SHARE * (0.5 + rng.uniform()), 0.7 * light * rest / length);
        }
        along += BRANCH_EVERY * (0.5 + rng.uniform());
    }
}

/// Adds a line that fades towards its end.
fn needle(plane: &mut Plane, start: (f32, f32), direction: (f32, f32), length: f32, light: f32) {
    for step in 0..=length as usize {
        let along = step as f32;
        let (x, y) = (start.0 + direction.0 * along, start.1 + direction.1 * along);
        if x < 0.0 || y < 0.0 {
            continue;
        }
        let (left, top) = (x as usize, y as usize);
        if left + 1 < plane.width && top + 1 < plane.height {
            let (right_share, low_share) = (x.fract(), y.fract());
            let value = light * (1.0 - along / (length + 1.0));
            let at = top * plane.width + left;
            plane.values[at] += value * (1.0 - right_share) * (1.0 - low_share);
            plane.values[at + 1] += value * right_share * (1.0 - low_share);
            plane.values[at + plane.width] += value * (1.0 - right_share) * low_share;
            plane.values[at + plane.width + 1] += value * right_share * low_share;
        }
    }
}
