//! `kind = "onnx"`: a model file, run inside this program, without Python.
//!
//! The road of a frame: `preprocess` -> `engine` -> one of `decoders` -> `nms` -> back to the image's pixels.
//! `options` reads the section, `labels` finds the class names, `predictor` ties them together, `kind` is the door.

mod engine;
mod kind;
mod labels;
mod nms;
mod options;
mod predictor;
mod preprocess;
mod resize;
mod rten_engine;

mod decoders;

pub use engine::{Engine, Signature, Tensor};
pub use kind::Onnx;
pub use options::Reading;
pub use predictor::OnnxModel;
