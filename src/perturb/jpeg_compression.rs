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

use super::pixels::jpeg_round_trip;
use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct JpegCompression;

impl Named for JpegCompression {
    fn entry(&self) -> Entry {
        Entry { name: "jpeg_compression", summary: "encodes as JPEG and decodes again" }
    }
}

impl Perturbation for JpegCompression {
    fn group(&self) -> Group {
        Group::Compression
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { name: "quality", unit: "libjpeg quality", min: 1.0, max: 100.0 }]
    }

    fn ladder(&self) -> Option<[&'static [f64]; 5]> {
        Some([&[25.0], &[18.0], &[15.0], &[10.0], &[7.0]])
    }

    fn revision(&self) -> u32 {
        3
    }

    fn source(&self) -> &'static str {
        include_str!("jpeg_compression.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        jpeg_round_trip(image, values[0].round() as u32)
    }
}
