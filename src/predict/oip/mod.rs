//! `kind = "oip"`: a model behind a server that speaks the Open Inference Protocol, version 2 (Triton, `KServe`,
//! `MLServer`, `OpenVINO` Model Server).
//!
//! The server is an engine like any other: `engine` sends tensors to it, in the form of `messages` (of `numbers`, or of
//! `texts`, in which `classification` finds classes), and the decoders and preprocessing are those of `kind = "onnx"`. `options` reads the section, `predictor` ties them together, and
//! `kind` is the door.

pub(super) mod classification;
pub(super) mod engine;
mod kind;
pub(super) mod messages;
mod numbers;
mod options;
mod predictor;
mod texts;

pub use kind::Oip;
