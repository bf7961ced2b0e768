//! # WebP compression
//!
//! ## What it does
//! Encodes the picture as a lossy WebP of the given quality (libwebp, method 4) and decodes it again.
//!
//! ## Field condition
//! Pictures from web pages, shops, messengers and content delivery networks, which re-encode what they pass on.
//!
//! ## Parameter and severities
//! `quality`, 0..=100 (libwebp's scale): 50, 30, 20, 10, 5.
//!
//! ## Boxes
//! Stay.
//!
//! ## Reference
//! `ImageCompression` with `compression_type = "webp"` of albumentations 2.0.8; RFC 9649.

use image::{GenericImage, RgbImage};
use webp::{Decoder, Encoder};

use crate::entry::Entry;
use crate::perturb::{Action, Geometry, Group, Parameter, Perturbation, Rng};

/// See the module's documentation.
pub static KIND: Perturbation = Perturbation {
    entry: Entry { name: "webp_compression", summary: "encodes as lossy WebP and decodes again" },
    group: Group::Compression,
    parameters: &[Parameter { name: "quality", unit: "libwebp quality", min: 0.0, max: 100.0 }],
    ladder: Some([&[50.0], &[30.0], &[20.0], &[10.0], &[5.0]]),
    revision: 1,
    source: include_str!("webp_compression.rs"),
    published: None,
    geometry: Geometry::STAYS,
    action: Action::Picture(apply),
};

/// Side of the parts that a larger picture is encoded in: the most whole blocks of 16 that WebP's 14-bit size fields
/// hold.
const PART: u32 = 16_368;

fn apply(image: &RgbImage, values: &[f64], _: Rng) -> RgbImage {
    let mut out = RgbImage::new(image.width(), image.height());
    for y in (0..image.height()).step_by(PART as usize) {
        for x in (0..image.width()).step_by(PART as usize) {
            let (width, height) = (PART.min(image.width() - x), PART.min(image.height() - y));
            let part = image::imageops::crop_imm(image, x, y, width, height).to_image();
            out.copy_from(&round_trip(&part, values[0] as f32), x, y).expect("the part lies in the picture");
        }
    }
    out
}

/// The part encoded and decoded, both by libwebp: other decoders give the same bytes in three times the time.
fn round_trip(part: &RgbImage, quality: f32) -> RgbImage {
    let bytes = Encoder::from_rgb(part.as_raw(), part.width(), part.height()).encode(quality);
    let decoded = Decoder::new(&bytes).decode().expect("what libwebp encodes is a WebP picture");
    RgbImage::from_raw(part.width(), part.height(), decoded.to_vec()).expect("lossy pictures without alpha are RGB")
}
