//! # Shadow
//!
//! ## What it does
//! Darkens a tilted four-sided patch with a soft edge; shadows are a little bluer than the light, as the sky still
//! shines into them.
//!
//! ## Field condition
//! Shadows of buildings, trees, vehicles and people that fall across the scene.
//!
//! ## Parameter and severities
//! `depth`, share of the light that is lost, 0.05..=0.98: 0.25, 0.4, 0.5, 0.65, 0.8.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `RandomShadow` of albumentations 2.0.8 is its counterpart (polygons with hard edges); the drawing is our own.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::truncate;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The share of the loss that red, green and blue bear.
const LOST: [f32; 3] = [1.0, 0.96, 0.88];

/// The width of the soft edge as a share of the picture's shorter side.
const PENUMBRA: f32 = 0.025;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "shadow", summary: "lets a shadow fall across the scene" },
    group: Group::Lighting,
    parameters: &[Parameter { name: "depth", unit: "share of the light lost", min: 0.05, max: 0.98 }],
    ladder: Some([&[0.25], &[0.4], &[0.5], &[0.65], &[0.8]]),
    revision: 1,
    source: include_str!("shadow.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let width = image.width() as usize;
    let edges = edges(image.width() as f32, image.height() as f32, &mut rng);
    let lost = LOST.map(|share| share * values[0] as f32);
    let mut shade = vec![0.0_f32; width];
    let mut out = image.clone();
    for (y, row) in out.chunks_exact_mut(3 * width).enumerate() {
        shade.fill(1.0);
        for [a, b, c] in edges {
            let start = b * (y as f32 + 0.5) + c;
            for (x, shade) in shade.iter_mut().enumerate() {
                *shade = shade.min(a * (x as f32 + 0.5) + start);
            }
        }
        for (pixel, shade) in row.chunks_exact_mut(3).zip(&shade) {
            let shade = shade.max(0.0);
            for (value, lost) in pixel.iter_mut().zip(lost) {
                *value = truncate(f32::from(*value) * (1.0 - lost * shade));
            }
        }
    }
    out
}

/// Four edges: the shade is the least of a x + b y + c over them, from 0 at the outer to 1 at the inner end of the
/// soft edge.
fn edges(width: f32, height: f32, rng: &mut Rng) -> [[f32; 3]; 4] {
    let side = width.min(height);
    let soft = 1.0 / (side * PENUMBRA);
    let middle = (width * rng.uniform_in(0.3, 0.7) as f32, height * rng.uniform_in(0.35, 0.75) as f32);
    let (x, y) = rng.direction();
    let half = [rng.uniform_in(0.14, 0.3), rng.uniform_in(0.45, 0.9)].map(|share| share as f32 * side);
    let mut edge = |(x, y): (f32, f32), half: f32| {
        // Not quite parallel to the opposite edge.
        let tilt = 0.35 * (rng.uniform() - 0.5);
        let (x, y) = (x - tilt * y, y + tilt * x);
        [-x * soft, -y * soft, (x * middle.0 + y * middle.1 + half) * soft]
    };
    [edge((x, y), half[0]), edge((-x, -y), half[0]), edge((y, -x), half[1]), edge((-y, x), half[1])]
}
