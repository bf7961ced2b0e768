//! # Channel drop
//!
//! ## What it does
//! Sets one of the three colour channels to 0; which one depends on the picture.
//!
//! ## Field condition
//! A broken wire of an analog camera, a lost plane of a video stream.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ChannelDropout` of albumentations 2.0.8 (one channel, filled with 0).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "channel_drop", summary: "sets one colour channel to 0" },
    group: Group::Color,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("channel_drop.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, _: &[f64], mut rng: Rng) -> RgbImage {
    let dropped = rng.below(3) as usize;
    let mut out = image.clone();
    for pixel in out.chunks_exact_mut(3) {
        pixel[dropped] = 0;
    }
    out
}
