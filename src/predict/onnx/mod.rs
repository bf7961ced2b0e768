//! `kind = "onnx"`: a model file, run inside this program, without Python.
//!
//! The road of a frame: `preprocess` -> `inputs` -> `engine` -> one of `decoders` -> `nms` -> back to the image's pixels.
//! `answer` walks it, in batches; `both_engines` holds what two engines say against each other. `options` reads the section,
//! `engines` chooses what runs the graph, `classes` finds the class names, `rules` what the embedded engine computes
//! otherwise than ONNX says, `exported` what else a file tells, `plausible` lists other ways of preprocessing, `predictor`
//! ties them together, `kind` is the door. `model_file` reads the file: with `external` the weights that lie in other files
//! (`protobuf` takes it apart), with `foreign` what it is instead.

mod answer;
pub(super) mod batch;
mod both_engines;
mod chosen;
pub(super) mod classes;
mod engine;
mod engines;
pub(super) mod exported;
mod external;
mod foreign;
pub(super) mod inputs;
mod kind;
mod labels;
mod model_file;
mod nms;
mod onnxruntime_engine;
mod onnxruntime_library;
pub(super) mod options;
mod plausible;
mod predictor;
mod preprocess;
mod protobuf;
mod resize;
mod rten_engine;
mod rten_panic;
pub(super) mod rules;

pub(super) mod decoders;

pub use decoders::pages as decoder_pages;
pub use engine::{Element, Engine, Input, Port, Signature, Tensor, Values};
pub use engines::{EngineKind, open, pages as engine_pages};
pub use kind::Onnx;
pub use onnxruntime_library::way_in as onnxruntime_way_in;
pub use options::Reading;
pub use predictor::OnnxModel;
