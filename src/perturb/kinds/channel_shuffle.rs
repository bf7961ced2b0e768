//! # Channel shuffle
//!
//! ## What it does
//! Exchanges the colour channels, in one of the five orders other than red, green, blue; which one depends on the
//! picture.
//!
//! ## Field condition
//! Swapped channel order (RGB read as BGR), miswired or misconfigured video formats.
//!
//! ## Parameter and severities
//! None: one strength.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ChannelShuffle` of albumentations 2.0.8, which leaves one picture in six as it is; ours changes each.

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "channel_shuffle", summary: "exchanges the colour channels" },
    group: Group::Color,
    parameters: &[],
    ladder: None,
    revision: 1,
    source: include_str!("channel_shuffle.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Which old channel becomes red, green and blue: all orders but the old one.
const ORDERS: [[usize; 3]; 5] = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

fn apply(image: &RgbImage, _: &[f64], mut rng: Rng) -> RgbImage {
    let [red, green, blue] = ORDERS[rng.below(ORDERS.len() as u32) as usize];
    let mut out = image.clone();
    for pixel in out.pixels_mut() {
        pixel.0 = [pixel.0[red], pixel.0[green], pixel.0[blue]];
    }
    out
}
