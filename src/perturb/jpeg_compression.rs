//! # JPEG compression
//!
//! ## What it does
//! Encodes the picture as a JPEG of the given quality (standard tables, chroma halved both ways) and decodes it again.
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
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{Group, Parameter, Perturbation, Rng};
use crate::entry::{Entry, Named};

/// See the module's documentation.
#[derive(Debug)]
pub struct JpegCompression;

/// The longest side that JPEG's 16-bit size fields can hold.
const MAX_SIDE: u32 = 65_535;

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
        2
    }

    fn source(&self) -> &'static str {
        include_str!("jpeg_compression.rs")
    }

    fn apply(&self, image: &RgbImage, values: &[f64], _rng: Rng) -> RgbImage {
        assert!(
            image.width().max(image.height()) <= MAX_SIDE,
            "images longer than a JPEG can be are refused on reading"
        );
        decode(&encode(image, values[0]))
    }
}

fn encode(image: &RgbImage, quality: f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.round() as u8);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(image.as_raw(), image.width() as u16, image.height() as u16, ColorType::Rgb)
        .expect("an RGB picture of allowed size encodes into memory");
    bytes
}

/// By `jpeg-decoder`, whose chroma is nearer to libjpeg's than that of `image`'s own decoder.
fn decode(jpeg: &[u8]) -> RgbImage {
    let mut decoder = jpeg_decoder::Decoder::new(jpeg);
    let pixels = decoder.decode().expect("a JPEG that was just written decodes");
    let info = decoder.info().expect("a decoded JPEG has a size");
    RgbImage::from_raw(info.width.into(), info.height.into(), pixels)
        .expect("an RGB JPEG decodes to three bytes per pixel")
}
