//! # Packet loss
//!
//! ## What it does
//! Cuts the picture into packets of `length` blocks of 16 x 16 pixels, in reading order, and loses a share `loss` of
//! them. Losses come in bursts of two packets on average. Lost blocks are grey 128, as decoders leave them; at least
//! one packet is lost.
//!
//! ## Field condition
//! Video over a congested or faulty network: Wi-Fi at its limit, a drone out of sight, a broken cable.
//!
//! ## Parameter and severities
//! `loss`, share of packets, 0.001..=0.6, and `length`, blocks, 1..=1000 (whole): 0.02, 0.05, 0.1, 0.2, 0.35, each
//! with 8.
//!
//! ## Boxes
//! Stay: what is lost is still there to be found.
//!
//! ## Reference
//! Two-state loss model of Gilbert (Capacity of a burst-noise channel, Bell System Technical Journal 39, 1960).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// The side of a macroblock of H.264 and its forerunners, pixels.
const BLOCK: u32 = 16;

/// The chance that the packet after a lost one is lost too: bursts of 1 / (1 - 0.5) packets on average.
const STAY: f64 = 0.5;

/// What decoders show where nothing arrived: middle grey.
const LOST: u8 = 128;

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "packet_loss", summary: "loses runs of blocks, as a stream over a bad network does" },
    group: Group::Compression,
    parameters: &[
        Parameter { name: "loss", unit: "share of packets", min: 0.001, max: 0.6 },
        Parameter { name: "length", unit: "blocks of 16 x 16 pixels, whole", min: 1.0, max: 1000.0 },
    ],
    ladder: Some([&[0.02, 8.0], &[0.05, 8.0], &[0.1, 8.0], &[0.2, 8.0], &[0.35, 8.0]]),
    revision: 1,
    source: include_str!("packet_loss.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], mut rng: Rng) -> RgbImage {
    let columns = image.width().div_ceil(BLOCK) as usize;
    let blocks = columns * image.height().div_ceil(BLOCK) as usize;
    let length = values[1].round() as usize;
    let mut out = image.clone();
    for packet in lost_packets(blocks.div_ceil(length), values[0], &mut rng) {
        for block in packet * length..((packet + 1) * length).min(blocks) {
            clear(&mut out, (block % columns) as u32 * BLOCK, (block / columns) as u32 * BLOCK);
        }
    }
    out
}

/// The numbers of the packets that are lost: once a packet is lost, the next is lost too with the chance [`STAY`].
fn lost_packets(packets: usize, loss: f64, rng: &mut Rng) -> Vec<usize> {
    let begin = loss * (1.0 - STAY) / (1.0 - loss);
    let certain = rng.below(packets as u32) as usize;
    let mut is_lost = f64::from(rng.uniform()) < loss;
    let mut lost = Vec::new();
    for packet in 0..packets {
        if is_lost || packet == certain {
            lost.push(packet);
        }
        is_lost = f64::from(rng.uniform()) < if is_lost { STAY } else { begin };
    }
    lost
}

fn clear(image: &mut RgbImage, left: u32, top: u32) {
    let width = image.width();
    let (start, end) = (left as usize * 3, (left + BLOCK).min(width) as usize * 3);
    for row in image.chunks_exact_mut(width as usize * 3).skip(top as usize).take(BLOCK as usize) {
        row[start..end].fill(LOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::FrameSeed;

    #[test]
    fn the_share_of_lost_packets_is_as_asked() {
        let mut rng = FrameSeed { seed: 0, image: "a.jpg", kind: "packet_loss", values: &[], step: 0 }.rng();
        for loss in [0.05, 0.35, 0.6] {
            let share = lost_packets(20_000, loss, &mut rng).len() as f64 / 20_000.0;
            assert!((share - loss).abs() < 0.02, "{loss}: {share}");
        }
    }
}
