//! # JPEG compression
//!
//! ## What it does
//! What encoding as a JPEG of the given quality (standard tables, chroma halved both ways) and decoding again leave:
//! the coding of the coefficients is left out, as it loses nothing.
//!
//! ## Field condition
//! Cameras, messengers and archives that save bandwidth or disk.
//!
//! ## Parameter and severities
//! `quality`, 1..=100 (libjpeg's scale, whole numbers): 25, 18, 15, 10, 7.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `jpeg_compression` of imagecorruptions 1.1.2 (Pillow's JPEG writer, 4:2:0).

use image::RgbImage;

use crate::entry::Entry;
use crate::perturb::pixels::jpeg_round_trip;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "jpeg_compression", summary: "encodes as JPEG and decodes again" },
    group: Group::Compression,
    parameters: &[Parameter { name: "quality", unit: "libjpeg quality", min: 1.0, max: 100.0 }],
    ladder: Some([&[25.0], &[18.0], &[15.0], &[10.0], &[7.0]]),
    revision: 3,
    source: include_str!("jpeg_compression.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    jpeg_round_trip(image, values[0].round() as u32)
}
