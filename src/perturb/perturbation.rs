//! The seam of the family: what every perturbation tells about itself, and what it does.

use std::fmt;

use image::RgbImage;

use super::{Rng, Warp};
use crate::detection::{BBox, Size};
use crate::entry::{Entry, Named};
use crate::spec::Choice;

/// A transformation of images that stands for something cameras, weather, networks or people do to them.
///
/// The contract, held by one test over all kinds: the same seed gives the same bytes in any order and on any thread;
/// the picture has the size it declares; picture and warp agree; the strongest level changes the picture; any size from 1x1
/// works.
pub struct Perturbation {
    /// The name and what it does.
    pub entry: Entry,
    /// The family of effects it belongs to.
    pub group: Group,
    /// What can be set, in the order in which [`Self::apply`] takes the values; empty for a kind of one strength.
    pub parameters: &'static [Parameter],
    /// The standard ladder: the values behind severities 1 to 5; `None` for a kind of one strength.
    pub ladder: Option<[&'static [f64]; 5]>,
    /// Counts up whenever the pixels it makes change: a part of every cache key and record.
    pub revision: u32,
    /// The text of the kind's own file, whose header is its page in the catalogue; see [`page`].
    pub source: &'static str,
    /// The published form of the kind, where ours mends a flaw of it (labels left behind by moving content): taken by
    /// `compat = "imagenet_c"`. `None` where both are the same.
    pub published: Option<&'static Self>,
    /// Where its content goes.
    pub geometry: Geometry,
    /// What it does to pixels.
    pub action: Action,
}

/// How a perturbation moves the content of a picture.
pub struct Geometry {
    /// The size of the picture it makes of a picture of a size.
    pub size: fn(Size, &[f64]) -> Size,
    /// How the content of a picture of a size moves. Takes the same state of the generator as the action.
    pub warp: fn(Size, &[f64], Rng) -> Warp,
}

impl Geometry {
    /// Nothing moves.
    pub const STAYS: Self = Self { size: |size, _| size, warp: |_, _, _| Warp::Identity };

    /// Content moves inside a picture that keeps its size.
    pub const fn moving(warp: fn(Size, &[f64], Rng) -> Warp) -> Self {
        Self { warp, ..Self::STAYS }
    }
}

/// What a perturbation does to pixels, given values within the ranges of its parameters.
#[derive(Clone, Copy)]
pub enum Action {
    /// It needs the picture alone.
    Picture(fn(&RgbImage, &[f64], Rng) -> RgbImage),
    /// It acts on the labelled objects, whose boxes are given in pixels: its pixels depend on them.
    Objects(fn(&RgbImage, &[f64], Rng, &[BBox]) -> RgbImage),
}

impl Named for Perturbation {
    fn entry(&self) -> Entry {
        self.entry
    }
}

impl Perturbation {
    /// The size of the picture it makes of a picture of `size`.
    pub fn size(&self, size: Size, values: &[f64]) -> Size {
        (self.geometry.size)(size, values)
    }

    /// How the content of a picture of `size` moves. Takes the same `rng` state as [`Self::apply`].
    pub fn warp(&self, size: Size, values: &[f64], rng: Rng) -> Warp {
        (self.geometry.warp)(size, values, rng)
    }

    /// Whether it acts on the labelled objects.
    pub fn reads_objects(&self) -> bool {
        matches!(self.action, Action::Objects(_))
    }

    /// The perturbed image; where it acts on objects, the whole picture is the object.
    pub fn apply(&self, image: &RgbImage, values: &[f64], rng: Rng) -> RgbImage {
        let whole = BBox { x: 0.0, y: 0.0, width: f64::from(image.width()), height: f64::from(image.height()) };
        self.apply_to_objects(image, values, rng, &[whole])
    }

    /// The perturbed image; `objects` are the boxes of the labelled objects, in pixels.
    pub fn apply_to_objects(&self, image: &RgbImage, values: &[f64], rng: Rng, objects: &[BBox]) -> RgbImage {
        match self.action {
            Action::Picture(apply) => apply(image, values, rng),
            Action::Objects(apply) => apply(image, values, rng, objects),
        }
    }
}

/// The header of a kind's file: its page in the catalogue, as Markdown.
pub fn page(kind: &Perturbation) -> String {
    let header = kind.source.lines().take_while(|line| line.starts_with("//!"));
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
