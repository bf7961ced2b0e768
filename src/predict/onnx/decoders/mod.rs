//! Decoders: what the numbers of a network's outputs mean, one output layout per file behind [`Decoder`], listed in
//! [`ALL`] in the order in which they are tried.

mod decoder;

mod fastestdet;
mod ssd;
mod yolov8;
mod yolox;

pub use decoder::Decoder;

/// Every layout. The first that fits a network's outputs is taken where the spec names none.
pub static ALL: &[&dyn Decoder] = &[&ssd::Ssd, &fastestdet::FastestDet, &yolox::Yolox, &yolov8::YoloV8];
