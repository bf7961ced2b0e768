//! `kind = "oip"`: a model behind a server that speaks the Open Inference Protocol, version 2 (Triton, `KServe`,
//! `MLServer`, `OpenVINO` Model Server).
//!
//! The server is an engine like any other: `engine` sends tensors to it, in the form of `messages`, and the decoders and
//! preprocessing are those of `kind = "onnx"`. `options` reads the section, `predictor` ties them together.

pub(super) mod engine;
pub(super) mod messages;
mod numbers;
mod options;
mod predictor;

pub use options::Oip;
