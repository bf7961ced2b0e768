//! `kind = "onnx"`: a model file, run inside this program, without Python.
//!
//! `options` reads the section, `model_file` the file: with `external` the weights that lie in other files (`protobuf`
//! takes it apart, `external_tensor` reads what a tensor says of them), with `foreign` what it is instead. `engines`
//! chooses what runs the graph: `rten_engine`, inside this program, with `rules` for what it computes otherwise than
//! ONNX says and `rten_panic` for what it cannot take, or `onnxruntime_engine`, from a library that
//! `onnxruntime_library` finds, on a `provider`; `placement` tells on which one it really ran, and `tuning` is what both
//! engines may be told. `predictor` makes a `network` of it, `both_engines` holds what two engines say against
//! each other, and `kind` is the door.

mod both_engines;
mod engines;
mod external;
mod external_tensor;
mod foreign;
mod kind;
mod model_file;
mod onnxruntime_engine;
mod onnxruntime_library;
mod options;
mod placement;
mod predictor;
mod protobuf;
mod provider;
mod rten_engine;
mod rten_panic;
pub(super) mod rules;
mod tuning;

pub use engines::{EngineKind, open, pages as engine_pages};
pub use kind::Onnx;
pub use onnxruntime_library::way_in as onnxruntime_way_in;
