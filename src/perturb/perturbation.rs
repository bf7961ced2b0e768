//! The seam of the family: what every perturbation tells about itself, and what it does.

use std::fmt;

use image::RgbImage;

use super::{Rng, Warp};
use crate::detection::{BBox, Size};
use crate::entry::Named;
use crate::spec::Choice;

/// A transformation of images that stands for something cameras, weather, networks or people do to them.
///
/// The contract, held by one test over all kinds: the same seed gives the same bytes in any order and on any thread;
/// the picture has the size it declares; picture and warp agree; the strongest level changes the picture; any size from 1x1
/// works.
pub trait Perturbation: Named + Sync {
    /// The family of effects it belongs to.
    fn group(&self) -> Group;

    /// What can be set, in the order in which [`Self::apply`] takes the values; empty for a kind of one strength.
    fn parameters(&self) -> &'static [Parameter];

    /// The standard ladder: the values behind severities 1 to 5; `None` for a kind of one strength.
    fn ladder(&self) -> Option<[&'static [f64]; 5]>;

    /// Counts up whenever the pixels it makes change: a part of every cache key and record.
    fn revision(&self) -> u32;

    /// The text of the kind's own file, whose header is its page in the catalogue; see [`page`].
    fn source(&self) -> &'static str;

    /// The published form of the kind, where ours mends a flaw of it (labels left behind by moving content): taken by
    /// `compat = "imagenet_c"`. `None` where both are the same.
    fn published(&self) -> Option<&'static dyn Perturbation> {
        None
    }

    /// The size of the picture it makes of a picture of `size`.
    fn size(&self, size: Size, _values: &[f64]) -> Size {
        size
    }

    /// How the content of an image of `size` pixels moves. Takes the same `rng` state as [`Self::apply`].
    fn warp(&self, _size: Size, _values: &[f64], _rng: Rng) -> Warp {
        Warp::Identity
    }

    /// Whether it acts on the labelled objects: its pixels then depend on their boxes.
    fn reads_objects(&self) -> bool {
        false
    }

    /// The perturbed image. `values` are within the ranges of [`Self::parameters`].
    fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage;

    /// The perturbed image, for kinds that act on the labelled objects, whose boxes are given in pixels.
    fn apply_to_objects(&self, image: &RgbImage, values: &[f64], rng: Rng, _objects: &[BBox]) -> RgbImage {
        self.apply(image, values, rng)
    }
}

/// The header of a kind's file: its page in the catalogue, as Markdown.
#[must_use]
pub fn page(kind: &dyn Perturbation) -> String {
    let header = kind.source().lines().take_while(|line| line.starts_with("//!"));
    header.map(|line| line.trim_start_matches("//!").trim_start_matches(' ')).collect::<Vec<_>>().join("\n")
}

/// A number that sets how strong or of what sort a perturbation is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The key in specs.
    pub name: &'static str,
    /// Its unit, for people.
    pub unit: &'static str,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
}

/// Families of perturbations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Content moves: flips, rotations, lenses.
    Geometric,
    /// Focus, motion.
    Blur,
    /// Sensor and transmission noise.
    Noise,
    /// Fog, rain, snow, frost.
    Weather,
    /// Exposure and contrast.
    Lighting,
    /// Hue, saturation, channels.
    Color,
    /// Encoders and transport.
    Compression,
    /// Resolution, mosaics, quantisation.
    Sensor,
    /// Parts hidden.
    Occlusion,
}

impl Choice for Group {
    const ALL: &'static [(&'static str, Self)] = &[
        ("geometric", Self::Geometric),
        ("blur", Self::Blur),
        ("noise", Self::Noise),
        ("weather", Self::Weather),
        ("lighting", Self::Lighting),
        ("color", Self::Color),
        ("compression", Self::Compression),
        ("sensor", Self::Sensor),
        ("occlusion", Self::Occlusion),
    ];

    fn summary(self) -> &'static str {
        match self {
            Self::Geometric => "content moves: flips, rotations, lenses",
            Self::Blur => "focus, motion",
            Self::Noise => "sensor and transmission noise",
            Self::Weather => "fog, rain, snow, frost",
            Self::Lighting => "exposure and contrast",
            Self::Color => "hue, saturation, channels",
            Self::Compression => "encoders and transport",
            Self::Sensor => "resolution, mosaics, quantisation",
            Self::Occlusion => "parts hidden",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
