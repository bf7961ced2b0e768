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

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct ChannelDrop;

impl Named for ChannelDrop {
    fn entry(&self) -> Entry {
        Entry { name: "channel_drop", summary: "sets one colour channel to 0" }
    }
}

impl Perturbation for ChannelDrop {
    fn group(&self) -> Group {
        Group::Color
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        None
    }

    fn revision(&self) -> u32 {
        1
    }

    fn source(&self) -> &'static str {
        include_str!("channel_drop.rs")
    }

    fn apply(&self, image: &RgbImage, _values: &[f64], mut rng: Rng) -> RgbImage {
        let dropped = rng.below(3) as usize;
        let mut out = image.clone();
        for pixel in out.chunks_exact_mut(3) {
            pixel[dropped] = 0;
        }
        out
    }
}
